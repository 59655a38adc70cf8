package io.promptmonitor.database.retention;

import io.promptmonitor.common.retention.RetentionLimit;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Random rows about the limits of what is kept, and which of them are left: said row by row. */
final class OldRows {

  private static final List<String> STATUSES =
      List.of("pending", "sent", "failed", "unconfigured", "recorded", "superseded");

  private final Random random;
  private final Map<String, Instant> before = new TreeMap<>();
  private final StringBuilder sql = new StringBuilder("SET session_replication_role = replica;");

  /** What is left of each table, and what is not. */
  private final TreeSet<String> kept = new TreeSet<>();

  private final Map<String, Long> old = new TreeMap<>();

  private record Alert(String id, @Nullable Instant endedAt) {}

  OldRows(long seed, List<RetentionLimit> limits, int rows) {
    this.random = new Random(seed);
    limits.forEach(limit -> before.put(limit.kind(), limit.before()));
    for (WindowSize size : WindowSize.values()) {
      windows(size, rows);
    }
    exemplars(rows);
    deadLetters(rows);
    List<Alert> alerts = alerts(rows);
    notifications(alerts, rows);
  }

  private Instant limit(String kind) {
    Instant limit = before.get(kind);
    if (limit == null) {
      throw new IllegalArgumentException(kind);
    }
    return limit;
  }

  /** A time at, just beside, or some days from a limit. */
  private Instant about(Instant limit) {
    return switch (random.nextInt(6)) {
      case 0 -> limit;
      case 1 -> limit.minusMillis(1);
      case 2 -> limit.plusMillis(1);
      default -> limit.plusMillis(random.nextInt(400_000_000) - 200_000_000);
    };
  }

