package io.promptmonitor.cli.alerts;

import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertLabels;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.conditions.Comparison;
import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.ConditionException;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An episode of an alert as the tables have it, with what became of it.
 *
 * @param reading what was seen when it began to fire; while it is pending, when that began
 * @param escalation who was told; null if nobody is to be
 * @param acknowledgement who took it on, as soon as they did; null if nobody did
 */
record StoredAlert(
    String alertId,
    String promptId,
    String promptVersion,
    String rule,
    String kind,
    String severity,
    String condition,
    List<String> actions,
    String phase,
    String cause,
    Instant pendingSince,
    @Nullable Instant firedAt,
    @Nullable Instant endedAt,
    StoredReading reading,
    boolean flaggedForReview,
    @Nullable StoredEscalation escalation,
    @Nullable StoredAcknowledgement acknowledgement) {

  /**
   * Where the escalation is.
   *
   * @param overdue whether a message has been due for minutes, which says that the job does not run
   */
  record StoredEscalation(
      @Nullable Instant toldAt,
      int messages,
      @Nullable Instant escalatedAt,
      @Nullable Instant dueAt,
      boolean overdue,
      @Nullable String mutedBy) {}

  /**
   * Who took an alert on.
   *
   * @param takenUp whether the job has heard of it, or need not because the alert has ended, or
   *     nobody is told of it
   */
  record StoredAcknowledgement(Instant at, String by, @Nullable String comment, boolean takenUp) {}

  /** The tables that {@link #read} reads from. */
  static final String FROM =
      """
      FROM promptmon.alert a
      LEFT JOIN promptmon.alert_escalation e ON e.alert_id = a.alert_id
      LEFT JOIN promptmon.operator_command c ON c.kind = 'acknowledged' AND c.alert_id = a.alert_id
      """;

  /**
   * The columns that {@link #read} reads. What was due before it was even written is the work of a
   * replay, which sends nothing and is not late.
   */
  static final String SELECT =
      """
      SELECT a.alert_id, a.prompt_id, a.prompt_version, a.rule, a.kind, a.severity, a.condition, a.actions, a.phase, a.cause,
          a.pending_since, a.fired_at, a.ended_at, a.metric, a.value, a.operator, a.threshold, a.baseline, a.sample_count,
          extract(epoch FROM a.window_length)::float8 AS window_seconds, a.evidence, a.flagged_for_review,
          e.firing_since, e.told_at, e.messages, e.escalated_at, e.due_at, e.muted_by,
          coalesce(e.ended_at IS NULL AND e.due_at < now() - interval '2 minutes'
              AND e.due_at > e.updated_at - interval '2 minutes', false) AS overdue,
          coalesce(c.at, e.acknowledged_at) AS acknowledged_at, coalesce(c.actor, e.acknowledged_by) AS acknowledged_by,
          CASE WHEN c.at IS NULL THEN e.acknowledged_comment ELSE c.comment END AS acknowledged_comment,
          e.acknowledged_at IS NOT NULL OR a.ended_at IS NOT NULL OR NOT 'alert' = ANY (a.actions) AS taken_up
      """
          + FROM;

  /** The alert in the present row. */
  static StoredAlert read(ResultSet row) throws SQLException {
    return new StoredAlert(
        row.getString("alert_id"),
        row.getString("prompt_id"),
        row.getString("prompt_version"),
        row.getString("rule"),
        row.getString("kind"),
        row.getString("severity"),
        row.getString("condition"),
        List.of((String[]) row.getArray("actions").getArray()),
        row.getString("phase"),
        row.getString("cause"),
        StoredAlerts.time(row, "pending_since"),
        StoredAlerts.timeOrNull(row, "fired_at"),
        StoredAlerts.timeOrNull(row, "ended_at"),
        StoredReading.read(row, row.getString("operator")),
        row.getBoolean("flagged_for_review"),
        escalation(row),
        acknowledgement(row));
  }

  private static @Nullable StoredEscalation escalation(ResultSet row) throws SQLException {
    return row.getObject("firing_since") == null
        ? null
        : new StoredEscalation(
            StoredAlerts.timeOrNull(row, "told_at"),
            row.getInt("messages"),
            StoredAlerts.timeOrNull(row, "escalated_at"),
            StoredAlerts.timeOrNull(row, "due_at"),
            row.getBoolean("overdue"),
            row.getString("muted_by"));
  }

  private static @Nullable StoredAcknowledgement acknowledgement(ResultSet row)
      throws SQLException {
    Instant at = StoredAlerts.timeOrNull(row, "acknowledged_at");
    return at == null
        ? null
        : new StoredAcknowledgement(
            at,
            row.getString("acknowledged_by"),
            row.getString("acknowledged_comment"),
            row.getBoolean("taken_up"));
  }

  boolean isOverdue() {
    return escalation != null && escalation.overdue();
  }

  /** Since when it is where it is: firing, or else pending. */
  Instant since() {
    return firedAt == null ? pendingSince : firedAt;
  }

  /** What silences look at. */
  AlertLabels labels() {
    return new AlertLabels(
        new AlertKey(new PromptVersionId(promptId, promptVersion), rule),
        Severity.valueOf(severity.toUpperCase(Locale.ROOT)),
        metrics());
  }

  /** The metrics that the rule compares; of an alert about missing data only the one it has. */
  private Set<Metric> metrics() {
    try {
      return Condition.parse(condition).expression().comparisons().stream()
          .map(Comparison::metric)
          .collect(Collectors.toSet());
    } catch (ConditionException e) {
      Metric metric = reading.metric() == null ? null : Metric.named(reading.metric());
      return metric == null ? Set.of() : Set.of(metric);
    }
  }
}
