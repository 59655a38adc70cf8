package io.promptmonitor.database.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.retention.RetentionLimit;
import io.promptmonitor.common.retention.RetentionPolicy;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.database.retention.Retention.Pace;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");
  private static final List<RetentionLimit> LIMITS =
      RetentionPolicy.defaults().limits(MonitorConfig.defaults().correctableFor(), NOW);
  private static final RetentionLimit MINUTES = LIMITS.get(0);
  private static final Pace SMALL = new Pace(7, Duration.ZERO);

  private static void add(RetentionLimit limit, Map<String, Long> rows, Map<String, Long> total) {
    rows.forEach(
        (table, number) -> {
          String key = table.equals("window_metrics") ? table + " " + limit.kind() : table;
          if (number > 0) {
            total.merge(key, number, Long::sum);
          }
        });
  }

  private static Map<String, Long> count() {
    Map<String, Long> total = new TreeMap<>();
    try (Retention retention = Retention.open(postgres.database())) {
      LIMITS.forEach(limit -> add(limit, retention.count(limit), total));
    }
    return total;
  }

  private static Map<String, Long> remove() throws InterruptedException {
    Map<String, Long> total = new TreeMap<>();
    try (Retention retention = Retention.open(postgres.database())) {
      for (RetentionLimit limit : LIMITS) {
        retention.remove(limit, SMALL, rows -> add(limit, rows, total));
      }
    }
    return total;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void exactlyWhatIsOldGoes(long seed) throws Exception {
    OldRows rows = new OldRows(seed, LIMITS, 60);
    rows.insert(postgres);
    assertThat(count()).isEqualTo(rows.old()).hasSizeGreaterThan(10);
    assertThat(remove()).isEqualTo(rows.old());
    assertThat(OldRows.rows(postgres)).isEqualTo(rows.kept());
    assertThat(count()).isEmpty();
    assertThat(remove()).isEmpty();
  }

  @Test
  void whoeverIsKilledGoesOnTheNextTime() throws Exception {
    OldRows rows = new OldRows(6, LIMITS, 60);
    rows.insert(postgres);
    Map<String, Long> total = new TreeMap<>();
    for (RetentionLimit limit : LIMITS) {
      try (Retention killed = Retention.open(postgres.database())) {
        assertThat(killed.lock()).isTrue();
        add(limit, killed.removeBatch(limit, 3), total);
        postgres.query(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'");
        assertThatThrownBy(() -> killed.removeBatch(limit, 3))
            .isInstanceOf(DatabaseException.class)
            .message()
            .hasLineCount(1);
      }
    }
    remove().forEach((table, number) -> total.merge(table, number, Long::sum));
    assertThat(total).isEqualTo(rows.old());
    assertThat(OldRows.rows(postgres)).isEqualTo(rows.kept());
  }

  private static Connection impatient() throws SQLException {
    Connection connection = postgres.database().connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '500ms'");
    }
    return connection;
  }

  private static String upsert(String promptId, Instant end) {
    return """
        INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count,
            success_count, failure_count, total_tokens, feedback_count, automated_score_count, errors_by_type, top_errors,
            branch_distribution, model_distribution)
        VALUES ('%1$s', '1.0.0', '1m', timestamptz '%2$s' - interval '1 minute', '%2$s', true, 1, 3, 3, 0, 30, 0, 0, '{}', '[]', '{}', '{}')
        ON CONFLICT (prompt_id, prompt_version, window_size, window_start) DO UPDATE SET revision = window_metrics.revision + 1
        """
        .formatted(promptId, end);
  }

  private static final String MINUTE_ROWS =
      "SELECT prompt_id || ' ' || revision FROM window_metrics WHERE window_size = '1m' ORDER BY 1";

  @Test
  void nobodyWaitsForIt() throws Exception {
    postgres.execute("TRUNCATE window_metrics");
    postgres.execute(upsert("old", MINUTES.before().minusMillis(1)));
    postgres.execute(upsert("young", MINUTES.before()));
    try (Connection removing = postgres.database().connect();
        Connection other = impatient();
        Statement remove = removing.createStatement();
        Statement statement = other.createStatement()) {
      removing.setAutoCommit(false);
      remove.execute("SELECT promptmon.retention_remove('1m', '" + MINUTES.before() + "', 100)");
      // Not committed: the other one reads the row, and writes all others, old ones too.
      assertThat(postgres.query(MINUTE_ROWS)).isEqualTo("old 1\nyoung 1");
      statement.execute(upsert("young", MINUTES.before()));
      statement.execute(upsert("new", NOW));
      statement.execute(upsert("older", MINUTES.before().minusMillis(2)));
      removing.commit();
    }
    assertThat(postgres.query(MINUTE_ROWS)).isEqualTo("new 1\nolder 1\nyoung 2");
  }

  @Test
  void itWaitsForNobody() throws Exception {
    postgres.execute("TRUNCATE window_metrics");
    postgres.execute(upsert("old", MINUTES.before().minusMillis(1)));
    postgres.execute(upsert("older", MINUTES.before().minusMillis(2)));
    try (Connection writing = postgres.database().connect();
        Statement statement = writing.createStatement();
        Retention retention = Retention.open(postgres.database())) {
      writing.setAutoCommit(false);
      statement.execute(upsert("old", MINUTES.before().minusMillis(1)));
      assertThat(retention.removeBatch(MINUTES, 100)).isEqualTo(Map.of("window_metrics", 1L));
      assertThat(retention.removeBatch(MINUTES, 100)).isEqualTo(Map.of("window_metrics", 0L));
      writing.commit();
      assertThat(postgres.query(MINUTE_ROWS)).isEqualTo("old 2");
      assertThat(retention.removeBatch(MINUTES, 100)).isEqualTo(Map.of("window_metrics", 1L));
    }
  }

  @Test
  void aTableThatIsLockedIsLeftSoon() throws Exception {
    try (Connection locking = postgres.database().connect();
        Statement statement = locking.createStatement();
        Retention retention = Retention.open(postgres.database())) {
      locking.setAutoCommit(false);
      statement.execute("LOCK TABLE dead_letter IN ACCESS EXCLUSIVE MODE");
      assertThatThrownBy(() -> retention.removeBatch(LIMITS.get(6), 100))
          .isInstanceOf(DatabaseException.class)
          .hasMessage(
              "a table is locked by somebody else; run it again: canceling statement due to lock"
                  + " timeout");
      locking.rollback();
    }
  }

  @Test
  void onlyOneAtATime() {
    try (Retention first = Retention.open(postgres.database());
        Retention second = Retention.open(postgres.database())) {
      assertThat(first.lock()).isTrue();
      assertThat(second.lock()).isFalse();
      first.close();
      assertThat(second.lock()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'1m', clock_timestamp() + interval '1 hour', 10 | what is not over yet cannot be removed",
        "'1m', 'infinity', 10 | what is not over yet cannot be removed",
        "'1m', NULL, 10 | a limit is needed before which to remove",
        "'registry_event', '2026-01-01', 10 | nothing is called \"registry_event\" that could be removed",
        "NULL, '2026-01-01', 10 | nothing is called \"\" that could be removed",
        "'1m', '2026-01-01', 0 | a batch has 1 to 100000 rows",
      })
  void whatCannotBeMeantIsRefused(String example) {
    String arguments = example.substring(0, example.indexOf(" | "));
    assertThatThrownBy(() -> postgres.query("SELECT retention_remove(" + arguments + ")"))
        .rootCause()
        .hasMessageContaining(example.substring(example.indexOf(" | ") + 3));
  }

  @Test
  void anIndexServesEachKind() {
    Map<String, String> indexes =
        Map.of(
            "1m", "window_metrics_1m_window_start_idx",
            "7d", "window_metrics_7d_window_start_idx",
            "alert_exemplar", "alert_exemplar_expires_at",
            "dead_letter", "dead_letter_received_at",
            "notification", "notification_settled_at",
            "alert", "alert_ended_at");
    indexes.forEach(
        (kind, index) -> {
          String source =
              postgres
                  .query("SELECT retention_source('" + kind + "')")
                  .replace("$1", "timestamptz '2026-01-01'");
          postgres.execute("ALTER ROLE CURRENT_USER SET enable_seqscan = off");
          try {
            assertThat(postgres.query("EXPLAIN SELECT t.ctid FROM " + source + " LIMIT 10"))
                .contains(index);
          } finally {
            postgres.execute("ALTER ROLE CURRENT_USER RESET enable_seqscan");
          }
        });
  }

  @Test
  void whoRemovesOldRowsMayDoNothingElse() {
    assertThat(
            postgres.query(
                """
                SELECT proname FROM pg_proc WHERE pronamespace = 'promptmon'::regnamespace
                  AND has_function_privilege('promptmon_maintenance', oid, 'EXECUTE') ORDER BY 1
                """))
        .isEqualTo("retention_count\nretention_remove");
    assertThat(
            postgres.query(
                """
                SELECT relname FROM pg_class WHERE relnamespace = 'promptmon'::regnamespace
                  AND relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND has_table_privilege('promptmon_maintenance', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                """))
        .isEmpty();
  }

  @Test
  void whoMayNotIsTold() {
    postgres.execute("CREATE ROLE anna LOGIN PASSWORD 'a' IN ROLE promptmon_analyst");
    try {
      Database asAnna = Database.of(postgres.database().jdbcUrl() + "?user=anna&password=a");
      try (Retention retention = Retention.open(asAnna)) {
        assertThatThrownBy(() -> retention.count(MINUTES))
            .isInstanceOf(DatabaseException.class)
            .hasMessage(
                "removing old rows takes the role promptmon_maintenance: permission denied for"
                    + " function retention_count");
      }
    } finally {
      postgres.execute("DROP ROLE anna");
    }
  }
}
