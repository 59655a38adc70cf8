package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.report.AlertsOfDay;
import io.promptmonitor.common.report.PromptDay;
import io.promptmonitor.common.report.RollbacksOfDay;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.batch.RowMapper;
import io.promptmonitor.jobs.batch.StoredWindows;
import io.promptmonitor.jobs.batch.TableQuery;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.io.Serializable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a day, from which tables.
 *
 * <p>Times of automatic rollbacks are those of their triggers, which is event time: a replay of the
 * past then has its rollbacks on the same day as its alerts.
 */
final class ReportTables {

  static final TypeInformation<PromptFact> FACT = TypeInformation.of(PromptFact.class);

  private static final int DAYS_A_WEEK = 7;

  private static final String WINDOWS =
      "SELECT "
          + StoredWindows.COLUMNS
          + " FROM window_metrics WHERE (window_size = '24h' AND window_start IN (?, ?, ?)"
          + " OR window_size = '1h' AND window_start >= ? AND window_start < ?)";

  private static final String CONSISTENCY =
      "SELECT prompt_id, prompt_version, consistency_rate FROM window_metrics"
          + " WHERE window_size = '24h' AND window_start = ? AND consistency_rate IS NOT NULL";

  /** Parameters are the day's beginning, its end, its beginning. */
  static final String PROMPTS =
      """
      SELECT prompt_id FROM (
        SELECT prompt_id FROM window_metrics WHERE window_size = '24h' AND window_start = ?
        UNION
        SELECT prompt_id FROM active_period
        WHERE active_from < ? AND coalesce(active_until, 'infinity') > ?
      ) AS reported""";

  private static final String VERSIONS =
      """
      SELECT prompt_id, version_id, prompt_hash, definition::text AS definition, status, deprecation,
        deployed_at, deployed_by, rollback_reference
      FROM registered_version WHERE registered_at < ?""";

  private static final String ACTIVE_PERIODS =
      "SELECT prompt_id, version_id, active_from, active_until FROM active_period"
          + " WHERE active_from < ?";

  /** What the rollback protocol tells is among the rollbacks. */
  private static final String ALERTS =
      """
      SELECT a.prompt_id, a.alert_id, a.rule, a.prompt_version, a.severity, a.fired_at, a.ended_at,
        a.metric, a.value, a.operator, a.threshold, c.actor AS acknowledged_by
      FROM alert a
      LEFT JOIN operator_command c ON c.kind = 'acknowledged' AND c.alert_id = a.alert_id
      WHERE a.fired_at >= ? AND a.fired_at < ? AND a.kind <> 'rollback'""";

  private static final String ROLLBACKS =
      """
      SELECT prompt_id, rollback_id, kind, coalesce(triggered_at, switched_at) AS happened_at,
        from_version, to_version, status, coalesce(refusal_reason, reason) AS reason, outcome
      FROM rollback_event
      WHERE coalesce(triggered_at, switched_at) >= ? AND coalesce(triggered_at, switched_at) < ?""";

  /**
   * As {@code rollback_allowance} and {@code rollback_intervention_since} have it, but when the day
   * ended: parameters are its end, its end, its beginning.
   */
  private static final String ALLOWANCES =
      """
      WITH switches AS (
        SELECT prompt_id, triggered_at AS at, registry_event_id,
          first_value(max_per_day) OVER (PARTITION BY prompt_id ORDER BY registry_event_id DESC) AS max_per_day
        FROM rollback_event
        WHERE kind = 'automatic' AND status = 'switched' AND triggered_at < ?
      ), counted AS (
        SELECT prompt_id, at, at - lag(at, greatest(max_per_day, 1) - 1)
          OVER (PARTITION BY prompt_id ORDER BY registry_event_id) AS span
        FROM switches s
        WHERE at > coalesce((SELECT max(c.at) FROM operator_command c
          WHERE c.kind = 'rollbacks_cleared' AND c.prompt_id = s.prompt_id AND c.at < ?), '-infinity')
      ), allowance AS (
        SELECT prompt_id, count(*) FILTER (WHERE at >= ?) AS used, min(max_per_day) AS max_per_day,
          (SELECT min(c.at) FROM counted c
            WHERE c.prompt_id = s.prompt_id AND c.span < interval '24 hours') AS intervention_since
        FROM switches s
        GROUP BY prompt_id
      )
      SELECT prompt_id, used, max_per_day, intervention_since FROM allowance""";

  private final ReportScope scope;

  ReportTables(ReportScope scope) {
    this.scope = scope;
  }

