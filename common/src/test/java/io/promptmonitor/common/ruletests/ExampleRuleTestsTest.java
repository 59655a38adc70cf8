package io.promptmonitor.common.ruletests;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.ruletests.RuleTestResult.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tests of rules in {@code examples}, which are tests of the default rules. */
class ExampleRuleTestsTest {

  private static final Path EXAMPLES = Path.of("..", "examples", "rule-tests");

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> pass() throws IOException {
    return files().stream()
        .flatMap(
            file ->
                RuleTestFile.read(file).tests().stream()
                    .map(
                        test ->
                            DynamicTest.dynamicTest(
                                file.getFileName() + ": " + test.name(), () -> passes(test))));
  }

  private static void passes(RuleTest test) {
    RuleTestResult result = test.run();
    assertThat(result.failures()).extracting(Failure::toString).isEmpty();
    assertThat(result.passed()).isTrue();
    assertThat(result.checks()).isPositive();
  }

  @Test
  void everyDefaultRuleIsTested() throws IOException {
    StringBuilder texts = new StringBuilder();
    for (Path file : files()) {
      texts.append(Files.readString(file));
    }
    AlertingConfig.defaults()
        .alertRules()
        .forEach(rule -> assertThat(texts).contains("rule: " + rule.name()));
    AlertingConfig.defaults()
        .autoRollback()
        .triggers()
        .forEach(trigger -> assertThat(texts).contains("rule: \"" + trigger.name() + "\""));
  }
}
