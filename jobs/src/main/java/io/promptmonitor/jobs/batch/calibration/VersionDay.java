package io.promptmonitor.jobs.batch.calibration;

import io.promptmonitor.common.calibration.QualityDay;
import io.promptmonitor.jobs.batch.TableQuery;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * A version on a day with executions.
 *
 * @param promptId the prompt
 * @param versionId the version
 * @param predictedQuality what was declared, 0 to 10; NaN if nothing was, or the version is not
 *     registered
 * @param techniques that it combines
 * @param complexity of the task; null if it is not known
 * @param epochDay the day (UTC), counted from 1970-01-01
 * @param count number of ratings and automated scores
 * @param quality their mean, 0 to 10; NaN if there are none
 */
public record VersionDay(
    String promptId,
    String versionId,
    double predictedQuality,
    List<String> techniques,
    @Nullable String complexity,
    long epochDay,
    long count,
    double quality) {

  private static final int PARTS = 4;

  private static final String SQL =
      "SELECT m.prompt_id, m.prompt_version, v.predicted_quality, v.techniques, v.complexity,"
          + " (m.window_start AT TIME ZONE 'UTC')::date AS day, m.feedback_count,"
          + " m.avg_user_feedback, m.automated_score_count, m.avg_automated_score"
          + " FROM promptmon.window_metrics m LEFT JOIN promptmon.registered_version v"
          + " ON v.prompt_id = m.prompt_id AND v.version_id = m.prompt_version"
          + " WHERE m.window_size = '24h' AND m.window_start >= ? AND m.window_start < ? AND "
          + TableQuery.partOf("m.prompt_id");

  /** All versions on the days from {@code from} to {@code to}, inclusive. */
  static TableQuery<VersionDay> between(LocalDate from, LocalDate to) {
    return TableQuery.of(SQL, VersionDay::read, TypeInformation.of(VersionDay.class))
        .with(start(from), start(to.plusDays(1)))
        .inParts(PARTS);
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static VersionDay read(ResultSet row) throws SQLException {
    Array techniques = row.getArray("techniques");
    QualityDay day =
        QualityDay.of(
            row.getObject("day", LocalDate.class),
            row.getLong("feedback_count"),
            number(row, "avg_user_feedback"),
            row.getLong("automated_score_count"),
            number(row, "avg_automated_score"));
    return new VersionDay(
        row.getString("prompt_id"),
        row.getString("prompt_version"),
        number(row, "predicted_quality"),
        techniques == null ? List.of() : Arrays.asList((String[]) techniques.getArray()),
        row.getString("complexity"),
        day.day().toEpochDay(),
        day.count(),
        day.quality());
  }

  /** The version's quality on that day. */
  QualityDay qualityDay() {
    return new QualityDay(LocalDate.ofEpochDay(epochDay), count, quality);
  }

  private static double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }
}
