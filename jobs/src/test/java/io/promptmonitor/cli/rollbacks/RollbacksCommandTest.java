package io.promptmonitor.cli.rollbacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code promptmon rollbacks} on rows as the registry and the job write them. */
class RollbacksCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private final CommandRun promptmon = new CommandRun(postgres, "rollbacks");
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
  void insertRollbacks() throws Exception {
    postgres.execute(
        """
        SET session_replication_role = replica;
        TRUNCATE rollback_event, notification, notification_message, operator_command, registry_event, prompt_version, prompt;
        """);
    insert(StoredRollbacks.automatic());
    insert(StoredRollbacks.heldBack());
    insert(StoredRollbacks.manual());
    postgres.execute(
        """
        SET timezone = 'UTC';
        INSERT INTO notification (notification_id, channel, prompt_id, content, created_at, due_at, status, attempts, last_error, next_attempt_at, settled_at)
        VALUES
          ('n1', 'slack', 'checkout', '{"alerts": [
              {"alert_id": "pm-aaaaaaaa00000000000000000000000a", "reason": "firing", "number": 1, "rule": "Critical Error Rate", "kind": "alert_rule", "condition": "error_rate > 0.10 for 5m"},
              {"alert_id": "pm-1", "reason": "firing", "number": 1, "rule": "Automatic rollback", "kind": "rollback",
                  "condition": "checkout was rolled back — promptmon rollbacks show pm-aaaaaaaa00000000000000000000000a"},
              {"alert_id": "pm-2", "reason": "firing", "number": 1, "rule": "Other", "kind": "alert_rule", "condition": "x"}]}',
              '2026-03-01 10:05:12', '2026-03-01 10:05:11', 'sent', 2, NULL, NULL, '2026-03-01 10:05:14'),
          ('n2', 'on_call_engineer', 'checkout', '{"alerts": [
              {"alert_id": "pm-1", "reason": "escalated", "number": 2, "rule": "Automatic rollback", "kind": "rollback",
                  "condition": "checkout was rolled back — promptmon rollbacks show pm-aaaaaaaa00000000000000000000000a"}]}',
              '2026-03-01 10:35:12', '2026-03-01 10:35:11', 'pending', 1, 'HTTP 503', '2026-03-01 10:36:00', NULL),
          ('n3', 'slack', 'checkout', '{"alerts": [], "notice": {"dedup_key": "k"}}', '2026-03-01 10:35:12', '2026-03-01 10:35:11', 'sent', 1, NULL, NULL, '2026-03-01 10:35:14');
        """);
  }

  private static void insert(RollbackRecord record) throws Exception {
    try (Connection connection = postgres.database().connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                INSERT INTO promptmon.rollback_event
                SELECT (jsonb_populate_record(NULL::promptmon.rollback_event, ?::jsonb || '{"updated_at": "2026-03-01T00:00:00Z"}')).*
                """)) {
      statement.setString(1, RollbackJson.write(record));
      statement.executeUpdate();
    }
  }

  /** An event of the registry by which a prompt was rolled back automatically. */
  private static void switched(String promptId, int eventId, String ago) {
    postgres.execute(
        """
        SET session_replication_role = replica;
        INSERT INTO prompt (prompt_id, created_at, created_by) VALUES ('%1$s', now(), 'x') ON CONFLICT DO NOTHING;
        INSERT INTO registry_event (event_id, at, kind, prompt_id, version_id, from_version, to_version, actor, reason, decision_id)
        VALUES (%2$d, now() - interval '%3$s', 'rolled_back', '%1$s', '1.0.0', '2.0.0', '1.0.0', 'robot', 'x', 'd%2$d');
        """
            .formatted(promptId, eventId, ago));
  }

  private int rollbacks(String... arguments) {
    return promptmon.runAs("olga", "o", arguments);
  }

  // ---- list

  @Test
  void rollbacksAreListedTheNewestFirst() {
    assertThat(rollbacks("list")).isZero();
    assertThat(out)
        .hasToString(
            """
            rollback     at                    prompt           from   to     kind       state                           because                          outcome
            -----------  --------------------  ---------------  -----  -----  ---------  ------------------------------  -------------------------------  ---------------
            manual-17    2026-03-02T08:00:00Z  greeting         1.1.0  1.0.0  manual     switched                        wrong totals                     not watched yet
            pm-aaaaaaaa  2026-03-01T10:05:11Z  checkout         2.0.0  1.0.0  automatic  switched                        error_rate 51.67% > 10%          recovered
            pm-bbbbbbbb  2026-02-01T09:00:00Z  billing/explain  3.1.0         automatic  held_back: too_little_evidence  latency_p99 12500 ms > 10000 ms
            """);
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--prompt checkout, a",
    "--since 2026-03-01, m a",
    "--since 2026-03-01T10:05:12Z, m",
    "--limit 2, m a",
    "--limit 0, m a b",
    "--prompt nobody, ''",
  })
  void whatIsListedCanBeNarrowedDown(String options, String expected) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("list", "--json"));
    arguments.addAll(List.of(options.split(" ")));
    assertThat(rollbacks(arguments.toArray(String[]::new))).isZero();
    StringBuilder letters = new StringBuilder();
    for (JsonNode rollback : promptmon.json()) {
      String id = rollback.get("rollback_id").asText();
      letters.append(' ').append(id.startsWith("pm-") ? id.charAt(3) : id.charAt(0));
      assertThat(rollback.has("analysis")).isFalse();
    }
    assertThat(letters.toString().strip()).isEqualTo(expected);
    assertThat(err.toString().contains("only 2 are shown, there are more: see --limit"))
        .isEqualTo(options.contains("--limit 2"));
  }

  @Test
  void nothingToListIsSaid() {
    assertThat(rollbacks("list", "--prompt", "nobody")).isZero();
    assertThat(out).hasToString("no such rollback\n");
    assertThat(rollbacks("list", "--allowance")).isZero();
    assertThat(out).hasToString("no prompt was ever rolled back automatically\n");
    assertThat(rollbacks("list", "--allowance", "--prompt", "nobody")).isZero();
    assertThat(out).hasToString("nobody was never rolled back automatically\n");
    postgres.execute("TRUNCATE rollback_event");
    assertThat(rollbacks("list")).isZero();
    assertThat(out).hasToString("nothing was ever rolled back\n");
  }

  // ---- show

  @Test
  void anAutomaticRollbackIsShownWithAllThatIsKnown() {
    assertThat(rollbacks("show", "pm-aa")).isZero();
    assertThat(out)
        .hasToString(
            """
            rollback             pm-aaaaaaaa00000000000000000000000a
            prompt               checkout
            versions             2.0.0 → 1.0.0
            state                automatic, switched at 2026-03-01T10:05:11.482Z by robot
            reason               Critical Error Rate: error_rate 52% > 10% (60 in 2 min)
            rule                 Critical Error Rate (alert_rule, critical, confidence high)
            condition            error_rate > 0.10 for 5m
            seen                 error_rate 51.67% > 10% (60 executions, window of 2m)
            trigger              complete at 2026-03-01T10:05:10Z, firing since 2026-03-01T10:05:10Z, pending since 2026-03-01T10:00:10Z
            alert                pm-aaaaaaaa00000000000000000000000a
            evidence             31 of 60 executions failed; compared with 1.2% of 4,812 executions (the version to go back to, its last 24 hours of traffic); e-value 3.25E+14, 10000 needed
            took                 0.232 s from DETECT to SWITCH
            outcome              recovered at 2026-03-01T10:21:00Z: error_rate is 1.33% (450 executions), not > 10%
            stragglers           12 executions (2.6% of all) still reported 2.0.0, the last one at 2026-03-01T10:05:53Z, 42s after the switch

            steps:
            step      at                        status  details
            --------  ------------------------  ------  ----------------------------
            detect    2026-03-01T10:05:11.250Z  done    31 of 60 executions failed
            verify    2026-03-01T10:05:11.260Z  done    1.0.0 is what was registered
            snapshot  2026-03-01T10:05:11.270Z  done    2 windows
            switch    2026-03-01T10:05:11.482Z  done    2.0.0 → 1.0.0
            notify    2026-03-01T10:05:11.500Z  done    handed to the escalation
            log       2026-03-01T10:05:11.500Z  done    written to rollback_event
            monitor   2026-03-01T10:20:12.000Z  done    recovered: see the readings

            measured before:
            version  from                  until                 executions  failures  error_rate  p50       p95      p99      tokens  rating  errors
            -------  --------------------  --------------------  ----------  --------  ----------  --------  -------  -------  ------  ------  ---------------------
            2.0.0    2026-03-01T10:04:00Z  2026-03-01T10:05:00Z  30          16        53.33%      812.5 ms  2310 ms  4100 ms  512.2           timeout 12, refusal 4
            1.0.0    2026-03-01T08:00:00Z  2026-03-01T09:00:00Z  200         2         1%          640 ms    1200 ms  1850 ms  498.5   4.25    timeout 2

            recovery:
            metric       recovered  details
            -----------  ---------  ------------------------------------------------------------
            error_rate   yes        error_rate is 1.33% (450 executions), not > 10%
            latency_p95  unknown    latency_p95 is unknown (450 executions): too little is known

            what changed (95 % intervals):
            metric             before                           failing                        after                            failing/before  after/failing  after/before
            -----------------  -------------------------------  -----------------------------  -------------------------------  --------------  -------------  ------------
            error_rate         1.2% (0.93% to 1.55%, n = 4812)  52% (44.3% to 59.6%, n = 160)  1.33% (0.61% to 2.87%, n = 450)  worse           better         alike
            avg_user_feedback  4.25 (4 to 4.4, n = 120)         unknown (n = 0)                4.5 (n = 3)                      unknown         unknown        unknown

            what failures have in common:
            - Failures cluster in branch "full_expansion": 78 of 83 failures; there fail 76% of 102

            what speaks for a decision as the cause:
            - "Complexity-Adaptive" at depth 1: branch "full_expansion"

            recommendations:
            - Try the alternative Fixed Structure (7.6), because 78 of 102 failed in branch "full_expansion"

            performance_to_exploration_mapping:
              degradation_detected:
                affected_metric: "error_rate"
                current_value: 0.52
                baseline_value: 0.012
                delta: 0.508
              exploration_analysis:
                exploration_path: "root → B → B.1"
                depth_0_decision:
                  selected: "Chain of Thought"
                  alternatives: ["Few-Shot (7.3)", "Zero-Shot (6.8)"]
                  rationale: "Task requires multi-step reasoning"
                  potential_issue: "CoT may struggle with ambiguous inputs"
                depth_1_decision:
                  selected: "Complexity-Adaptive"
                  alternatives: ["Fixed Structure (7.6)"]
                  potential_issue: "Complexity assessment may be unreliable"
              failure_correlation:
                - "Failures cluster in branch \\"full_expansion\\": 78 of 83 failures; there fail 76% of 102"
              recommendations:
                - "Try the alternative Fixed Structure (7.6), because …"

            who was told:
            at                    rule                 about      channel           status   attempts  settled               error
            --------------------  -------------------  ---------  ----------------  -------  --------  --------------------  ---------------------------------------
            2026-03-01T10:05:12Z  Critical Error Rate  firing     slack             sent     2         2026-03-01T10:05:14Z
            2026-03-01T10:05:12Z  Automatic rollback   firing     slack             sent     2         2026-03-01T10:05:14Z
            2026-03-01T10:35:12Z  Automatic rollback   escalated  on_call_engineer  pending  1                               HTTP 503, again at 2026-03-01T10:36:00Z

            go on with:
            promptmon alerts show pm-aaaaaaaa
            promptmon rollbacks list --prompt checkout
            promptmon registry history checkout
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anOperatorsRollbackIsShownWithItsSixSteps() {
    assertThat(rollbacks("show", "manual-17")).isZero();
    assertThat(out)
        .hasToString(
            """
            rollback             manual-17
            prompt               greeting
            versions             1.1.0 → 1.0.0
            state                manual, switched at 2026-03-02T08:00:00.500Z by olga
            reason               wrong totals
            outcome              not watched yet: the job takes it up when it runs

            steps:
            step       at                        status   details
            ---------  ------------------------  -------  ------------------------------------
            receive    2026-03-02T08:00:00.498Z  done     olga: wrong totals
            authorize  2026-03-02T08:00:00.498Z  done     olga has the role promptmon_operator
            confirm    2026-03-02T08:00:00.500Z  done     1.0.0 was deployed before
            execute    2026-03-02T08:00:00.500Z  done     1.1.0 → 1.0.0
            monitor                              to come
            document                             to come

            go on with:
            promptmon rollbacks list --prompt greeting
            promptmon registry history greeting
            """);
  }

  @Test
  void whatDidNotHappenIsShownWithTheReason() {
    assertThat(rollbacks("show", StoredRollbacks.HELD_BACK)).isZero();
    assertThat(out)
        .hasToString(
            """
            rollback             pm-bbbbbbbb00000000000000000000000b
            prompt               billing/explain
            versions             3.1.0
            state                automatic, held_back: too_little_evidence: it may be chance: 6 of 24 executions were slower than 10000 ms
            reason               Latency: latency_p99 12500 ms > 10000 ms (24 in 5 min)
            rule                 Latency (rollback_trigger, critical, confidence medium)
            condition            latency_p99 > 10000ms for 5m
            seen                 latency_p99 12500 ms > 10000 ms (24 executions, window of 5m, baseline 2000 ms)
            trigger              complete at 2026-02-01T09:00:00Z, firing since 2026-02-01T09:00:00Z, pending since 2026-02-01T08:55:00Z
            alert                pm-bbbbbbbb00000000000000000000000b
            evidence             6 of 24 executions were slower than 10000 ms; compared with 1% (the share beyond the percentile); e-value 41.7, 10000 needed

            steps:
            step    at                        status   details
            ------  ------------------------  -------  ----------------
            detect  2026-02-01T09:00:01.000Z  waiting  it may be chance

            go on with:
            promptmon alerts show pm-bbbbbbbb
            promptmon registry rollback billing/explain --from 3.1.0 --reason TEXT
            promptmon rollbacks list --prompt billing/explain
            promptmon registry history billing/explain
            """);
  }

  @Test
  void aRollbackIsShownForScripts() throws Exception {
    assertThat(rollbacks("show", StoredRollbacks.AUTOMATIC, "--json")).isZero();
    JsonNode shown = promptmon.json();
    assertThat(shown.get("rollback_id").asText()).isEqualTo(StoredRollbacks.AUTOMATIC);
    assertThat(shown.get("status").asText()).isEqualTo("switched");
    assertThat(shown.get("evidence").get("e_value").asDouble()).isEqualTo(3.25e14);
    assertThat(shown.get("steps")).hasSize(7);
    assertThat(shown.get("steps").get(3).get("step").asText()).isEqualTo("switch");
    assertThat(shown.get("notifications")).hasSize(3);
    assertThat(shown.get("notifications").get(2).get("last_error").asText()).isEqualTo("HTTP 503");
    // In the order of the specification, which the database does not keep.
    JsonNode mapping = shown.get("analysis").get("performance_to_exploration_mapping");
    assertThat(names(mapping))
        .containsExactly(
            "degradation_detected",
            "exploration_analysis",
            "failure_correlation",
            "recommendations");
    assertThat(names(mapping.get("degradation_detected")))
        .containsExactly("affected_metric", "current_value", "baseline_value", "delta");
    JsonNode exploration = mapping.get("exploration_analysis");
    assertThat(names(exploration))
        .containsExactly("exploration_path", "depth_0_decision", "depth_1_decision");
    assertThat(names(exploration.get("depth_0_decision")))
        .containsExactly("selected", "alternatives", "rationale", "potential_issue");
    assertThat(names(shown)).containsAll(names(RollbackJson.tree(StoredRollbacks.automatic())));
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  @Test
  void whatSomebodyElseWroteDoesNotCommandTheTerminal() {
    postgres.execute(
        """
        UPDATE rollback_event SET outcome_reason = E'\\u001b[2J\\nrm',
            steps = jsonb_set(steps, '{0,detail}', '"\\u001b[2J"'), snapshot = replace(snapshot::text, 'timeout', '\\u001b[2J')::jsonb,
            analysis = replace(analysis::text, 'full_expansion', '\\u001b[2J')::jsonb
        WHERE kind = 'automatic' AND status = 'switched'
        """);
    assertThat(rollbacks("show", StoredRollbacks.AUTOMATIC)).isZero();
    assertThat(out.toString()).contains("\\u001b[2J\\nrm").doesNotContain("\u001b");
    assertThat(rollbacks("list")).isZero();
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void whatIsNotThereIsOneLine() {
    assertProblem("promptmon: there is no rollback pm-0\n", "show", "pm-0");
    assertProblem(
        "promptmon: several rollbacks begin with pm-: %s, %s\n"
            .formatted(StoredRollbacks.AUTOMATIC, StoredRollbacks.HELD_BACK),
        "show",
        "pm-");
    assertThat(promptmon.runAs("rudi", "r", "list")).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString())
        .startsWith("promptmon: rudi may not read rollbacks: that takes the role ")
        .hasLineCount(1);
  }

  private void assertProblem(String message, String... arguments) {
    assertThat(rollbacks(arguments)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(out.toString()).isEmpty();
    assertThat(err).hasToString(message);
  }

  // ---- the allowance

  @Test
  void aPromptThatWasRolledBackTooOftenIsClearedByAnOperator() throws Exception {
    switched("checkout", 10, "3 hours");
    switched("checkout", 11, "2 hours");
    switched("checkout", 12, "1 hour");
    switched("greeting", 13, "30 hours");
    postgres.execute(
        "SET session_replication_role = replica; UPDATE rollback_event"
            + " SET min_interval = '15 min', max_per_day = 3 WHERE registry_event_id = 12");
    assertThat(rollbacks("list", "--allowance", "--json")).isZero();
    JsonNode checkout = promptmon.json().get(0);
    assertThat(checkout.get("prompt_id").asText()).isEqualTo("checkout");
    assertThat(checkout.get("automatic_24h").asInt()).isEqualTo(3);
    assertThat(checkout.get("counted_24h").asInt()).isEqualTo(3);
    assertThat(checkout.get("max_per_day").asInt()).isEqualTo(3);
    assertThat(checkout.get("min_interval_seconds").asInt()).isEqualTo(900);
    assertThat(checkout.get("next_at").isNull()).isTrue();
    assertThat(promptmon.json().get(1).get("automatic_24h").asInt()).isZero();
    assertThat(rollbacks("list", "--allowance")).isZero();
    assertThat(out.toString())
        .hasLineCount(4)
        .containsPattern("checkout  3 of 3 +20[-:0-9T]+Z +20[-:0-9T]+Z\n")
        .containsPattern("greeting  0 +20[-:0-9T]+Z\n");

    assertThat(rollbacks("list", "--prompt", "checkout")).isZero();
    assertThat(err.toString())
        .matches(
            "promptmon: checkout is not rolled back automatically since 20[-:0-9T]+Z, until an"
                + " operator has looked: promptmon rollbacks clear checkout --reason TEXT\n");
    assertThat(rollbacks("show", StoredRollbacks.AUTOMATIC)).isZero();
    assertThat(out.toString()).contains("promptmon rollbacks clear checkout --reason TEXT\n");

    assertThat(rollbacks("clear", "checkout", "--reason", "the provider was away")).isZero();
    assertThat(out).hasToString("checkout may be rolled back automatically again\n");
    assertThat(rollbacks("list", "--allowance", "--prompt", "checkout")).isZero();
    assertThat(out.toString())
        .containsPattern(
            "checkout  0 of 3 +20[-:0-9T]+Z +20[-:0-9T]+Z +20[-:0-9T]+Z by olga: the provider was away\n");
    assertThat(rollbacks("list", "--prompt", "checkout")).isZero();
    assertThat(err.toString()).isEmpty();
    assertProblem(
        "promptmon: nothing keeps checkout from being rolled back automatically\n",
        "clear",
        "checkout",
        "--reason",
        "again");
    assertProblem(
        "promptmon: no version of prompt nobody is registered\n",
        "clear",
        "nobody",
        "--reason",
        "x");

    assertThat(rollbacks("clear", "greeting", "--reason", "looked", "--json")).isZero();
    assertThat(promptmon.json().get("kind").asText()).isEqualTo("rollbacks_cleared");
    assertThat(promptmon.json().get("actor").asText()).isEqualTo("olga");
    assertThat(promptmon.json().get("comment").asText()).isEqualTo("looked");
    assertThat(promptmon.runAs("anna", "a", "clear", "greeting", "--reason", "x"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err)
        .hasToString(
            "promptmon: anna may not allow automatic rollbacks again: that takes the role"
                + " promptmon_operator\n");
  }

  // ---- usage

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "show                                   | ROLLBACK_ID",
        "list --since yesterday                 | expected a time such as 2026-01-31T12:00:00Z",
        "list --limit -1                        | --limit must not be negative",
        "list --allowance --since 2026-01-01    | --since does not go with --allowance",
        "clear                                  | PROMPT",
        "clear checkout                         | --reason",
        "clear checkout --reason \u2003         | --reason must not be empty",
      })
  void badUsageIsOneLine(String arguments, String message) {
    assertThat(rollbacks(arguments.split(" "))).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("promptmon: ").contains(message).hasLineCount(1);
  }

  @Test
  void withoutASubcommandThereIsNothingToDo() {
    assertThat(rollbacks()).isEqualTo(PromptMon.EXIT_USAGE);
  }

  @Test
  void aDatabaseWithoutRollbacksIsOneLine() {
    String url = postgres.url();
    String empty = PostgresExtension.emptyDatabase().jdbcUrl() + url.substring(url.indexOf('?'));
    for (String[] command :
        new String[][] {{"list"}, {"show", "manual-1"}, {"clear", "p", "--reason", "x"}}) {
      assertThat(promptmon.runAt(empty, command)).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(err.toString())
          .startsWith("promptmon: the database ")
          .endsWith("or an old one: run promptmon migrate\n")
          .hasLineCount(1);
    }
  }
}
