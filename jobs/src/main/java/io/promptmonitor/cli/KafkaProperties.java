package io.promptmonitor.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The file of {@code --kafka-properties}: further properties of a command's Kafka client. */
final class KafkaProperties {

  private KafkaProperties() {}

  /**
   * What is in the file; nothing if there is none.
   *
   * @throws ParameterException if it cannot be read, or is no file of properties
   */
  static Map<String, String> read(CommandSpec command, @Nullable Path file) {
    Properties properties = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new ParameterException(
            command.commandLine(),
            "cannot read the Kafka properties in " + file + ": " + e.getMessage(),
            e);
      }
    }
    Map<String, String> result = new HashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> result.put(name, properties.getProperty(name)));
    return result;
  }
}
