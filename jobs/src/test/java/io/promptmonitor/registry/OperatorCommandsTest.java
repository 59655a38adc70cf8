package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.OperatorCommand.Kind;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.OperatorCommands.SilenceEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do to alerts, by the functions of the database and by the Java client. */
class OperatorCommandsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final List<LabelMatcher> CHECKOUT = matchers("prompt=checkout-*");

  private OperatorCommands commands;

  private static List<LabelMatcher> matchers(String... texts) {
    return Arrays.stream(texts).map(LabelMatcher::parse).toList();
  }

  @BeforeAll
  static void createUser() {
    postgres.execute("CREATE ROLE carol LOGIN PASSWORD 'sesame' IN ROLE promptmon_operator");
  }

  @AfterAll
  static void dropUser() {
    postgres.execute("DROP ROLE carol");
  }

  @BeforeEach
  void open() {
    postgres.execute(
        "SET session_replication_role = replica;"
            + " TRUNCATE promptmon.operator_command, promptmon.alert");
    commands = new OperatorCommands(RegistryDatabase.as("carol", postgres.database()));
  }

  @AfterEach
  void close() {
    commands.close();
  }

  private static void alert(String alertId, String phase, boolean flagged) {
    boolean fired = phase.equals("firing") || phase.equals("resolved");
    boolean ended = phase.equals("resolved") || phase.equals("cancelled");
    postgres.execute(
        """
        INSERT INTO alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause,
            pending_since, fired_at, ended_at, flagged_for_review)
        VALUES ('%s', 'checkout', '1.2.0', 'High error rate', 'alert_rule', 'critical', 'error_rate > 0.05', '0', '{alert}', '%s', 'condition',
            '2026-03-01 10:00+00', %s, %s, %s)
        """
            .formatted(
                alertId,
                phase,
                fired ? "'2026-03-01 10:05+00'" : "NULL",
                ended ? "'2026-03-01 10:15+00'" : "NULL",
                flagged));
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).hasMessage(message);
    assertThat(e.reason()).isEqualTo(reason);
  }

  @Test
  void anAlertIsAcknowledgedOnce() {
    alert("pm-1", "firing", false);
    OperatorCommand acknowledged = commands.acknowledge("pm-1", "  I am looking\n");
    assertThat(acknowledged)
        .isEqualTo(
            OperatorCommand.acknowledged(
                1, acknowledged.at(), "carol", "checkout", "pm-1", "I am looking"));
    assertThat(commands.after(0, 10)).containsExactly(acknowledged);
    assertThat(commands.after(1, 10)).isEmpty();
    RegistryException again =
        catchThrowableOfType(RegistryException.class, () -> commands.acknowledge("pm-1", null));
    assertThat(again)
        .hasMessageMatching(
            "the alert \"High error rate\" of checkout@1.2.0 was acknowledged by carol at"
                + " \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ already");
    assertThat(again.reason()).isEqualTo(Reason.NOTHING_TO_ACKNOWLEDGE);
    alert("pm-2", "firing", false);
    assertThat(commands.acknowledge("pm-2", " ").comment()).isNull();
  }

  @Test
  void onlyAnAlertThatFiresIsAcknowledged() {
    assertRefused(
        () -> commands.acknowledge("pm-0", null), Reason.UNKNOWN_ALERT, "there is no alert pm-0");
    String name = "the alert \"High error rate\" of checkout@1.2.0 ";
    alert("pm-1", "pending", false);
    assertRefused(
        () -> commands.acknowledge("pm-1", null),
        Reason.NOTHING_TO_ACKNOWLEDGE,
        name + "does not fire yet; it can be acknowledged when it does");
    for (String phase : List.of("resolved", "cancelled")) {
      alert("pm-" + phase, phase, false);
      assertRefused(
          () -> commands.acknowledge("pm-" + phase, null),
          Reason.NOTHING_TO_ACKNOWLEDGE,
          name + "was " + phase + " at 2026-03-01T10:15:00Z; there is nothing to acknowledge");
    }
    assertThat(commands.after(0, 10)).isEmpty();
  }

  @Test
  void aVersionThatIsToBeLookedAtIsAcknowledgedAtAnyTime() {
    String toReview = "SELECT prompt_version, rules, alerts FROM version_to_review";
    alert("pm-1", "resolved", true);
    alert("pm-2", "firing", true);
    assertThat(postgres.query(toReview)).isEqualTo("1.2.0|{\"High error rate\"}|2");
    commands.acknowledge("pm-1", "looked at it");
    assertThat(postgres.query(toReview)).isEqualTo("1.2.0|{\"High error rate\"}|1");
    commands.acknowledge("pm-2", null);
    assertThat(postgres.query(toReview)).isEmpty();
  }

  @Test
  void aSilenceBeginsNowOrLaterAndCanBeEnded() {
    Instant before = Instant.now();
    OperatorCommand created = commands.silence(CHECKOUT, null, Duration.ofHours(2), "maintenance");
    Silence silence = created.silence();
    assertThat(silence.id()).isEqualTo("s1");
    assertThat(silence.matchers()).isEqualTo(CHECKOUT);
    assertThat(silence.createdBy()).isEqualTo("carol");
    assertThat(silence.comment()).isEqualTo("maintenance");
    assertThat(silence.endsAt() - silence.startsAt()).isEqualTo(7_200_000);
    assertThat(silence.startsAt())
        .isBetween(before.toEpochMilli() - 1, Instant.now().toEpochMilli());

    Instant tomorrow = before.plus(Duration.ofDays(1));
    OperatorCommand later =
        commands.silence(
            matchers("rule=High*", "severity!=critical"), tomorrow, Duration.ofDays(30), "later");
    assertThat(later.silence().id()).isEqualTo("s2");
    assertThat(later.silence().startsAt()).isEqualTo(tomorrow.toEpochMilli());
    assertThat(later.silence().endsAt())
        .isEqualTo(tomorrow.plus(Duration.ofDays(30)).toEpochMilli());
    assertThat(commands.silences(false).stream().map(SilenceEntry::state))
        .containsExactly("active", "pending");

    OperatorCommand ended = commands.endSilence("s2");
    assertThat(ended).isEqualTo(OperatorCommand.silenceEnded(3, ended.at(), "carol", "s2"));
    assertThat(commands.after(0, 10)).containsExactly(created, later, ended);
    assertThat(commands.silences(false).stream().map(SilenceEntry::silenceId))
        .containsExactly("s1");
    assertThat(commands.silences(true))
        .anySatisfy(
            entry ->
                assertThat(entry)
                    .isEqualTo(
                        new SilenceEntry(
                            "s2",
                            later.silence().matchers(),
                            Instant.ofEpochMilli(later.silence().startsAt()),
                            ended.at(),
                            "carol",
                            later.at(),
                            "later",
                            "carol",
                            "ended")));
    RegistryException again =
        catchThrowableOfType(RegistryException.class, () -> commands.endSilence("s2"));
    assertThat(again).hasMessageStartingWith("silence s2 was ended by carol at ");
    assertThat(again.reason()).isEqualTo(Reason.SILENCE_ENDED);
    assertRefused(
        () -> commands.endSilence("s9"), Reason.UNKNOWN_SILENCE, "there is no silence s9");
  }

  @Test
  void aSilenceThatBeganEarlierBeginsNowAndEndsInTime() {
    Instant hourAgo = Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofHours(1));
    OperatorCommand created =
        commands.silence(CHECKOUT, hourAgo, Duration.ofHours(2), "maintenance");
    assertThat(created.silence().endsAt())
        .isEqualTo(hourAgo.plus(Duration.ofHours(2)).toEpochMilli());
    assertThat(created.silence().startsAt()).isEqualTo(created.at().toEpochMilli());
    assertThatThrownBy(
            () -> commands.silence(CHECKOUT, hourAgo, Duration.ofMinutes(59), "too late"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "cannot silence alerts: the silence would have ended already, at 2");
  }

  @Test
  void aSilenceThatHasEndedCannotBeEnded() {
    commands.silence(CHECKOUT, null, Duration.ofHours(2), "maintenance");
    postgres.execute(
        "SET session_replication_role = replica; UPDATE operator_command"
            + " SET starts_at = '2026-03-01 10:00+00', ends_at = '2026-03-01 11:00+00'");
    assertRefused(
        () -> commands.endSilence("s1"),
        Reason.SILENCE_ENDED,
        "silence s1 ended at 2026-03-01T11:00:00Z already");
    assertThat(commands.silences(true).get(0).state()).isEqualTo("ended");
    assertThat(commands.silences(false)).isEmpty();
  }

  @Test
  void aSilenceIsLimited() {
    assertThatThrownBy(() -> commands.silence(List.of(), null, Duration.ofHours(1), "all"))
        .hasMessage("cannot silence alerts: a silence needs at least one matcher");
    assertThatThrownBy(() -> commands.silence(CHECKOUT, null, Duration.ofHours(1), " \n"))
        .hasMessage("cannot silence alerts: a silence needs a comment that says why");
    for (Duration duration :
        List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofDays(30).plusMillis(1))) {
      assertThatThrownBy(() -> commands.silence(CHECKOUT, null, duration, "why"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("cannot silence alerts: a silence lasts from 1 second to 30 days");
    }
    Instant far = Instant.now().plus(Duration.ofDays(366));
    assertThatThrownBy(() -> commands.silence(CHECKOUT, far, Duration.ofHours(1), "why"))
        .hasMessage("cannot silence alerts: a silence must begin within 365 days");
    assertThatThrownBy(
            () -> commands.silence(CHECKOUT, null, Duration.ofHours(1), "x".repeat(1_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comment_length");
    assertThat(
            commands
                .silence(CHECKOUT, null, Duration.ofDays(30), "x".repeat(1_000))
                .silence()
                .comment())
        .hasSize(1_000);
    assertThat(commands.after(0, 10)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "checkout  | expected a matcher such as prompt=checkout-* or severity!=critical, found \"checkout\"",
        "=a        | expected a matcher such as prompt=checkout-* or severity!=critical, found \"=a\"",
        "''        | expected a matcher such as prompt=checkout-* or severity!=critical, found \"\"",
        "color=red | unknown label \"color\"; expected one of rule, prompt, version, severity, metric",
        "!=red     | unknown label \"\"; expected one of rule, prompt, version, severity, metric",
        "prompt=   | a pattern has 1 to 1200 characters",
      })
  void aMatcherThatIsNoneIsRefusedAsInJava(String matcher, String message) throws Exception {
    assertThatThrownBy(() -> LabelMatcher.parse(matcher)).hasMessage(message);
    SQLException e =
        catchThrowableOfType(SQLException.class, () -> inDatabase(List.of("prompt=a", matcher)));
    assertThat(Database.reason(e)).isEqualTo(message);
    assertThat(e.getSQLState()).isEqualTo("22023");
  }

  /** What the database makes of these matchers. */
  private static List<String> inDatabase(List<String> matchers) throws SQLException {
    try (Connection connection = postgres.database().connect()) {
      return inDatabase(matchers, connection);
    }
  }

  private static List<String> inDatabase(List<String> matchers, Connection connection)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT unnest(promptmon.silence_matchers(?))")) {
      statement.setArray(1, connection.createArrayOf("text", matchers.toArray()));
      List<String> result = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          result.add(rows.getString(1));
        }
      }
      return result;
    }
  }

  /** Whatever the database takes, the job can read, and it means the same. */
  @Test
  void theDatabaseTakesTheMatchersThatJavaTakes() throws Exception {
    Random random = new Random(7);
    String[] parts = {"=", "!", " ", "\t", "\u2003", "\u00a0", "\u001f", "a", "*", "😀", "rule"};
    int taken = 0;
    try (Connection connection = postgres.database().connect()) {
      for (int i = 0; i < 1_000; i++) {
        String matcher =
            some(parts, random) + "prompt" + some(parts, random) + "=" + some(parts, random);
        String expected;
        try {
          expected = LabelMatcher.parse(matcher).toString();
          taken++;
        } catch (IllegalArgumentException e) {
          expected = null;
        }
        String found;
        try {
          found = inDatabase(List.of(matcher), connection).get(0);
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("22023");
          found = null;
        }
        assertThat(found).as("%s", matcher).isEqualTo(expected);
      }
    }
    assertThat(taken).isBetween(100, 900);
    String longest = "prompt=" + "😀".repeat(1_200);
    assertThat(inDatabase(List.of(longest))).containsExactly(longest);
    assertThat(LabelMatcher.parse(longest)).hasToString(longest);
    assertThatThrownBy(() -> inDatabase(List.of(longest + "a")));
    assertThatThrownBy(() -> LabelMatcher.parse(longest + "a"));
    List<String> many = new ArrayList<>(List.of("prompt=a"));
    while (many.size() < 20) {
      many.add("prompt=a");
    }
    assertThat(inDatabase(many)).hasSize(20);
    many.add("rule=a");
    assertThatThrownBy(() -> inDatabase(many)).hasMessageContaining("at most 20 matchers");
  }

  /** Mostly nothing. */
  private static String some(String[] parts, Random random) {
    StringBuilder text = new StringBuilder();
    while (random.nextInt(2) == 0) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE operator_command SET comment = 'nothing'",
        "DELETE FROM operator_command",
        "TRUNCATE operator_command",
        "INSERT INTO operator_command (command_id, at, kind, actor) VALUES (2, now(), 'acknowledged', 'x')",
        "INSERT INTO operator_command (command_id, at, kind, actor) VALUES (2, now(), 'something', 'x')",
        "INSERT INTO operator_command (command_id, at, kind, actor, silence_id) VALUES (2, now(), 'silenced', 'x', 's2')",
        "INSERT INTO operator_command (command_id, at, kind, actor, prompt_id, alert_id, comment) VALUES (2, now(), 'acknowledged', 'x', 'p', 'pm-1', '')",
        "INSERT INTO operator_command (command_id, at, kind, actor, prompt_id) VALUES (2, now(), 'acknowledged', 'x', 'p')",
        "INSERT INTO operator_command (command_id, at, kind, actor, prompt_id) VALUES (2, now(), 'rollbacks_cleared', 'x', 'p')",
        "INSERT INTO operator_command (command_id, at, kind, actor, comment) VALUES (2, now(), 'rollbacks_cleared', 'x', 'why')",
        "INSERT INTO operator_command (command_id, at, kind, actor, silence_id, matchers, starts_at, ends_at, comment) VALUES (2, now(), 'silenced', 'x', 's2', '{a=b}', now(), now() + interval '1 h', 'why')",
        "INSERT INTO operator_command (command_id, at, kind, actor, silence_id, matchers, starts_at, ends_at, comment) VALUES (2, now(), 'silenced', 'x', 's2', '{rule=b}', now(), 'infinity', 'why')",
        "INSERT INTO operator_command (command_id, at, kind, actor, silence_id, matchers, starts_at, ends_at, comment) VALUES (2, now(), 'silenced', 'x', 's2', '{rule=b}', now(), now(), 'why')",
      })
  void notEvenTheOwnerRewritesTheLogOrWritesNonsense(String sql) {
    commands.silence(CHECKOUT, null, Duration.ofHours(2), "maintenance");
    assertThatThrownBy(() -> postgres.execute(sql))
        .hasRootCauseInstanceOf(SQLException.class)
        .rootCause()
        .extracting(e -> ((SQLException) e).getSQLState().substring(0, 2))
        .isIn("22", "23");
    assertThat(commands.after(0, 10)).hasSize(1);
  }

  @Test
  void idsHaveNoGapsAndRiseInTheOrderOfCommits() throws Exception {
    int writers = 4;
    int each = 40;
    ExecutorService threads = Executors.newFixedThreadPool(writers + 1);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        int number = writer;
        writing.add(threads.submit(() -> write(number, each)));
      }
      Future<List<OperatorCommand>> seen =
          threads.submit(
              () -> {
                List<OperatorCommand> all = new ArrayList<>();
                while (all.size() < writers * each) {
                  all.addAll(commands.after(all.size(), 7));
                }
                return all;
              });
      for (Future<?> writer : writing) {
        writer.get();
      }
      assertThat(seen.get().stream().map(OperatorCommand::commandId))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, writers * each).boxed().toList());
      assertThat(seen.get().stream().map(OperatorCommand::at)).isSorted();
      assertThat(seen.get()).isEqualTo(commands.after(0, 1_000));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Some commands are refused or undone, which leaves no gap. */
  private static Void write(int writer, int count) throws SQLException {
    Database database = RegistryDatabase.as("carol", postgres.database());
    try (OperatorCommands own = new OperatorCommands(database);
        Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i += 2) {
        OperatorCommand created =
            own.silence(CHECKOUT, null, Duration.ofHours(1), writer + " " + i);
        assertThatThrownBy(() -> own.endSilence("s0"));
        statement.execute("SELECT promptmon.silence_end('" + created.silence().id() + "')");
        connection.rollback();
        own.endSilence(created.silence().id());
      }
    }
    return null;
  }

  @Test
  void aCommandThatOnlyANewerReleaseKnowsIsSaidToBeUnknown() {
    commands.silence(CHECKOUT, null, Duration.ofHours(2), "maintenance");
    postgres.execute(
        """
        ALTER TABLE operator_command DROP CONSTRAINT kind_known;
        INSERT INTO operator_command (command_id, at, kind, actor) VALUES (2, now(), 'something_new', 'x')
        """);
    commands.endSilence("s1");
    assertThat(commands.after(0, 10).stream().map(OperatorCommand::kind))
        .containsExactly(Kind.SILENCED, Kind.UNKNOWN, Kind.SILENCE_ENDED);
    postgres.execute(
        """
        ALTER TABLE operator_command ADD CONSTRAINT kind_known
            CHECK (kind IN ('acknowledged', 'silenced', 'silence_ended', 'rollbacks_cleared')) NOT VALID
        """);
  }

  @Test
  void whoMayNotIsToldSoInOneLine() {
    alert("pm-1", "firing", false);
    postgres.execute("CREATE ROLE dave LOGIN PASSWORD 'sesame' IN ROLE promptmon_analyst");
    Database database = RegistryDatabase.as("dave", postgres.database());
    try (OperatorCommands own = new OperatorCommands(database)) {
      assertRefused(
          () -> own.acknowledge("pm-1", null),
          Reason.NOT_AUTHORIZED,
          "dave may not acknowledge alerts: that takes the role promptmon_operator");
      assertRefused(
          () -> own.silence(CHECKOUT, null, Duration.ofHours(1), "why"),
          Reason.NOT_AUTHORIZED,
          "dave may not silence alerts: that takes the role promptmon_operator");
      assertThat(own.after(0, 1)).isEmpty();
      assertThat(own.silences(true)).isEmpty();
    } finally {
      postgres.execute("DROP ROLE dave");
    }
  }
}
