package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.PromptAtAGlance;
import io.promptmonitor.reports.JsonReport;
import io.promptmonitor.reports.MarkdownReport;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of {@code daily_report} that follow from a report. */
final class ReportColumns {

  private static final List<Column> COLUMNS =
      List.of(
          column("prompt_id", Types.VARCHAR, DailyReport::promptId),
          column("report_date", Types.DATE, DailyReport::date),
          column("revision", Types.INTEGER, DailyReport::revision),
          column("is_final", Types.BOOLEAN, report -> report.completeness().isFinal()),
          column("active_version", Types.VARCHAR, DailyReport::activeVersion),
          column("executions", Types.BIGINT, report -> report.summary().executions()),
          column("success_rate", Types.DOUBLE, report -> report.summary().successRate().value()),
          column("success_rate_n", Types.BIGINT, report -> report.summary().successRate().n()),
          column(
              "success_rate_lower", Types.DOUBLE, report -> report.summary().successRate().lower()),
          column(
              "success_rate_upper", Types.DOUBLE, report -> report.summary().successRate().upper()),
          column("latency_avg", Types.DOUBLE, report -> report.summary().latencyAvg().value()),
          column("latency_p50", Types.DOUBLE, report -> today(report, Metric.LATENCY_P50)),
          column("latency_p95", Types.DOUBLE, report -> today(report, Metric.LATENCY_P95)),
          column("latency_p99", Types.DOUBLE, report -> today(report, Metric.LATENCY_P99)),
          column("avg_total_tokens", Types.DOUBLE, report -> report.tokens().avgTotal().value()),
          column(
              "user_satisfaction",
              Types.DOUBLE,
              report -> report.summary().userSatisfaction().value()),
          column("feedback_count", Types.BIGINT, report -> report.feedback().ratings()),
          column("automated_score_count", Types.BIGINT, report -> report.feedback().scores()),
          column("calibration_delta", Types.DOUBLE, report -> report.calibration().averageDelta()),
          column("calibration_status", Types.VARCHAR, ReportColumns::calibrationStatus),
          column("warning_alerts", Types.BIGINT, report -> report.alerts().warning()),
          column("critical_alerts", Types.BIGINT, report -> report.alerts().critical()),
          column("rollbacks", Types.BIGINT, report -> report.rollbacks().count()),
          column(
              "checks_failed", Types.INTEGER, report -> PromptAtAGlance.of(report).checksFailed()),
          column("checks", Types.INTEGER, report -> report.compliance().size()),
          column("report", Types.OTHER, JsonReport::of),
          column("markdown", Types.VARCHAR, MarkdownReport::of));

  /** A column, its SQL type, and what of a report is in it. */
  private record Column(String name, int type, Function<DailyReport, @Nullable Object> value) {}

  private ReportColumns() {}

  private static Column column(
      String name, int type, Function<DailyReport, @Nullable Object> value) {
    return new Column(name, type, value);
  }

  /** The names; the first two are the key. */
  static List<String> names() {
    return COLUMNS.stream().map(Column::name).toList();
  }

  /** Sets the parameters of a statement that has one for each column. */
  static void bind(DailyReport report, PreparedStatement statement) throws SQLException {
    int index = 1;
    for (Column column : COLUMNS) {
      statement.setObject(index++, column.value().apply(report), column.type());
    }
  }

  private static @Nullable Double today(DailyReport report, Metric metric) {
    return report.keyMetric(metric).today().value();
  }

  private static @Nullable String calibrationStatus(DailyReport report) {
    CalibrationStatus status = report.calibration().status();
    return status == null ? null : status.label();
  }
}
