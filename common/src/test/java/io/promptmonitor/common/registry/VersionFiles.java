package io.promptmonitor.common.registry;

import io.promptmonitor.common.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version files among the tests' resources. */
final class VersionFiles {

  private VersionFiles() {}

  static String text(String name) {
    try (InputStream in =
        Objects.requireNonNull(VersionFiles.class.getResourceAsStream("/registry/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static VersionFile read(String name) {
    return ConfigReader.read(name, text(name), VersionFile::read);
  }
}