  /** Windows of the day, of the day before and of the same weekday a week before. */
  TableQuery<WindowUpdate> windows(int parts) {
    LocalDate date = scope.date();
    return query(
            WINDOWS,
            " AND " + TableQuery.partOf("prompt_id"),
            StoredWindows::read,
            RecordTypeInfo.WINDOW_UPDATE,
            scope.start(),
            ReportScope.startOf(date.minusDays(1)),
            ReportScope.startOf(date.minusDays(DAYS_A_WEEK)),
            scope.start(),
            scope.end())
        .inParts(parts);
  }

  /** All else, by the names of operators. */
  Map<String, TableQuery<PromptFact>> facts() {
    Map<String, TableQuery<PromptFact>> queries = new LinkedHashMap<>();
    queries.put("prompts", prompts());
    queries.put("consistency", consistency());
    queries.put("versions", versions());
    queries.put("active-periods", activePeriods());
    queries.put("alerts", alerts());
    queries.put("rollbacks", rollbacks());
    queries.put("allowances", allowances());
    return queries;
  }

  /** What windows do not keep for merging. */
  private TableQuery<PromptFact> consistency() {
    return query(CONSISTENCY, "", ReportTables::consistency, FACT, scope.start());
  }

  /** Which prompts are to be reported, unless they are named. */
  private TableQuery<PromptFact> prompts() {
    return query(
        PROMPTS,
        "",
        row -> PromptFact.toBeReported(row.getString("prompt_id")),
        FACT,
        scope.start(),
        scope.end(),
        scope.start());
  }

  /** What is registered. */
  private TableQuery<PromptFact> versions() {
    return query(VERSIONS, "", ReportTables::version, FACT, scope.asOf());
  }

  /** Which version was active when. */
  private TableQuery<PromptFact> activePeriods() {
    return query(ACTIVE_PERIODS, "", ReportTables::activePeriod, FACT, scope.asOf());
  }

  /** The alerts of the day. */
  private TableQuery<PromptFact> alerts() {
    return query(ALERTS, "", ReportTables::alert, FACT, scope.start(), scope.end());
  }

  /** The rollbacks of the day. */
  private TableQuery<PromptFact> rollbacks() {
    return query(ROLLBACKS, "", ReportTables::rollback, FACT, scope.start(), scope.end());
  }

  /** Which prompts may be rolled back automatically when the day ended. */
  private TableQuery<PromptFact> allowances() {
    return query(
        ALLOWANCES, "", ReportTables::allowance, FACT, scope.end(), scope.end(), scope.start());
  }

  /** The query, only of the prompts that are to be reported if they are named. */
  private <T> TableQuery<T> query(
      String sql,
      String more,
      RowMapper<T> mapper,
      TypeInformation<T> type,
      Serializable... parameters) {
    List<String> promptIds = scope.promptIds();
    String named =
        promptIds.isEmpty()
            ? "true"
            : "prompt_id IN ("
                + String.join(", ", Collections.nCopies(promptIds.size(), "?"))
                + ")";
    return TableQuery.of("SELECT * FROM (" + sql + ") AS found WHERE " + named + more, mapper, type)
        .with(
            Stream.concat(Stream.of(parameters), promptIds.stream()).toArray(Serializable[]::new));
  }

  private static PromptFact version(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new PromptFact.Version(
            row.getString("version_id"),
            row.getString("prompt_hash"),
            row.getString("definition"),
            row.getString("status"),
            row.getString("deprecation"),
            timeOrNull(row, "deployed_at"),
            row.getString("deployed_by"),
            row.getString("rollback_reference")));
  }

  private static PromptFact consistency(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new PromptFact.Consistency(
            row.getString("prompt_version"), row.getDouble("consistency_rate")));
  }

  private static PromptFact activePeriod(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new PromptDay.ActivePeriod(
            row.getString("version_id"),
            time(row, "active_from"),
            timeOrNull(row, "active_until")));
  }

  private static PromptFact alert(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new AlertsOfDay.Episode(
            row.getString("alert_id"),
            row.getString("rule"),
            row.getString("prompt_version"),
            Severity.valueOf(row.getString("severity").toUpperCase(Locale.ROOT)),
            time(row, "fired_at"),
            timeOrNull(row, "ended_at"),
            row.getString("metric"),
            row.getObject("value", Double.class),
            row.getString("operator"),
            row.getObject("threshold", Double.class),
            row.getString("acknowledged_by")));
  }

  private static PromptFact rollback(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new RollbacksOfDay.Event(
            row.getString("rollback_id"),
            row.getString("kind"),
            time(row, "happened_at"),
            row.getString("from_version"),
            row.getString("to_version"),
            row.getString("status"),
            row.getString("reason"),
            row.getString("outcome")));
  }

  private static PromptFact allowance(ResultSet row) throws SQLException {
    return PromptFact.of(
        row.getString("prompt_id"),
        new RollbacksOfDay.Allowance(
            row.getLong("used"),
            row.getObject("max_per_day", Integer.class),
            timeOrNull(row, "intervention_since")));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
