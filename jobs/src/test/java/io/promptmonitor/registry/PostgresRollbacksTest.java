package io.promptmonitor.registry;

import static io.promptmonitor.registry.Demands.order;
import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.deprecate;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresRollbacks.Allowance;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the protocol needs of the registry, by the database's own functions. */
class PostgresRollbacksTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private PostgresPromptRegistry registry;
  private PostgresRollbacks rollbacks;

  @BeforeAll
  static void createUser() {
    postgres.execute("CREATE ROLE robot LOGIN PASSWORD 'sesame' IN ROLE promptmon_job");
    postgres.execute("CREATE ROLE olga LOGIN PASSWORD 'sesame' IN ROLE promptmon_operator");
  }

  @AfterAll
  static void dropUser() {
    postgres.execute("DROP ROLE robot; DROP ROLE olga");
  }

  @BeforeEach
  void deployTwo() {
    RegistryDatabase.clear(postgres.database());
    registry = new PostgresPromptRegistry(RegistryDatabase.as("olga", postgres.database()));
    registry.execute(
        List.of(
            register("p", "1.0.0"),
            stage("p", "1.0.0"),
            deploy("p", "1.0.0"),
            register("p", "1.1.0"),
            stage("p", "1.1.0"),
            deploy("p", "1.1.0")));
    rollbacks = new PostgresRollbacks(RegistryDatabase.as("robot", postgres.database()));
  }

  @AfterEach
  void close() {
    registry.close();
    rollbacks.close();
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).hasMessage(message);
    assertThat(e.reason()).isEqualTo(reason);
  }

  private String active() {
    return registry.getActive("p").versionId().toString();
  }

  private static String rows() {
    return postgres.query("SELECT count(*) FROM rollback_event");
  }

  // ---- automatic

  @Test
  void aSwitchIsRecordedWithAllThatIsKnown() {
    RollbackOrder order = order("p", "1.1.0", "d1");
    RollbackRecord switched = rollbacks.switchBack(order);
    assertThat(active()).isEqualTo("1.0.0");
    RegistryEvent event = registry.history("p").get(registry.history("p").size() - 1);
    assertThat(event.decisionId()).isEqualTo("d1");
    assertThat(event.reason()).isEqualTo("it fails");

    assertThat(switched.status()).isEqualTo(Status.SWITCHED);
    assertThat(switched.toVersion()).isEqualTo("1.0.0");
    assertThat(switched.requestedBy()).isEqualTo("robot").isEqualTo(event.actor());
    assertThat(switched.switchedAt()).isEqualTo(event.at());
    assertThat(switched.registryEventId()).isEqualTo(event.eventId());
    List<StepResult> steps = new ArrayList<>(order.record().steps());
    steps.add(
        new StepResult(
            RollbackStep.SWITCH,
            event.at().truncatedTo(ChronoUnit.MILLIS),
            StepResult.Status.DONE,
            "1.1.0 → 1.0.0"));
    assertThat(switched.steps()).isEqualTo(steps);
    // The rest is as it was ordered.
    RollbackRecord ordered = order.record();
    assertThat(switched.triggeredAt()).isEqualTo(ordered.triggeredAt());
    assertThat(switched.cause()).isEqualTo(ordered.cause());
    assertThat(switched.evidence()).isEqualTo(ordered.evidence());
    assertThat(switched.snapshot()).isEqualTo(ordered.snapshot());
    assertThat(switched.reason()).isEqualTo(ordered.reason());
    assertThat(switched.outcome()).isNull();
    assertThat(switched.analysis()).isNull();
    assertThat(rollbacks.recorded("d1")).isEqualTo(switched);
    assertThat(rollbacks.recorded("d2")).isNull();
  }

  @Test
  void aDecisionIsCarriedOutOnce() {
    RollbackRecord first = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    registry.deploy("p", v("1.1.0"), "it is good");
    // Whatever else is said of it.
    RollbackOrder again =
        new RollbackOrder(
            Demands.record("p", "1.1.0", "d1", "for another reason"), Duration.ZERO, 99);
    assertThat(rollbacks.switchBack(again)).isEqualTo(first);
    assertThat(active()).isEqualTo("1.1.0");
    assertThat(rows()).isEqualTo("1");
    assertThatThrownBy(() -> rollbacks.switchBack(order("p", "1.0.0", "d1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cannot roll back automatically: decision d1 was to roll back p@1.1.0, not p@1.0.0");
  }

  @Test
  void aDecisionWhoseRowIsGoneIsRecordedAgain() {
    RollbackRecord first = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    postgres.execute("DELETE FROM rollback_event");
    registry.deploy("p", v("1.1.0"), "it is good");
    assertThat(rollbacks.switchBack(order("p", "1.1.0", "d1"))).isEqualTo(first);
    assertThat(active()).isEqualTo("1.1.0");
  }

  /** As the job's table does it. */
  private void write(RollbackRecord record) throws Exception {
    try (Connection connection = RegistryDatabase.as("robot", postgres.database()).connect();
        var statement =
            connection.prepareStatement(
                """
                INSERT INTO promptmon.rollback_event
                SELECT (r).* FROM (SELECT jsonb_populate_record(NULL::promptmon.rollback_event, ?::jsonb || '{"updated_at": "2026-03-01T00:00:00Z"}') AS r) AS one
                ON CONFLICT (rollback_id) DO UPDATE SET status = excluded.status, refusal = excluded.refusal, refusal_reason = excluded.refusal_reason,
                    requested_by = excluded.requested_by, switched_at = excluded.switched_at, registry_event_id = excluded.registry_event_id,
                    steps = excluded.steps, outcome = excluded.outcome, outcome_reason = excluded.outcome_reason, outcome_at = excluded.outcome_at
                """)) {
      statement.setString(1, RollbackJson.write(record));
      statement.executeUpdate();
    }
  }

  @Test
  void aRollbackThatWasHeldBackMayHappenAndStaysSo() throws Exception {
    RollbackRecord held =
        Demands.record("p", "1.1.0", "d1", "it may fail", Refusal.TOO_LITTLE_EVIDENCE);
    write(held);
    assertThat(rollbacks.recorded("d1")).isEqualTo(held);
    RollbackRecord switched = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    assertThat(switched.refusal()).isNull();
    assertThat(switched.refusalReason()).isNull();
    assertThat(rows()).isEqualTo("1");
    // Somebody writes what he knew before.
    write(held);
    assertThat(rollbacks.recorded("d1")).isEqualTo(switched);
  }

  @ParameterizedTest
  @EnumSource
  void everyRefusalCanBeWritten(Refusal refusal) throws Exception {
    RollbackRecord record = Demands.record("p", "1.1.0", "d1", "it may fail", refusal);
    write(record);
    assertThat(rollbacks.recorded("d1")).isEqualTo(record);
    assertThat(
            postgres.query(
                "SELECT col_description('rollback_event'::regclass, attnum) FROM pg_attribute"
                    + " WHERE attrelid = 'rollback_event'::regclass AND attname = 'refusal'"))
        .contains(refusal.label());
  }

  @Test
  void whoSwitchedWhatIsNotRewritten() throws Exception {
    RollbackRecord switched = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    RollbackRecord later =
        new RollbackRecord(
            "d1",
            Kind.AUTOMATIC,
            "q",
            "2.0.0",
            "3.0.0",
            Status.SWITCHED,
            null,
            null,
            "somebody",
            "another reason",
            Demands.TRIGGERED,
            Demands.TRIGGERED,
            77L,
            null,
            null,
            switched.steps().subList(0, 1),
            null,
            null,
            RollbackOutcome.RECOVERED,
            "it is fine",
            Demands.TRIGGERED,
            null,
            null,
            null);
    write(later);
    RollbackRecord found = rollbacks.recorded("d1");
    assertThat(found.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(found.steps()).hasSize(1);
    assertThat(found.promptId()).isEqualTo("p");
    assertThat(found.fromVersion()).isEqualTo("1.1.0");
    assertThat(found.toVersion()).isEqualTo("1.0.0");
    assertThat(found.requestedBy()).isEqualTo("robot");
    assertThat(found.reason()).isEqualTo("it fails");
    assertThat(found.switchedAt()).isEqualTo(switched.switchedAt());
    assertThat(found.registryEventId()).isEqualTo(switched.registryEventId());
    assertThat(postgres.query("SELECT min_interval, max_per_day FROM rollback_event"))
        .isEqualTo("00:15:00|3");
  }

  @Test
  void aVersionThatFailsIsNotKeptForALongReason() {
    RollbackRecord verbose = Demands.record("p", "1.1.0", "d1", " " + "x".repeat(1_001) + "\n");
    assertThat(rollbacks.switchBack(order(verbose)).reason()).isEqualTo("x".repeat(1_000));
    assertThat(active()).isEqualTo("1.0.0");
  }

  @Test
  void whatIsNotActiveIsNotRolledBack() {
    assertRefused(
        () -> rollbacks.switchBack(order("p", "1.0.0", "d1")),
        Reason.ILLEGAL_TRANSITION,
        "p@1.0.0 is not active, 1.1.0 is; there is nothing to roll back");
    assertRefused(
        () -> rollbacks.switchBack(order("nobody", "1.0.0", "d1")),
        Reason.UNKNOWN_PROMPT,
        "no version of prompt nobody is registered");
    assertThat(rows()).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "NULL",
      value = {
        "NULL | 15 min | 3 | the details of a rollback must be a JSON object",
        "[] | 15 min | 3 | the details of a rollback must be a JSON object",
        "{} | 15 min | 3 | an automatic rollback needs a rollback_id, a prompt_id, a from_version, a reason, and the kind \"automatic\"",
        "{\"kind\": \"manual\"} | 15 min | 3 | an automatic rollback needs a rollback_id, a prompt_id, a from_version, a reason, and the kind \"automatic\"",
        "{\"reason\": \" \"} | 15 min | 3 | an automatic rollback needs a rollback_id, a prompt_id, a from_version, a reason, and the kind \"automatic\"",
        "{\"steps\": {}} | 15 min | 3 | the steps of a rollback must be an array",
        "{\"steps\": null} | 15 min | 3 | the steps of a rollback must be an array",
        "{\"triggered_at\": \"never\"} | 15 min | 3 | invalid input syntax for type timestamp with time zone: \"never\"",
        "{\"rollback_id\": \"manual-1\"} | 15 min | 3 | new row for relation \"rollback_event\" violates check constraint \"manual_is_of_an_event\"",
        "{\"cause\": []} | 15 min | 3 | new row for relation \"rollback_event\" violates check constraint \"cause_is_an_object\"",
        "{\"n\": 1} | -1 s | 3 | the least time between automatic rollbacks, and how many there may be a day, must not be negative",
        "{\"n\": 1} | NULL | 3 | the least time between automatic rollbacks, and how many there may be a day, must not be negative",
        "{\"n\": 1} | 15 min | -1 | the least time between automatic rollbacks, and how many there may be a day, must not be negative",
        "{\"n\": 1} | 15 min | NULL | the least time between automatic rollbacks, and how many there may be a day, must not be negative",
      })
  void anOrderThatMakesNoSenseChangesNothing(
      String details, String minInterval, Integer maxPerDay, String message) throws Exception {
    String complete = RollbackJson.write(Demands.record("p", "1.1.0", "d1", "it fails"));
    boolean overriding = details != null && details.length() > 2;
    try (Connection connection = RegistryDatabase.as("robot", postgres.database()).connect();
        var statement =
            connection.prepareStatement(
                "SELECT promptmon.rollback_automatic(?::jsonb || ?::jsonb, ?::interval, ?)")) {
      statement.setString(1, overriding ? complete : details);
      statement.setString(2, details == null ? "{}" : details);
      statement.setString(3, minInterval);
      statement.setObject(4, maxPerDay);
      assertThatThrownBy(statement::execute)
          .satisfies(e -> assertThat(Database.reason(e)).isEqualTo(message));
    }
    assertThat(active()).isEqualTo("1.1.0");
    assertThat(rows()).isEqualTo("0");
  }

  // ---- the version to go back to

  @Test
  void theTargetIsSaidBeforeAnythingIsSwitched() {
    assertThat(rollbacks.verifiedTarget("p", "1.1.0")).isEqualTo("1.0.0");
    assertThat(active()).isEqualTo("1.1.0");
    assertRefused(
        () -> rollbacks.verifiedTarget("p", "1.0.0"),
        Reason.ILLEGAL_TRANSITION,
        "p@1.0.0 is not active, 1.1.0 is; there is nothing to roll back");
    assertRefused(
        () -> rollbacks.verifiedTarget("nobody", "1.0.0"),
        Reason.UNKNOWN_PROMPT,
        "no version of prompt nobody is registered");
  }

  /** The same as a switch would say, word for word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first | INVALID_ROLLBACK_TARGET | p@1.0.0 has no rollback reference; name the version to go back to",
        "withdrawn | INVALID_ROLLBACK_TARGET | p@1.0.0 was withdrawn for good and cannot be rolled back to; name another version",
        "failed | INVALID_ROLLBACK_TARGET | p@1.0.0 was itself rolled back and cannot be rolled back to; name another version, or deploy it if it is good after all",
        "tampered | TAMPERED | p@1.0.0 is not what was registered: it was tampered with (promptmon registry verify tells how)",
      })
  void aTargetThatIsNoneIsRefused(String how, Reason reason, String message) {
    String failing = "1.1.0";
    switch (how) {
      case "first" -> {
        registry.rollback("p", null, "back to the first");
        failing = "1.0.0";
      }
      case "withdrawn" -> registry.execute(List.of(deprecate("p", "1.0.0")));
      case "failed" -> {
        registry.deploy("p", v("1.0.0"), null);
        registry.rollback("p", v("1.1.0"), "it failed");
      }
      default ->
          RegistryDatabase.execute(
              postgres.database(),
              "SET session_replication_role = replica; ALTER TABLE promptmon.prompt_version DROP"
                  + " CONSTRAINT prompt_hash_of_text; UPDATE promptmon.prompt_version SET prompt_text"
                  + " = 'Obey!' WHERE version_id = '1.0.0'; ALTER TABLE promptmon.prompt_version ADD"
                  + " CONSTRAINT prompt_hash_of_text CHECK (prompt_hash ="
                  + " promptmon.sha256_hex(prompt_text)) NOT VALID");
    }
    String version = failing;
    String before = rows();
    assertRefused(() -> rollbacks.verifiedTarget("p", version), reason, message);
    assertRefused(() -> rollbacks.switchBack(order("p", version, "d1")), reason, message);
    assertThat(active()).isEqualTo(version);
    assertThat(rows()).isEqualTo(before);
  }

  // ---- manual

  @Test
  void anOperatorsRollbackIsRecordedInTheSameTransaction() {
    RegistryEvent event = registry.rollback("p", null, "wrong totals");
    RollbackRecord found = rollbacks.recorded(RollbackRecord.manualId(event.eventId()));
    assertThat(found.kind()).isEqualTo(Kind.MANUAL);
    assertThat(found.status()).isEqualTo(Status.SWITCHED);
    assertThat(found.promptId()).isEqualTo("p");
    assertThat(found.fromVersion()).isEqualTo("1.1.0");
    assertThat(found.toVersion()).isEqualTo("1.0.0");
    assertThat(found.requestedBy()).isEqualTo("olga");
    assertThat(found.reason()).isEqualTo("wrong totals");
    assertThat(found.switchedAt()).isEqualTo(event.at());
    assertThat(found.registryEventId()).isEqualTo(event.eventId());
    assertThat(found.triggeredAt()).isNull();
    assertThat(found.cause()).isNull();
    assertThat(found.steps()).extracting(StepResult::at).isSorted();
    assertThat(found.steps()).extracting(StepResult::status).containsOnly(StepResult.Status.DONE);
    assertThat(found.steps())
        .extracting(StepResult::step)
        .isEqualTo(RollbackStep.MANUAL.subList(0, 4));
    assertThat(found.steps())
        .extracting(StepResult::detail)
        .containsExactly(
            "olga: wrong totals",
            "olga has the role promptmon_operator",
            "1.0.0 was deployed before and is what was registered (SHA-256 "
                + registry.getActive("p").promptHash()
                + ")",
            "1.1.0 → 1.0.0");
    assertThatThrownBy(() -> registry.rollback("p", v("1.1.0"), "back"))
        .hasMessageContaining("was itself rolled back");
    assertThat(rows()).isEqualTo("1");
  }

  @Test
  void aRowThatSomebodyPutThereDoesNotPreventARollback() throws Exception {
    try (Connection connection = RegistryDatabase.as("robot", postgres.database()).connect();
        Statement statement = connection.createStatement()) {
      for (int id = 1; id <= 9; id++) {
        statement.execute(
            """
            INSERT INTO promptmon.rollback_event (rollback_id, kind, prompt_id, from_version, to_version, status, requested_by, reason, switched_at, registry_event_id, steps)
            VALUES ('manual-%1$s', 'manual', 'x', '1', '2', 'switched', 'x', 'x', now(), %1$s, '[]')
            """
                .formatted(id));
      }
    }
    RegistryEvent event = registry.rollback("p", null, "wrong totals");
    assertThat(event.eventId()).isBetween(1L, 9L);
    RollbackRecord found = rollbacks.recorded(RollbackRecord.manualId(event.eventId()));
    assertThat(found.requestedBy()).isEqualTo("olga");
    registry.deploy("p", v("1.1.0"), null);
    RollbackRecord automatic = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    assertThat(automatic.registryEventId()).isEqualTo(event.eventId() + 2);
  }

  // ---- what is read

  @Test
  void rollbacksAreListedTheNewestFirst() throws Exception {
    RollbackRecord first = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    registry.deploy("p", v("1.1.0"), null);
    long manual = registry.rollback("p", null, "wrong totals").eventId();
    write(Demands.record("q", "1.0.0", "d2", "it may fail", Refusal.STALE));
    assertThat(ids(null, null, 0)).containsExactly("manual-" + manual, "d1", "d2");
    assertThat(ids("p", null, 0)).containsExactly("manual-" + manual, "d1");
    assertThat(ids(null, null, 2)).containsExactly("manual-" + manual, "d1");
    assertThat(ids(null, first.switchedAt(), 0)).containsExactly("manual-" + manual, "d1");
    assertThat(ids("q", first.switchedAt(), 0)).isEmpty();
    assertThat(rollbacks.beginningWith("d").stream().map(RollbackRecord::rollbackId))
        .containsExactly("d1", "d2");
    assertThat(rollbacks.beginningWith("d2")).hasSize(1);
  }

  private List<String> ids(String promptId, Instant since, int limit) {
    return rollbacks.list(promptId, since, limit).stream().map(RollbackRecord::rollbackId).toList();
  }

  @Test
  void theOverviewHasWhatAnalystsWantFlat() {
    rollbacks.switchBack(order("p", "1.1.0", "d1"));
    assertThat(
            postgres.query(
                """
                SELECT alert_id, rule, condition, severity, confidence, metric, value, operator, threshold, sample_count, window_length,
                    e_value, e_value_needed, counted, executions, reference, reference_executions, seconds_to_switch > 0, happened_at = switched_at
                FROM rollback_history
                """))
        .isEqualTo(
            "pm-1|Critical Error Rate|error_rate > 0.10 for 5m|critical|high|error_rate|0.125|>|0.1|312|00:05:00"
                + "|325000000000000|10000|39|312|0.012|4812|t|t");
  }

  // ---- how many there may be

  @Test
  void theAllowanceFollowsFromTheLog() {
    assertThat(rollbacks.allowances(null)).isEmpty();
    registry.rollback("p", null, "by hand");
    assertThat(rollbacks.allowances("p")).isEmpty();
    registry.deploy("p", v("1.1.0"), null);
    RollbackRecord first = rollbacks.switchBack(order("p", "1.1.0", "d1"));
    Allowance once = rollbacks.allowances("p").get(0);
    assertThat(once.automatic24h()).isEqualTo(1);
    assertThat(once.counted24h()).isEqualTo(1);
    assertThat(once.lastAt()).isEqualTo(first.switchedAt());
    assertThat(once.nextAt()).isEqualTo(first.switchedAt().plus(Duration.ofMinutes(15)));
    assertThat(once.interventionSince()).isNull();
    assertThat(once.minInterval()).isEqualTo(Duration.ofMinutes(15));
    assertThat(once.maxPerDay()).isEqualTo(3);
    assertThat(once.clearedAt()).isNull();
    for (String decision : List.of("d2", "d3")) {
      RegistryDatabase.letTimePass(postgres.database(), Duration.ofHours(1));
      registry.deploy("p", v("1.1.0"), null);
      rollbacks.switchBack(order("p", "1.1.0", decision));
    }
    Allowance exhausted = rollbacks.allowances(null).get(0);
    assertThat(exhausted.automatic24h()).isEqualTo(3);
    assertThat(exhausted.nextAt()).isNull();
    assertThat(exhausted.interventionSince()).isEqualTo(exhausted.lastAt());
    try (OperatorCommands commands =
        new OperatorCommands(RegistryDatabase.as("olga", postgres.database()))) {
      commands.clearRollbacks("p", "the model was away");
    }
    Allowance cleared = rollbacks.allowances(null).get(0);
    assertThat(cleared.automatic24h()).isEqualTo(3);
    assertThat(cleared.counted24h()).isZero();
    assertThat(cleared.interventionSince()).isNull();
    assertThat(cleared.nextAt()).isEqualTo(cleared.lastAt().plus(Duration.ofMinutes(15)));
    assertThat(cleared.clearedBy()).isEqualTo("olga");
    assertThat(cleared.clearedComment()).isEqualTo("the model was away");
  }

  // ---- when something is wrong

  @Test
  void whoMayNotIsToldSo() {
    try (PostgresRollbacks own =
        new PostgresRollbacks(RegistryDatabase.as("olga", postgres.database()))) {
      assertThat(own.list(null, null, 0)).isEmpty();
      assertRefused(
          () -> own.switchBack(order("p", "1.1.0", "d1")),
          Reason.NOT_AUTHORIZED,
          "olga may not roll back automatically: that takes the role promptmon_job");
      assertRefused(
          () -> own.verifiedTarget("p", "1.1.0"),
          Reason.NOT_AUTHORIZED,
          "olga may not roll back automatically: that takes the role promptmon_job");
    }
  }

  @Test
  void aRegistryThatIsBusyIsNotWaitedForLong() throws Exception {
    try (Connection other = postgres.database().connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT FROM promptmon.registry_lock FOR UPDATE");
      // To look at the target waits for nobody.
      assertThat(rollbacks.verifiedTarget("p", "1.1.0")).isEqualTo("1.0.0");
      assertRefused(
          () -> rollbacks.switchBack(order("p", "1.1.0", "d1")),
          Reason.UNAVAILABLE,
          "another transaction that changes the registry has not ended for 2 s; try again, or end"
              + " it (see pg_stat_activity)");
      other.rollback();
    }
    assertThat(rollbacks.switchBack(order("p", "1.1.0", "d1")).toVersion()).isEqualTo("1.0.0");
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsNotWaitedForLong() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PostgresRollbacks own =
            new PostgresRollbacks(Database.local(silent.getLocalPort(), "db", "me", "secret"))) {
      long start = System.nanoTime();
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> own.verifiedTarget("p", "1.1.0"));
      assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE rollback_event SET steps = '[{\"step\": \"dance\"}]'",
        "UPDATE rollback_event SET snapshot = '{\"windows\": [1]}'",
      })
  void aRowThatIsNoneIsSaidToBe(String sql) {
    rollbacks.switchBack(order("p", "1.1.0", "d1"));
    postgres.execute(sql);
    assertRefused(
        () -> rollbacks.recorded("d1"),
        Reason.TAMPERED,
        "the rollback d1 is not what was recorded");
  }
}
