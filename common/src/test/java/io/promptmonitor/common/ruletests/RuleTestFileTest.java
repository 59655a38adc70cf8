package io.promptmonitor.common.ruletests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.ruletests.RuleTestResult.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleTestFileTest {

  @TempDir private Path directory;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** The problems of a file, without the name of the directory. */
  private List<String> problems(String text) throws IOException {
    Path file = file("t.yaml", text);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> RuleTestFile.read(file));
    assertThat(e).isNotNull();
    return e.problems().stream()
        .map(problem -> problem.toString().replace(directory + "/", ""))
        .toList();
  }

  private List<Failure> failures(String text) throws IOException {
    return RuleTestFile.read(file("t.yaml", text)).tests().stream()
        .flatMap(test -> test.run().failures().stream())
        .toList();
  }

  private static String versions(String test) {
    return """
    rule_tests:
      versions:
        - {prompt: checkout, version: 1.0.0}
        - {prompt: checkout, version: 1.1.0, status: staged}
      tests:
        - name: a
    """
        + test.indent(6);
  }

  @Test
  void everyProblemOfTheInputIsReportedAtOnce() throws Exception {
    assertThat(
            problems(
                versions(
                    """
                    intervall: 10s
                    input:
                      - {version: 1.0.1, executions: 10x5}
                      - {version: 1.0.0, executions: 10x3q, error_rate: 200%}
                      - {version: 1.0.0, executions: 10x3, errors: 11, latency: 4, latency_p95: 3}
                      - {version: 1.0.0, executions: 10 1y, ratings: 3}
                      - {version: 1.0.0, executons: 10x3, error_rate: 1x9}
                      - {version: 1.0.0, executions: 10x3, error_rate: 1x9}
                      - {version: 1.0.0, executions: 1, latency_p50: 9s, latency_p95: 3s}
                      - {version: 1.0.0, executions: 100000x51}
                      - {executions: 10x3}
                      - {records: nothing.jsonl}
                    never: {pending: any}
                    """)))
        .containsExactly(
            "t.yaml:7:7: rule_tests.tests[0].intervall: unknown key; did you mean"
                + " \"interval\"?",
            "t.yaml:9:9: rule_tests.tests[0].input: has 5,100,061 executions; expected at"
                + " most 5,000,000",
            "t.yaml:9:21: rule_tests.tests[0].input[0].version: unknown version of checkout"
                + " \"1.0.1\"; did you mean \"1.0.0\"?",
            "t.yaml:10:43: rule_tests.tests[0].input[1].executions: expected a number of"
                + " intervals or a duration after x, such as x30 or x5m, found \"3q\"",
            "t.yaml:10:59: rule_tests.tests[0].input[1].error_rate: 200% is out of range:"
                + " expected 0% to 100%",
            "t.yaml:11:54: rule_tests.tests[0].input[2].errors: more errors than executions"
                + " in interval 1: 11 of 10",
            "t.yaml:11:83: rule_tests.tests[0].input[2].latency_p95: is there as well as"
                + " \"latency\"; expected one of the two",
            "t.yaml:12:43: rule_tests.tests[0].input[3].executions: expected values such as"
                + " 10, 10x30, 10x5m, 0+1x10, _ or _x5, found \"1y\"",
            "t.yaml:12:56: rule_tests.tests[0].input[3].ratings: says nothing without"
                + " \"user_feedback\"",
            "t.yaml:13:11: rule_tests.tests[0].input[4]: \"executions\" is missing",
            "t.yaml:13:28: rule_tests.tests[0].input[4].executons: unknown key; did you mean"
                + " \"executions\"?",
            "t.yaml:14:58: rule_tests.tests[0].input[5].error_rate: has 9 values, but"
                + " \"executions\" has 3",
            "t.yaml:15:73: rule_tests.tests[0].input[6].latency_p95: is below latency_p50 in"
                + " interval 1",
            "t.yaml:17:11: rule_tests.tests[0].input[8]: \"version\" is missing",
            "t.yaml:18:21: rule_tests.tests[0].input[9].records: no such file: nothing.jsonl");
  }

  @Test
  void everyProblemOfEventsAndExpectationsIsReportedAtOnce() throws Exception {
    assertThat(
            problems(
                versions(
                    """
                    events:
                      - {at: 12m, rollback: 1.0.0}
                      - {at: 11m, deploy: 2.0.0}
                      - {at: 12m, prompt: chekout, deploy: 1.1.0}
                      - {at: 12m, silence: rul=x, for: 1h}
                      - {at: 12m, end_silence: s1}
                      - {at: 12m, acknowledge: Critcal Error Rate, version: 1.0.0}
                      - {at: 12m}
                    expect:
                      - {at: 7m}
                      - {at: 7, alerts: []}
                      - {at: 7m, alerts: [Critical Error Rate]}
                      - {at: 7m, alerts: [{rule: Low Sucess Rate, version: 1.0.0, state: firin}]}
                      - {at: 6m, rollbacks: [{rule: Low Success Rate, version: 1.0.0, confidence: no}]}
                      - {at: 8m, notifications: [{channel: slak, fireing: x}]}
                    never: {firing: Elevated Latencies, pendin: any}
                    """)))
        .containsExactly(
            "t.yaml:8:31: rule_tests.tests[0].events[0].rollback: checkout@1.0.0 is active"
                + " already; name an earlier version to go back to",
            "t.yaml:9:16: rule_tests.tests[0].events[1].at: is before 12m, the time of the"
                + " event above; expected the order of time",
            "t.yaml:9:29: rule_tests.tests[0].events[1].deploy: checkout has no version 2.0.0",
            "t.yaml:10:29: rule_tests.tests[0].events[2].prompt: unknown prompt \"chekout\";"
                + " did you mean \"checkout\"?",
            "t.yaml:11:30: rule_tests.tests[0].events[3].silence: unknown label \"rul\"; did"
                + " you mean \"rule\"?",
            "t.yaml:12:34: rule_tests.tests[0].events[4].end_silence: there is no silence"
                + " before; expected the id of one",
            "t.yaml:13:34: rule_tests.tests[0].events[5].acknowledge: unknown rule \"Critcal"
                + " Error Rate\"; did you mean \"Critical Error Rate\"?",
            "t.yaml:14:11: rule_tests.tests[0].events[6]: expected one of stage, deploy,"
                + " rollback, deprecate, acknowledge, silence, end_silence, found none",
            "t.yaml:16:11: rule_tests.tests[0].expect[0]: expects nothing; expected one of"
                + " alerts, alerts_include, alerts_exclude, rollbacks, notifications",
            "t.yaml:17:16: rule_tests.tests[0].expect[1].at: expected a time since the"
                + " start, such as 7m, 11m20s or 1h5m, found \"7\"",
            "t.yaml:18:29: rule_tests.tests[0].expect[2].alerts[0]: the test has several"
                + " versions; expected {rule: …, version: …}, and \"prompt\" if there are several"
                + " prompts",
            "t.yaml:19:36: rule_tests.tests[0].expect[3].alerts[0].rule: unknown rule \"Low"
                + " Sucess Rate\"; did you mean \"Low Success Rate\"?",
            "t.yaml:19:76: rule_tests.tests[0].expect[3].alerts[0].state: unknown value"
                + " \"firin\"; did you mean \"firing\"?",
            "t.yaml:20:16: rule_tests.tests[0].expect[4].at: is before 7m, the time of the"
                + " expectation above; expected the order of time",
            "t.yaml:20:85: rule_tests.tests[0].expect[4].rollbacks[0].confidence: unknown"
                + " value \"no\"; expected one of low, medium, high",
            "t.yaml:21:46: rule_tests.tests[0].expect[5].notifications[0].channel: unknown"
                + " channel \"slak\"; did you mean \"slack\"?",
            "t.yaml:21:52: rule_tests.tests[0].expect[5].notifications[0].fireing: unknown"
                + " key; did you mean \"firing\"?",
            "t.yaml:22:23: rule_tests.tests[0].never.firing: unknown rule \"Elevated"
                + " Latencies\"; did you mean \"Elevated Latency\"?",
            "t.yaml:22:43: rule_tests.tests[0].never.pendin: unknown key; did you mean"
                + " \"pending\"?");
  }

  @Test
  void versions() throws Exception {
    assertThat(
            problems(
                """
                rule_tests:
                  start: 2026-01-05T10:00:30Z
                  versions:
                    - {prompt: a, version: 1.0.0}
                    - {prompt: a, version: 1.1.0}
                    - {prompt: a, version: 1.0.0, status: draft}
                    - {prompt: b, version: 1.0.0, status: superseded}
                    - {prompt: c, version: one}
                    - {version: 1.0.0}
                    - {file: nowhere.yaml}
                    - {prompt: d, version: 1.0.0, rollback: {reference: 0.9.0}}
                    - {prompt: e, version: 1.0.0, deployment_specification: {alert_thresholds: {x: {}}}}
                  tests:
                    - {name: a, never: {pending: any}}
                    - {name: a, never: {pending: any}}
                    - {name: b}
                """))
        .containsExactly(
            "t.yaml:2:10: rule_tests.start: must be a whole minute, found"
                + " 2026-01-05T10:00:30Z",
            "t.yaml:5:7: rule_tests.versions[1]: a@1.1.0 is active, and 1.0.0, too; expected"
                + " another status, such as \"status: staged\"",
            "t.yaml:6:7: rule_tests.versions[2]: a@1.0.0 is there twice, first as"
                + " rule_tests.versions[0]",
            "t.yaml:7:7: rule_tests.versions[3]: is superseded, but no version of the prompt"
                + " is active",
            "t.yaml:8:28: rule_tests.versions[4].version: expected a semantic version such"
                + " as 1.2.0 or 2.0.0-rc.1, found \"one\"",
            "t.yaml:9:7: rule_tests.versions[5]: \"prompt\" is missing",
            "t.yaml:10:14: rule_tests.versions[6].file: nowhere.yaml: no such file",
            "t.yaml:11:7: rule_tests.versions[7]: d@1.0.0 names the rollback reference"
                + " 0.9.0, which is not registered; register that version first",
            "t.yaml:12:81:"
                + " rule_tests.versions[8].deployment_specification.alert_thresholds.x: unknown"
                + " metric; expected one of success_count, failure_count, success_rate,"
                + " error_rate, latency_p50, latency_p95, latency_p99, latency_avg,"
                + " avg_input_tokens, avg_output_tokens, avg_total_tokens, total_tokens,"
                + " avg_user_feedback, user_feedback_negative_rate, avg_automated_score,"
                + " avg_calibration_delta, consistency_rate",
            "t.yaml:15:14: rule_tests.tests[1].name: \"a\" is the name of"
                + " rule_tests.tests[0], too",
            "t.yaml:16:7: rule_tests.tests[2]: \"expect\" or \"never\" is missing: the test"
                + " could not fail");
  }

  @Test
  void aConfigurationOfItsOwnOrInTheFile() throws Exception {
    String tests =
        """
        rule_tests:
          config: rules.yaml
          tests:
            - {name: a, never: {pending: Mine}}
        """;
    file("rules.yaml", "alert_rules: [{name: Mine, condition: eror_rate > 5%, window: 5m}]");
    assertThat(problems(tests))
        .contains(
            "t.yaml:2:11: rule_tests.config: rules.yaml:1:39: alert_rules[0].condition: unknown"
                + " metric \"eror_rate\"; did you mean \"error_rate\"?");
    file(
        "rules.yaml",
        """
        alert_rules:
          - {name: Mine, condition: error_rate > 5%, window: 5m, severity: warning, actions: [alert]}
        """);
    assertThat(failures(tests)).isEmpty();
    assertThat(problems(tests + "alert_rules: []\n"))
        .containsExactly(
            "t.yaml:5:14: alert_rules: is there as well as rule_tests.config; expected one of the"
                + " two");
  }

  @Test
  void whatIsNotInTheRegistryIsJudgedByTheGeneralRules() throws Exception {
    assertThat(
            failures(
                """
                rule_tests:
                  tests:
                    - name: a
                      input:
                        - {prompt: a, version: main, executions: 10x10m, error_rate: 50%}
                        - {prompt: b, version: main, executions: 10x10m}
                      expect:
                        - at: 10m
                          alerts_include: [{rule: Critical Error Rate, prompt: a}]
                """))
        .isEmpty();
  }

  @Test
  void recordsThatCannotBeUsed() throws Exception {
    file("r.jsonl", "\nnope\n{\"execution_id\": 4}\n");
    assertThat(
            problems(
                """
                rule_tests:
                  tests:
                    - {name: a, input: [{records: r.jsonl}], never: {pending: any}}
                """))
        .containsExactly(
            "t.yaml:3:35: rule_tests.tests[0].input[0].records: r.jsonl:2: record: not valid JSON at"
                + " byte 4, expected one JSON object",
            "t.yaml:3:35: rule_tests.tests[0].input[0].records: r.jsonl:3: execution_id: wrong type,"
                + " expected text of 1 to 256 characters");
  }

  @Test
  void aResultIsTheSameEachTime() throws Exception {
    RuleTest test =
        RuleTestFile.read(
                file(
                    "t.yaml",
                    versions(
                        """
                        input:
                          - {version: 1.0.0, executions: 10x20m, error_rate: 0x5m 30%}
                        events:
                          - {at: 12m, deploy: 1.1.0}
                        expect:
                          - {at: 20m, alerts: [], rollbacks: [], notifications: []}
                        """)))
            .tests()
            .get(0);
    RuleTestResult first = test.run();
    assertThat(first.passed()).isFalse();
    assertThat(first.checks()).isEqualTo(3);
    assertThat(first.failures()).hasSize(3);
    assertThat(test.run()).isEqualTo(first);
  }
}
