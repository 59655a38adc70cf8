package io.promptmonitor.cli.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code promptmon alerts} on rows as the job writes them. */
class AlertsCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final String ERRORS = "pm-aaaaaaaa00000000000000000000000a";
  private static final String LATENCY = "pm-bbbbbbbb00000000000000000000000b";
  private static final String QUALITY = "pm-cccccccc00000000000000000000000c";
  private static final String RESOLVED = "pm-dddddddd00000000000000000000000d";
  private static final String CANCELLED = "pm-eeeeeeee00000000000000000000000e";
  private static final String NO_DATA = "pm-ffffffff00000000000000000000000f";

  private final CommandRun promptmon = new CommandRun(postgres, "alerts");
  private final StringWriter out = promptmon.out;
  private final StringWriter err = promptmon.err;

  @BeforeAll
  static void createUsers() {
    postgres.execute(
        "CREATE ROLE olga LOGIN PASSWORD 'o' IN ROLE promptmon_operator;"
            + "CREATE ROLE anna LOGIN PASSWORD 'a' IN ROLE promptmon_analyst;"
            + "CREATE ROLE rudi LOGIN PASSWORD 'r' IN ROLE promptmon_runtime");
  }

  @AfterAll
  static void dropUsers() {
    postgres.execute("DROP ROLE olga; DROP ROLE anna; DROP ROLE rudi");
  }

  @BeforeEach
  void insertAlerts() {
    postgres.execute(
        """
        SET session_replication_role = replica;
        TRUNCATE alert, alert_event, alert_exemplar, alert_escalation, rule_status, notification, notification_message, operator_command;
        """);
    postgres.execute(
        """
        SET timezone = 'UTC';
        INSERT INTO alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause,
            pending_since, fired_at, ended_at, metric, value, operator, threshold, baseline, sample_count, window_length, evidence, flagged_for_review)
        VALUES
          ('pm-aaaaaaaa00000000000000000000000a', 'checkout', '1.2.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05 for 5m', '5 min',
              '{alert,auto_rollback}', 'firing', 'condition', '2026-03-01 10:00:10', '2026-03-01 10:05:10', NULL,
              'error_rate', 0.125, '>', 0.05, NULL, 312, '5 min', 23512.7, false),
          ('pm-bbbbbbbb00000000000000000000000b', 'checkout', '1.2.0', 'Elevated Latency', 'alert_rule', 'warning', 'latency_p95 > baseline * 1.5', '0',
              '{alert,flag_for_review}', 'firing', 'condition', '2026-03-01 09:00:00', '2026-03-01 09:00:00', NULL,
              'latency_p95', 5210.4, '>', 3000, 2000, 1204, '15 min', NULL, true),
          ('pm-cccccccc00000000000000000000000c', 'billing/explain', '2.0.0', 'Quality', 'alert_rule', 'critical', 'avg_calibration_delta > 2.0 for 30m', '30 min',
              '{alert}', 'pending', 'condition', '2026-03-01 10:04:00', NULL, NULL,
              'avg_calibration_delta', 2.25, '>', 2, NULL, 51, '24 h', NULL, false),
          ('pm-dddddddd00000000000000000000000d', 'checkout', '1.1.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05 for 5m', '5 min',
              '{alert,auto_rollback}', 'resolved', 'condition', '2026-02-01 10:00:00', '2026-02-01 10:05:00', '2026-02-01 10:35:00',
              'error_rate', 0.0625, '>', 0.05, NULL, 200, '5 min', NULL, false),
          ('pm-eeeeeeee00000000000000000000000e', 'checkout', '1.1.0', 'Elevated Latency', 'alert_rule', 'warning', 'latency_p95 > 3000ms for 5m', '5 min',
              '{alert}', 'cancelled', 'no_data', '2026-02-02 10:00:00', NULL, '2026-02-02 10:02:00',
              'latency_p95', 3100, '>', 3000, NULL, 20, '5 min', NULL, false),
          ('pm-ffffffff00000000000000000000000f', 'greeting', '1.0.0', 'no data: Errors', 'no_data_alert', 'warning', 'no executions for 10m', '10 min',
              '{alert}', 'firing', 'condition', '2026-03-01 08:00:00', '2026-03-01 08:10:00', NULL,
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false);
        INSERT INTO alert_event (alert_id, at, change, cause, data_status, reason, metric, value, threshold, baseline, sample_count, window_length, evidence)
        VALUES
          ('pm-aaaaaaaa00000000000000000000000a', '2026-03-01 10:00:10', 'pending', 'condition', 'sufficient', NULL, 'error_rate', 0.075, 0.05, NULL, 287, '5 min', 1100),
          ('pm-aaaaaaaa00000000000000000000000a', '2026-03-01 10:05:10', 'firing', 'condition', 'sufficient', NULL, 'error_rate', 0.125, 0.05, NULL, 312, '5 min', 23512.7),
          ('pm-eeeeeeee00000000000000000000000e', '2026-02-02 10:00:00', 'pending', 'condition', 'sufficient', NULL, 'latency_p95', 3100, 3000, NULL, 20, '5 min', NULL),
          ('pm-eeeeeeee00000000000000000000000e', '2026-02-02 10:02:00', 'cancelled', 'no_data', 'no_data', 'no executions', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO alert_escalation (alert_id, prompt_id, firing_since, told_at, escalated_at, muted_by, due_at, messages, ended_at, updated_at)
        VALUES
          ('pm-aaaaaaaa00000000000000000000000a', 'checkout', '2026-03-01 10:05:11', '2026-03-01 10:35:11', '2026-03-01 10:35:11', NULL, now() + interval '15 min', 3, NULL, now()),
          ('pm-bbbbbbbb00000000000000000000000b', 'checkout', '2026-03-01 09:00:01', '2026-03-01 09:00:01', NULL, 'the critical alert Critical Error Rate', NULL, 1, NULL, now()),
          ('pm-dddddddd00000000000000000000000d', 'checkout', '2026-02-01 10:05:01', '2026-02-01 10:05:01', NULL, NULL, NULL, 2, '2026-02-01 10:35:01', now()),
          ('pm-ffffffff00000000000000000000000f', 'greeting', '2026-03-01 08:10:01', '2026-03-01 08:10:01', NULL, NULL, now() - interval '3 min', 1, NULL, now() - interval '18 min');
        INSERT INTO alert_exemplar (alert_id, execution_id_hash, executed_at, latency_ms, success, error_type, model, branch, input_hash, output_hash, expires_at)
        VALUES
          ('pm-aaaaaaaa00000000000000000000000a', '00000000000000ab', '2026-03-01 10:05:02', 1520, false, 'timeout', 'm-large', NULL, '00000000000000cd', NULL, now() + interval '1 h'),
          ('pm-aaaaaaaa00000000000000000000000a', '00000000000000ac', '2026-03-01 10:05:09', 80, false, NULL, NULL, 'B.1', NULL, NULL, now() + interval '1 h'),
          ('pm-aaaaaaaa00000000000000000000000a', '00000000000000ad', '2026-03-01 10:05:08', 80, true, NULL, NULL, NULL, NULL, NULL, now() - interval '1 h');
        INSERT INTO rule_status (prompt_id, prompt_version, rule, kind, severity, phase, data_status, reason, since, alert_id)
        VALUES
          ('checkout', '1.2.0', 'Critical Error Rate', 'alert_rule', 'critical', 'firing', 'sufficient', NULL, '2026-03-01 10:05:10', 'pm-aaaaaaaa00000000000000000000000a'),
          ('checkout', '1.2.0', 'Feedback', 'alert_rule', 'warning', 'inactive', 'insufficient_data', 'avg_user_feedback needs 20 ratings, found 7', '2026-03-01 10:00:00', NULL),
          ('greeting', '1.0.0', 'Errors', 'alert_rule', 'critical', 'inactive', 'no_data', 'no executions', '2026-03-01 08:00:00', NULL);
        INSERT INTO notification (notification_id, channel, prompt_id, content, created_at, due_at, status, attempts, last_error, next_attempt_at, settled_at)
        VALUES
          ('n1', 'slack', 'checkout', '{"alerts": [{"alert_id": "pm-aaaaaaaa00000000000000000000000a", "reason": "firing", "number": 1},
              {"alert_id": "pm-bbbbbbbb00000000000000000000000b", "reason": "resolved", "number": 2}]}',
              '2026-03-01 10:05:12', '2026-03-01 10:05:11', 'sent', 2, NULL, NULL, '2026-03-01 10:05:14'),
          ('n2', 'on_call_engineer', 'checkout', '{"alerts": [{"alert_id": "pm-aaaaaaaa00000000000000000000000a", "reason": "escalated", "number": 3}]}',
              '2026-03-01 10:35:12', '2026-03-01 10:35:11', 'pending', 1, 'HTTP 503', '2026-03-01 10:36:00', NULL),
          ('n3', 'slack', 'checkout', '{"alerts": [], "notice": {"dedup_key": "k"}}', '2026-03-01 10:35:12', '2026-03-01 10:35:11', 'sent', 1, NULL, NULL, '2026-03-01 10:35:14');
        """);
  }

  private int alerts(String... arguments) {
    return promptmon.runAs("olga", "o", arguments);
  }

  // ---- list

  @Test
  void whatFiresAndIsPendingIsListedTheWorstFirst() {
    assertThat(alerts("list")).isZero();
    assertThat(out)
        .hasToString(
            """
            alert        state            severity  prompt           version  rule                 since                 value                           acknowledged  muted
            -----------  ---------------  --------  ---------------  -------  -------------------  --------------------  ------------------------------  ------------  --------------------------------------
            pm-aaaaaaaa  firing           critical  checkout         1.2.0    Critical Error Rate  2026-03-01T10:05:10Z  error_rate 12.5% > 5%
            pm-ffffffff  firing, OVERDUE  warning   greeting         1.0.0    no data: Errors      2026-03-01T08:10:00Z  no executions for 10m
            pm-bbbbbbbb  firing           warning   checkout         1.2.0    Elevated Latency     2026-03-01T09:00:00Z  latency_p95 5210 ms > 3000 ms                 the critical alert Critical Error Rate
            pm-cccccccc  pending          critical  billing/explain  2.0.0    Quality              2026-03-01T10:04:00Z  avg_calibration_delta 2.25 > 2
            """);
    assertThat(err)
        .hasToString(
            "promptmon: 1 escalation is overdue: the job that tells people may not be running\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--prompt checkout, a b",
    "--version 1.0.0, f",
    "--severity critical, a c",
    "--state firing, a f b",
    "--state pending, c",
    "--state resolved, d",
    "--state all, a f b c e d",
    "--state all --prompt checkout --severity warning, b e",
    "--state all --since 2026-02-02, a f b c e",
    "--since 2026-03-01T10:00:10Z, a c",
    "--state all --limit 2, a f",
    "--state all --limit 0, a f b c e d",
    "--prompt nobody, ''",
  })
  void whatIsListedCanBeNarrowedDown(String options, String expected) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("list", "--json"));
    arguments.addAll(List.of(options.split(" ")));
    assertThat(alerts(arguments.toArray(String[]::new))).isZero();
    StringBuilder letters = new StringBuilder();
    promptmon
        .json()
        .forEach(alert -> letters.append(' ').append(alert.get("alert_id").asText().charAt(3)));
    assertThat(letters.toString().strip()).isEqualTo(expected);
    assertThat(err.toString().contains("only 2 are shown, there are more: see --limit"))
        .isEqualTo(options.contains("--limit 2"));
  }

  @Test
  void nothingToListIsSaid() {
    assertThat(alerts("list", "--prompt", "nobody")).isZero();
    assertThat(out).hasToString("no such alert\n");
    assertThat(alerts("list", "--rules", "--prompt", "nobody")).isZero();
    assertThat(out).hasToString("every such rule can be decided\n");
    assertThat(alerts("silence", "--list")).isZero();
    assertThat(out).hasToString("nothing is silenced\n");
    postgres.execute("SET session_replication_role = replica; TRUNCATE alert, rule_status");
    assertThat(alerts("list")).isZero();
    assertThat(out).hasToString("no alert fires or is pending\n");
    assertThat(alerts("list", "--rules")).isZero();
    assertThat(out).hasToString("every rule can be decided\n");
  }

  @Test
  void alertsThatHaveEndedSayWhen() {
    assertThat(alerts("list", "--state", "all", "--prompt", "checkout", "--version", "1.1.0"))
        .isZero();
    assertThat(out)
        .hasToString(
            """
            alert        state      severity  prompt    version  rule                 since                 value                          acknowledged  muted  ended
            -----------  ---------  --------  --------  -------  -------------------  --------------------  -----------------------------  ------------  -----  --------------------
            pm-eeeeeeee  cancelled  warning   checkout  1.1.0    Elevated Latency     2026-02-02T10:00:00Z  latency_p95 3100 ms > 3000 ms                       2026-02-02T10:02:00Z
            pm-dddddddd  resolved   critical  checkout  1.1.0    Critical Error Rate  2026-02-01T10:05:00Z  error_rate 6.25% > 5%                               2026-02-01T10:35:00Z
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aListForScriptsHasEverything() throws Exception {
    assertThat(alerts("list", "--json", "--severity", "critical", "--state", "firing")).isZero();
    assertThat(promptmon.json()).hasSize(1);
    JsonNode alert = promptmon.json().get(0);
    assertThat(alert.get("alert_id").asText()).isEqualTo(ERRORS);
    assertThat(alert.get("actions").get(1).asText()).isEqualTo("auto_rollback");
    assertThat(alert.get("pending_since").asText()).isEqualTo("2026-03-01T10:00:10Z");
    assertThat(alert.get("value").asDouble()).isEqualTo(0.125);
    assertThat(alert.get("window_seconds").asDouble()).isEqualTo(300);
    assertThat(alert.get("messages").asInt()).isEqualTo(3);
    assertThat(alert.get("overdue").asBoolean()).isFalse();
    assertThat(alert.get("ended_at").isNull()).isTrue();
    assertThat(alert.get("acknowledged_by").isNull()).isTrue();
  }

  /** A replay writes when messages were due at the time of the traffic. */
  @Test
  void aReplayIsNotOverdue() throws Exception {
    postgres.execute(
        "UPDATE alert_escalation SET due_at = '2026-03-01 08:25+00', updated_at = now() - interval '18 min'"
            + " WHERE due_at < now()");
    assertThat(alerts("list", "--json", "--prompt", "greeting")).isZero();
    assertThat(promptmon.json().get(0).get("overdue").asBoolean()).isFalse();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void rulesThatCannotBeDecidedAreListedWithTheReason() throws Exception {
    assertThat(alerts("list", "--rules")).isZero();
    assertThat(out)
        .hasToString(
            """
            prompt    version  rule      severity  status             since                 reason
            --------  -------  --------  --------  -----------------  --------------------  -------------------------------------------
            checkout  1.2.0    Feedback  warning   insufficient_data  2026-03-01T10:00:00Z  avg_user_feedback needs 20 ratings, found 7
            greeting  1.0.0    Errors    critical  no_data            2026-03-01T08:00:00Z  no executions
            """);
    assertThat(alerts("list", "--rules", "--severity", "critical", "--json")).isZero();
    assertThat(promptmon.json().findValuesAsText("rule")).containsExactly("Errors");
    assertThat(alerts("list", "--rules", "--limit", "1")).isZero();
    assertThat(err).hasToString("promptmon: only 1 are shown, there are more: see --limit\n");
  }

  // ---- show

  @Test
  void allThatIsKnownOfAnAlertIsShown() {
    assertThat(alerts("silence", "prompt=checkout", "--for", "2h", "--comment", "shop")).isZero();
    assertThat(err).hasToString("promptmon: 2 alerts that fire or are pending match\n");
    assertThat(alerts("silence", "metric=latency_*", "--for", "2h", "--comment", "other")).isZero();
    assertThat(err).hasToString("promptmon: 1 alert that fires or is pending matches\n");
    assertThat(alerts("ack", "pm-aa", "--comment", "on it")).isZero();
    assertThat(out)
        .hasToString(
            "the alert \"Critical Error Rate\" of checkout@1.2.0 is acknowledged by olga\n");
    assertThat(alerts("show", "pm-aa")).isZero();
    String now = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    assertThat(out.toString().replaceAll("(?!2026-03-01T)" + now, "NOW"))
        .isEqualTo(
            """
            alert                pm-aaaaaaaa00000000000000000000000a
            rule                 Critical Error Rate (alert_rule, critical)
            prompt               checkout
            version              1.2.0
            state                firing since 2026-03-01T10:05:10Z, pending since 2026-03-01T10:00:10Z
            condition            error_rate > 0.05 for 5m
            actions              alert, auto_rollback
            seen                 error_rate 12.5% > 5% (312 executions, window of 5m, e-value 23500)
            told                 2026-03-01T10:35:11Z, 3 messages
            escalated            2026-03-01T10:35:11Z
            next message         NOW
            acknowledged         NOW by olga: on it (not yet taken up by the job)

            transitions:
            at                    change   cause      value                  details
            --------------------  -------  ---------  ---------------------  -------------------------------------------
            2026-03-01T10:00:10Z  pending  condition  error_rate 7.5% > 5%   287 executions, window of 5m, e-value 1100
            2026-03-01T10:05:10Z  firing   condition  error_rate 12.5% > 5%  312 executions, window of 5m, e-value 23500

            who was told:
            at                    about      channel           status   attempts  settled               error
            --------------------  ---------  ----------------  -------  --------  --------------------  ---------------------------------------
            2026-03-01T10:05:12Z  firing     slack             sent     2         2026-03-01T10:05:14Z
            2026-03-01T10:35:12Z  escalated  on_call_engineer  pending  1                               HTTP 503, again at 2026-03-01T10:36:00Z

            executions:
            at                    execution         latency  result            model    branch  input             output
            --------------------  ----------------  -------  ----------------  -------  ------  ----------------  ------
            2026-03-01T10:05:02Z  00000000000000ab  1520 ms  failure: timeout  m-large          00000000000000cd
            2026-03-01T10:05:09Z  00000000000000ac  80 ms    failure                    B.1

            silences that match:
            s1                   prompt=checkout, from NOW until NOW, by olga: shop

            go on with:
            promptmon alerts silence 'rule=Critical Error Rate' prompt=checkout --for 2h --comment TEXT
            promptmon alerts list --state all --prompt checkout
            promptmon registry history checkout
            """);
  }

  @Test
  void anAlertThatHasEndedIsShown() {
    assertThat(alerts("show", CANCELLED)).isZero();
    assertThat(out)
        .hasToString(
            """
            alert                pm-eeeeeeee00000000000000000000000e
            rule                 Elevated Latency (alert_rule, warning)
            prompt               checkout
            version              1.1.0
            state                cancelled at 2026-02-02T10:02:00Z, cause: no_data, pending since 2026-02-02T10:00:00Z
            condition            latency_p95 > 3000ms for 5m
            actions              alert
            seen                 latency_p95 3100 ms > 3000 ms (20 executions, window of 5m)

            transitions:
            at                    change     cause      value                          details
            --------------------  ---------  ---------  -----------------------------  ---------------------------
            2026-02-02T10:00:00Z  pending    condition  latency_p95 3100 ms > 3000 ms  20 executions, window of 5m
            2026-02-02T10:02:00Z  cancelled  no_data                                   no executions

            go on with:
            promptmon alerts list --state all --prompt checkout
            promptmon registry history checkout
            """);
  }

  @Test
  void anEscalationThatStandsStillIsShown() {
    assertThat(alerts("show", NO_DATA)).isZero();
    assertThat(out.toString())
        .containsPattern("next message +20[-:0-9T]+Z, OVERDUE: the job may not be running\n")
        .contains("condition            no executions for 10m\n")
        .doesNotContain("seen  ");
  }

  @Test
  void anAlertIsShownForScripts() throws Exception {
    assertThat(alerts("show", ERRORS, "--json")).isZero();
    assertThat(promptmon.json().get("transitions")).hasSize(2);
    assertThat(promptmon.json().get("notifications").get(1).get("last_error").asText())
        .isEqualTo("HTTP 503");
    assertThat(promptmon.json().get("exemplars")).hasSize(2);
    assertThat(promptmon.json().get("silences")).isEmpty();
    assertThat(promptmon.json().get("condition").asText()).isEqualTo("error_rate > 0.05 for 5m");
  }

  @Test
  void exemplarsAreForThoseWhoMaySeeThem() throws Exception {
    assertThat(promptmon.runAs("anna", "a", "show", ERRORS)).isZero();
    assertThat(out.toString()).contains("who was told:").doesNotContain("executions:");
    assertThat(promptmon.runAs("anna", "a", "show", ERRORS, "--json")).isZero();
    assertThat(promptmon.json().get("exemplars").isNull()).isTrue();
  }

  @Test
  void whatSomebodyElseWroteDoesNotCommandTheTerminal() {
    postgres.execute(
        "UPDATE alert SET rule = E'\\u001b[2J\\nrm' WHERE alert_id = '" + ERRORS + "'");
    for (String command : List.of("list", "show")) {
      assertThat(command.equals("list") ? alerts("list") : alerts("show", ERRORS)).isZero();
      assertThat(out.toString()).contains("\\u001b[2J\\nrm").doesNotContain("\u001b");
    }
  }

  // ---- ack

  @Test
  void anAcknowledgementIsShownAtOnce() throws Exception {
    assertThat(alerts("ack", LATENCY, "--json")).isZero();
    JsonNode result = promptmon.json();
    assertThat(result.get("command_id").asInt()).isEqualTo(1);
    assertThat(result.get("kind").asText()).isEqualTo("acknowledged");
    assertThat(result.get("alert_id").asText()).isEqualTo(LATENCY);
    assertThat(result.get("actor").asText()).isEqualTo("olga");
    assertThat(alerts("list", "--prompt", "checkout")).isZero();
    assertThat(out.toString()).contains("olga (not yet taken up by the job)");
    postgres.execute(
        "UPDATE alert_escalation SET acknowledged_at = now(), acknowledged_by = 'olga'"
            + " WHERE alert_id = '"
            + LATENCY
            + "'");
    assertThat(alerts("list", "--prompt", "checkout", "--severity", "warning")).isZero();
    assertThat(out.toString()).contains("  olga          the critical").doesNotContain("taken up");
    assertThat(alerts("list", "--severity", "warning", "--prompt", "checkout", "--json")).isZero();
    assertThat(promptmon.json().get(0).get("acknowledged_by").asText()).isEqualTo("olga");
    assertThat(promptmon.json().get(0).get("acknowledgement_taken_up").asBoolean()).isTrue();
  }

  @Test
  void whatCannotBeAcknowledgedIsRefusedInOneLine() {
    assertThat(alerts("ack", ERRORS)).isZero();
    assertProblem("was acknowledged by olga at ", "ack", ERRORS);
    assertProblem("does not fire yet; it can be acknowledged when it does", "ack", QUALITY);
    assertProblem(
        "was resolved at 2026-02-01T10:35:00Z; there is nothing to acknowledge", "ack", RESOLVED);
    for (String command : List.of("ack", "show")) {
      assertProblem("promptmon: there is no alert pm-0\n", command, "pm-0");
      assertProblem(
          "promptmon: several alerts begin with pm-: " + ERRORS + ", " + LATENCY + " and others\n",
          command,
          "pm-");
    }
    assertThat(promptmon.runAs("anna", "a", "ack", LATENCY)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err)
        .hasToString(
            "promptmon: anna may not acknowledge alerts: that takes the role promptmon_operator\n");
    assertThat(promptmon.runAs("rudi", "r", "list")).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString())
        .startsWith("promptmon: cannot read alerts: that takes the role promptmon_analyst, ")
        .hasLineCount(1);
  }

  private void assertProblem(String message, String... arguments) {
    assertThat(alerts(arguments)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("promptmon: ").contains(message).hasLineCount(1);
  }

  // ---- silence

  @Test
  void alertsAreSilencedAndHeardAgain() throws Exception {
    assertThat(
            alerts(
                "silence",
                "prompt = checkout-*",
                "severity!=critical",
                "--from",
                "2099-01-01",
                "--for",
                "2h",
                "--comment",
                "far"))
        .isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains("a silence must begin within 365 days").hasLineCount(1);
    assertThat(
            alerts(
                "silence", "prompt=greeting", "--for", "2h", "--comment", "it is night", "--json"))
        .isZero();
    assertThat(promptmon.json().get("silence_id").asText()).isEqualTo("s1");
    assertThat(promptmon.json().get("actor").asText()).isEqualTo("olga");
    assertThat(alerts("silence", "rule=*", "--for", "30_days", "--comment", "all")).isZero();
    assertThat(out.toString())
        .matches("silence s2: rule=\\*, from 20[-:0-9T]+Z until 20[-:0-9T]+Z\n");
    assertThat(err).hasToString("promptmon: 4 alerts that fire or are pending match\n");

    assertThat(alerts("silence", "--list")).isZero();
    assertThat(out.toString())
        .hasLineCount(4)
        .containsPattern(
            "s1 +active +prompt=greeting +20[-:0-9T]+Z +20[-:0-9T]+Z +olga +it is night");
    assertThat(alerts("silence", "--end", "s1")).isZero();
    assertThat(out).hasToString("silence s1 is ended\n");
    assertProblem("silence s1 was ended by olga at ", "silence", "--end", "s1");
    assertProblem("promptmon: there is no silence s9\n", "silence", "--end", "s9");
    assertThat(alerts("silence", "--end", "s2", "--json")).isZero();
    assertThat(promptmon.json().get("silence_id").asText()).isEqualTo("s2");
    assertThat(alerts("silence", "--list", "--json")).isZero();
    assertThat(promptmon.json()).isEmpty();
    assertThat(alerts("silence", "--list", "--all", "--json")).isZero();
    assertThat(promptmon.json().findValuesAsText("state")).containsExactly("ended", "ended");
    assertThat(promptmon.json().get(0).get("ended_by").asText()).isEqualTo("olga");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "silence                                    | expected matchers such as prompt=checkout-*",
        "silence promt=a --for 2h --comment c       | unknown label \"promt\"; did you mean \"prompt\"?",
        "silence prompt --for 2h --comment c        | expected a matcher such as prompt=checkout-*",
        "silence prompt=a --comment c               | --for must say how long, for example 2h",
        "silence prompt=a --for 2h                  | --comment must say why",
        "silence prompt=a --for 2x --comment c      | expected a duration such as 10s",
        "silence prompt=a --for 31d --comment c     | a silence lasts from 1 second to 30 days",
        "silence prompt=a --list                    | expected one of: matchers, --list, --end",
        "silence --list --end s1                    | expected one of: matchers, --list, --end",
        "silence --all                              | --all goes with --list",
        "list --state fireing                       | expected firing, pending, resolved, all, found \"fireing\"",
        "list --severity bad                        | expected warning or critical, found \"bad\"",
        "list --since yesterday                     | expected a time such as 2026-01-31T12:00:00Z",
        "list --limit -1                            | --limit must not be negative",
        "list --rules --state all                   | --state and --since do not go with --rules",
        "show                                       | ALERT_ID",
      })
  void badUsageIsOneLine(String arguments, String message) {
    assertThat(alerts(arguments.split(" "))).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("promptmon: ").contains(message).hasLineCount(1);
  }

  @Test
  void withoutASubcommandThereIsNothingToDo() {
    assertThat(alerts()).isEqualTo(PromptMon.EXIT_USAGE);
  }

  @Test
  void aDatabaseWithoutAlertsIsOneLine() {
    String url = postgres.url();
    String empty = PostgresExtension.emptyDatabase().jdbcUrl() + url.substring(url.indexOf('?'));
    for (String[] command : new String[][] {{"list"}, {"silence", "--list"}, {"ack", "pm-1"}}) {
      assertThat(promptmon.runAt(empty, command)).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(err.toString())
          .startsWith("promptmon: the database ")
          .endsWith("or an old one: run promptmon migrate\n")
          .hasLineCount(1);
    }
  }
}