  private void insert(String table, String columns, Object... values) {
    sql.append("INSERT INTO promptmon.").append(table).append(" (").append(columns);
    sql.append(") VALUES (");
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      String text =
          value == "" ? "NULL" : value instanceof Number n ? n.toString() : "'" + value + "'";
      sql.append(i == 0 ? "" : ", ").append(text);
    }
    sql.append(");");
  }

  private void expect(String table, String key, boolean isOld) {
    if (isOld) {
      old.merge(table, 1L, Long::sum);
    } else {
      kept.add(table + " " + key);
    }
  }

  private void windows(WindowSize size, int rows) {
    Instant limit = limit(size.label());
    for (int i = 0; i < rows; i++) {
      Instant end = about(limit);
      insert(
          "window_metrics",
          "prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision,"
              + " execution_count, success_count, failure_count, total_tokens, feedback_count,"
              + " automated_score_count, errors_by_type, top_errors, branch_distribution,"
              + " model_distribution",
          "p" + i,
          "1.0.0",
          size.label(),
          end.minusMillis(size.millis()),
          end,
          random.nextBoolean(),
          1,
          3,
          3,
          0,
          30,
          0,
          0,
          "{}",
          "[]",
          "{}",
          "{}");
      expect("window_metrics " + size.label(), "p" + i, end.isBefore(limit));
    }
  }

  private void exemplars(int rows) {
    Instant limit = limit("alert_exemplar");
    for (int i = 0; i < rows; i++) {
      Instant expiresAt = about(limit);
      insert(
          "alert_exemplar",
          "alert_id, execution_id_hash, executed_at, latency_ms, success, expires_at",
          "a" + i,
          "0f",
          expiresAt,
          5,
          true,
          expiresAt);
      expect("alert_exemplar", "a" + i, !expiresAt.isAfter(limit));
    }
  }

  private void deadLetters(int rows) {
    Instant limit = limit("dead_letter");
    for (int i = 0; i < rows; i++) {
      Instant receivedAt = about(limit);
      insert(
          "dead_letter",
          "source, position, reason, detail, length, received_at",
          "executions-0",
          i,
          "late",
          "it was",
          10,
          receivedAt);
      expect("dead_letter", String.valueOf(i), receivedAt.isBefore(limit));
    }
  }

  private List<Alert> alerts(int rows) {
    Instant limit = limit("alert");
    List<Alert> alerts = new ArrayList<>();
    int commands = 0;
    for (int i = 0; i < rows; i++) {
      String id = "a" + i;
      boolean open = random.nextInt(4) == 0;
      boolean fired = open || random.nextBoolean();
      Instant ended = about(random.nextBoolean() ? limit : limit("notification"));
      boolean flagged = fired && random.nextInt(3) == 0;
      boolean acknowledged = fired && random.nextInt(3) == 0;
      boolean rolledBack = fired && random.nextInt(5) == 0;
      insert(
          "alert",
          "alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions,"
              + " phase, cause, pending_since, fired_at, ended_at, flagged_for_review",
          id,
          "p",
          "1.0.0",
          "r",
          "alert_rule",
          "critical",
          "error_rate > 0.1",
          "5 minutes",
          "{alert}",
          open ? "firing" : fired ? "resolved" : "cancelled",
          "condition",
          ended.minusSeconds(600),
          fired ? ended.minusSeconds(300) : "",
          open ? "" : ended,
          flagged);
      boolean isOld = !open && ended.isBefore(limit) && !(flagged && !acknowledged) && !rolledBack;
      expect("alert", id, isOld);
      for (String change : fired ? List.of("pending", "firing") : List.of("pending")) {
        insert(
            "alert_event",
            "alert_id, at, change, cause, data_status",
            id,
            ended,
            change,
            "condition",
            "sufficient");
        expect("alert_event", id + " " + change, isOld);
      }
      if (fired) {
        insert(
            "alert_escalation", "alert_id, prompt_id, firing_since, messages", id, "p", ended, 1);
        expect("alert_escalation", id, isOld);
      }
      if (acknowledged) {
        insert(
            "operator_command",
            "command_id, at, kind, actor, prompt_id, alert_id",
            ++commands,
            ended,
            "acknowledged",
            "olga",
            "p",
            id);
      }
      if (rolledBack) {
        insert(
            "rollback_event",
            "rollback_id, kind, prompt_id, from_version, status, refusal, reason, triggered_at,"
                + " steps",
            id,
            "automatic",
            "p",
            "1.0.0",
            "refused",
            "no_target",
            "it failed",
            ended,
            "[]");
        kept.add("rollback_event " + id);
      }
      alerts.add(new Alert(id, open ? null : ended));
    }
    kept.add("operator_command " + commands);
    return alerts;
  }

  private void notifications(List<Alert> alerts, int rows) {
    Instant limit = limit("notification");
    // Of some notifications the alerts are not there any more.
    List<Alert> candidates = new ArrayList<>(alerts);
    for (int i = 0; i < rows; i++) {
      candidates.add(new Alert("gone" + i, limit.minusSeconds(1)));
    }
    Collections.shuffle(candidates, random);
    for (int i = 0; i < rows; i++) {
      String id = "n" + i;
      String status = STATUSES.get(random.nextInt(STATUSES.size()));
      boolean pending = status.equals("pending");
      Instant settled = about(limit);
      insert(
          "notification",
          "notification_id, channel, prompt_id, content, created_at, due_at, status, settled_at",
          id,
          "slack",
          "p",
          "{}",
          settled,
          settled,
          status,
          pending ? "" : settled);
      boolean isOld = !pending && settled.isBefore(limit);
      List<Alert> said = candidates.subList(0, random.nextInt(3));
      for (Alert alert : said) {
        isOld &= alert.endedAt() != null && alert.endedAt().isBefore(limit);
      }
      for (Alert alert : said) {
        insert(
            "notification_message",
            "channel, alert_id, reason, repetition, notification_id",
            "slack",
            alert.id(),
            "firing",
            0,
            id);
        expect("notification_message", id + " " + alert.id(), isOld);
      }
      said.clear();
      expect("notification", id, isOld);
    }
  }

  /** Puts the rows into an otherwise empty database. */
  void insert(PostgresExtension postgres) {
    postgres.execute(
        """
        SET session_replication_role = replica;
        TRUNCATE window_metrics, alert_exemplar, dead_letter, alert, alert_event, alert_escalation,
            notification, notification_message, operator_command, rollback_event;
        """);
    postgres.execute(sql.toString());
  }

  /** The rows that are to be left, in the form of {@link #rows}. */
  String kept() {
    return String.join("\n", kept);
  }

  /** How many rows are old, by table and window size. */
  Map<String, Long> old() {
    return Collections.unmodifiableMap(old);
  }

  /** The rows that are there. */
  static String rows(PostgresExtension postgres) {
    return postgres.query(
        """
        SELECT row FROM (
          SELECT 'window_metrics ' || window_size || ' ' || prompt_id AS row FROM window_metrics
          UNION ALL SELECT 'alert_exemplar ' || alert_id FROM alert_exemplar
          UNION ALL SELECT 'dead_letter ' || position FROM dead_letter
          UNION ALL SELECT 'alert ' || alert_id FROM alert
          UNION ALL SELECT 'alert_event ' || alert_id || ' ' || change FROM alert_event
          UNION ALL SELECT 'alert_escalation ' || alert_id FROM alert_escalation
          UNION ALL SELECT 'notification ' || notification_id FROM notification
          UNION ALL SELECT 'notification_message ' || notification_id || ' ' || alert_id FROM notification_message
          UNION ALL SELECT 'rollback_event ' || rollback_id FROM rollback_event
          UNION ALL SELECT 'operator_command ' || count(*) FROM operator_command
        ) AS everything ORDER BY row COLLATE "C"
        """);
  }
}
