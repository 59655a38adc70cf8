package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class TestCommandTest {

  private static final Path RESOURCES = Path.of("src", "test", "resources", "rule-tests");

  private static final String PASSING =
      """
      rule_tests:
        versions: [{prompt: checkout, version: 1.0.0}]
        tests:
          - name: calm
            input: [{executions: 10x5m}]
            never: {pending: any}
          - name: stormy & <loud>
            input: [{executions: 10x10m, error_rate: 50%}]
            expect: [{at: 10m, alerts_include: [Critical Error Rate]}]
      """;

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Object... args) {
    List<String> all = new ArrayList<>();
    for (Object arg : args) {
      all.add(arg.toString());
    }
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void testsThatPass() throws Exception {
    Path file = file("a.yaml", PASSING);
    assertThat(execute("test", file)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out.toString().lines())
        .containsExactly(
            file.toString(),
            "  ok    calm",
            "  ok    stormy & <loud>",
            "2 tests in 1 file: 2 passed");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatFailsIsExplained() throws Exception {
    Path file = RESOURCES.resolve("wrong.yaml");
    assertThat(execute("test", file)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().replace(file.toString(), "wrong.yaml"))
        .isEqualTo(Files.readString(RESOURCES.resolve("wrong.txt")));
  }

  /** The example and its output in the guide. */
  @Test
  void theGuideTellsTheTruth() throws Exception {
    String guide = Files.readString(Path.of("..", "docs", "rule-tests.md"));
    Path rules = file("rules.yaml", between(guide, "```yaml\n", "```"));
    assertThat(execute("test", rules)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().replace(rules.toString(), "rules.yaml"))
        .isEqualTo(between(guide, "$ ./promptmon test rules.yaml\n", "```"));
    String right = Files.readString(rules).replace("since: 11m30s", "since: 11m20s");
    assertThat(execute("test", file("right.yaml", right))).isEqualTo(PromptMon.EXIT_OK);
  }

  private static String between(String text, String before, String after) {
    int begin = text.indexOf(before) + before.length();
    return text.substring(begin, text.indexOf(after, begin));
  }

  @Test
  void someTests() throws Exception {
    Path file = file("a.yaml", PASSING);
    assertThat(execute("test", "--run", "^storm", file)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out.toString()).doesNotContain("calm").contains("1 test in 1 file: 1 passed");
    assertThat(execute("test", "--run", "sunny", file)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(execute("test", "--run", "(", file)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString().lines())
        .containsExactly(
            "promptmon: --run: no test's name has \"sunny\" in it (try 'promptmon test --help')",
            "promptmon: --run: not a regular expression: Unclosed group"
                + " (try 'promptmon test --help')");
  }

  @Test
  void noTestRunsIfAFileIsWrong() throws Exception {
    Path right = file("a.yaml", PASSING);
    Path wrong = file("b.yaml", PASSING.replace("[Critical Error Rate]", "[Critcal Error Rate]"));
    Path missing = directory.resolve("c.yaml");
    assertThat(execute("test", right, wrong, missing)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .containsExactly(
            wrong
                + ":9:43: rule_tests.tests[1].expect[0].alerts_include[0]: unknown rule \"Critcal"
                + " Error Rate\"; did you mean \"Critical Error Rate\"?",
            missing + ": no such file");
  }

  @Test
  void resultsForScripts() throws Exception {
    Path file = RESOURCES.resolve("wrong.yaml");
    Path xml = directory.resolve("results.xml");
    Path passing = file("a.yaml", PASSING);
    assertThat(execute("test", "--json", "--junit", xml, passing, file))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    JsonNode results = new ObjectMapper().readTree(out.toString());
    assertThat(results).hasSize(2);
    assertThat(results.get(0).get("ok").asBoolean()).isTrue();
    JsonNode test = results.get(1).get("tests").get(1);
    assertThat(test.get("ok").asBoolean()).isFalse();
    JsonNode failure = test.get("failures").get(1);
    assertThat(failure.get("at").asText()).isEqualTo("11m");
    assertThat(failure.get("what").asText()).isEqualTo("alerts");
    assertThat(failure.get("missing").get(0).asText())
        .isEqualTo("Critical Error Rate firing since 11m");
    Document document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml.toFile());
    assertThat(document.getElementsByTagName("testcase").getLength()).isEqualTo(4);
    assertThat(document.getElementsByTagName("failure").getLength()).isEqualTo(1);
    assertThat(document.getElementsByTagName("failure").item(0).getTextContent())
        .contains("- Critical Error Rate firing since 11m");
  }

  @Test
  void checkKnowsTheFiles() throws Exception {
    Path right = file("a.yaml", PASSING);
    Path wrong = file("b.yaml", PASSING.replace("executions: 10x5m", "executoins: 10x5m"));
    assertThat(execute("check", right, wrong)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().lines())
        .containsExactly(
            right + ": ok (rule tests)",
            wrong + ":5:15: rule_tests.tests[0].input[0]: \"executions\" is missing",
            wrong
                + ":5:16: rule_tests.tests[0].input[0].executoins: unknown key; did you mean"
                + " \"executions\"?");
  }
}
