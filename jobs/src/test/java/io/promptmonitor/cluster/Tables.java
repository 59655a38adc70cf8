package io.promptmonitor.cluster;

import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** What a run left in the tables, so that two runs can be compared row by row. */
final class Tables {

  private Tables() {}

  /**
   * The windows of the traffic by their key: all columns but when and how often a row was written,
   * floating-point numbers exact, sketches byte by byte.
   */
  static Map<String, String> windows(Database database) throws SQLException {
    return rows(
        database,
        "SELECT concat_ws(' ', prompt_id, prompt_version, window_size,"
            + " window_start AT TIME ZONE 'UTC'), to_jsonb(w) - 'updated_at' - 'revision'"
            + " FROM promptmon.window_metrics w WHERE window_start < '"
            + Traffic.CLOSING.minusSeconds(7 * 86_400)
            + "'");
  }

  /**
   * The dead letters of records, by where they came from: a topic's partition and a file stand for
   * each other, as do an offset and a line.
   */
  static Map<String, String> deadLetters(Database database) throws SQLException {
    return rows(
        database,
        "SELECT concat_ws(' ', partition[1], position - CASE WHEN source LIKE '%.jsonl' THEN 1"
            + " ELSE 0 END, reason), concat_ws(' ', detail, length, sha256, event_time)"
            + " FROM promptmon.dead_letter,"
            + " regexp_match(source, '(executions-[0-9]+)(\\.jsonl)?$') partition"
            + " WHERE reason <> 'feedback_without_window'");
  }

  /**
   * How many feedback events belong to no window, by {@code dead_letter}. Where such a letter comes
   * from depends on whether its execution could still have come.
   */
  static String feedbackWithoutWindow(Database database) throws SQLException {
    return rows(
            database,
            "SELECT '', coalesce(sum(split_part(detail, ' ', 1)::bigint), 0)"
                + " FROM promptmon.dead_letter WHERE reason = 'feedback_without_window'")
        .get("");
  }

  /**
   * Rules whose alerts depend on when ratings and scores are read, which may be before the
   * watermark reaches them: they count in the window of their execution, which may have ended.
   */
  private static final String BY_FEEDBACK = "('Calibration Drift', 'User Satisfaction Drop')";

  /** The episodes of alerts by their id. */
  static Map<String, String> alerts(Database database) throws SQLException {
    return rows(
        database,
        "SELECT alert_id, to_jsonb(a) - 'updated_at' FROM promptmon.alert a WHERE rule NOT IN "
            + BY_FEEDBACK);
  }

  /** Transitions, evidence, where rules are, and escalations, by their keys. */
  static Map<String, String> alertDetails(Database database) throws SQLException {
    String ofAlerts = " JOIN promptmon.alert a USING (alert_id) WHERE a.rule NOT IN " + BY_FEEDBACK;
    return rows(
        database,
        "SELECT concat_ws(' ', alert_id, at, change), to_jsonb(e) - 'written_at'"
            + " FROM promptmon.alert_event e"
            + ofAlerts
            + " UNION ALL SELECT concat_ws(' ', alert_id, execution_id_hash),"
            + " to_jsonb(x) - 'expires_at' FROM promptmon.alert_exemplar x"
            + ofAlerts
            + " UNION ALL SELECT concat_ws(' ', prompt_id, prompt_version, rule),"
            + " to_jsonb(s) - 'updated_at' FROM promptmon.rule_status s WHERE rule NOT IN "
            + BY_FEEDBACK
            + " UNION ALL SELECT 'escalation ' || alert_id, to_jsonb(c) - 'updated_at'"
            + " FROM promptmon.alert_escalation c"
            + ofAlerts);
  }

  /** The first column of a query's rows, with the second one. */
  static Map<String, String> rows(Database database, String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      Map<String, String> result = new TreeMap<>();
      while (rows.next()) {
        if (result.put(rows.getString(1), rows.getString(2)) != null) {
          throw new IllegalStateException("two rows with the key " + rows.getString(1));
        }
      }
      return result;
    }
  }
}
