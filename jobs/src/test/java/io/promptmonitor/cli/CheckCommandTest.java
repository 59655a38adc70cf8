package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.alerts.AlertingConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Object... args) {
    List<String> all = new ArrayList<>(List.of("check"));
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
  void filesThatAreRight() throws Exception {
    Path config = file("c.yaml", "monitor: {idle_timeout: 2m}\n");
    Path empty = file("e.yaml", "");
    Path scenario = file("s.yaml", "scenario: {prompts: [{id: a}]}\n");
    Path version = file("v.yaml", "PromptVersion: {version_id: 1.0.0, prompt_text: Hello}\n");
    assertThat(execute(config, empty, scenario, version)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out.toString().lines())
        .containsExactly(
            config + ": ok (configuration)",
            empty + ": ok (configuration)",
            scenario + ": ok (scenario)",
            version + ": ok (version file)");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyProblemIsALineOfTheResult() throws Exception {
    Path config = file("c.yaml", "monitor:\n  idle_timeot: 2m\n  feedback_horizon: 9d\n");
    Path scenario = file("s.yaml", "scenario: {prompts: [{id: a}]}\nmonitor: {}\n");
    assertThat(execute(config, scenario)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().lines())
        .containsExactly(
            config + ":2:3: monitor.idle_timeot: unknown key; did you mean \"idle_timeout\"?",
            config + ":3:21: monitor.feedback_horizon: must be from 0s to 7d, found 9d",
            scenario + ":2:1: monitor: unknown key; expected one of scenario");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void alertRules() throws Exception {
    Path right = file("a.yaml", AlertingConfig.defaultsYaml());
    Path wrong =
        file(
            "w.yaml",
            """
            alert_rules:
              - name: High error rate
                condition: "eror_rate > 0.05"
                window: 7s
                severity: crtical
                actions: [alert]
            """);
    assertThat(execute(right, wrong)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().lines())
        .containsExactly(
            right + ": ok (configuration)",
            wrong
                + ":3:17: alert_rules[0].condition: unknown metric \"eror_rate\"; did you mean"
                + " \"error_rate\"?",
            wrong
                + ":4:13: alert_rules[0].window: must be a multiple of evaluation_interval (10s),"
                + " found 7s",
            wrong
                + ":5:15: alert_rules[0].severity: unknown value \"crtical\"; did you mean"
                + " \"critical\"?");
  }

  @Test
  void anUnknownTopLevelKeyIsToldWhatThereIs() throws Exception {
    assertThat(execute(file("c.yaml", "monitors: {}\n"))).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString()).contains("monitors: unknown key; did you mean \"monitor\"?");
  }

  @Test
  void aDeploymentSpecificationAloneIsToldWhatIsMissing() throws Exception {
    Path file =
        file("v.yaml", "deployment_specification:\n  version_control: {version_id: 1.0.0}\n");
    assertThat(execute(file)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString().lines())
        .containsExactly(
            file + ":1:1: \"PromptVersion\" is missing",
            file + ":2:20: deployment_specification.version_control: \"prompt_hash\" is missing");
  }

  @Test
  void aMisspelledFirstKeyIsToldWhatThereIs() throws Exception {
    assertThat(execute(file("v.yaml", "PromptVersions: {}\n"))).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString()).contains("did you mean \"PromptVersion\"?");
  }

  @Test
  void asJson() throws Exception {
    Path right = file("e.yaml", "");
    Path wrong = file("c.yaml", "monitor: 5\n");
    assertThat(execute("--json", right, wrong)).isEqualTo(PromptMon.EXIT_PROBLEM);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.at("/0/ok").booleanValue()).isTrue();
    assertThat(json.at("/0/kind").textValue()).isEqualTo("configuration");
    assertThat(json.at("/1/problems/0").toString())
        .isEqualTo(
            "{\"line\":1,\"column\":10,\"message\":\"monitor: expected a mapping (key: value),"
                + " found \\\"5\\\"\"}");
  }

  @Test
  void whatCannotBeReadIsBadInput() {
    Path missing = directory.resolve("missing.yaml");
    assertThat(execute(missing)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(execute(directory)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(execute()).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("cannot read " + missing).hasLineCount(3);
  }
}
