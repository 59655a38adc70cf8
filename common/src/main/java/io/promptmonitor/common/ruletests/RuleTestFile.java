package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import java.nio.file.Path;
import java.util.List;

/**
 * A file with tests of rules; {@code docs/rule-tests.md} explains its keys.
 *
 * @param tests the tests in the order of the file, no two with the same name
 */
public record RuleTestFile(List<RuleTest> tests) {

  public RuleTestFile {
    tests = List.copyOf(tests);
  }

  /**
   * Reads a file, and those that it names: paths in it are relative to its directory.
   *
   * @throws ConfigException if one of them cannot be read, or has any problem
   */
  public static RuleTestFile read(Path file) {
    return ConfigReader.read(file, top -> read(top, file));
  }

  /**
   * The schema of the file.
   *
   * @param file where the file is
   */
  public static RuleTestFile read(ConfigSection top, Path file) {
    return new FileSchema(file.toAbsolutePath().getParent()).read(top);
  }
}
