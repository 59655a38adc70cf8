package io.promptmonitor.reports;

import io.promptmonitor.common.report.DailyReport;
import java.io.IOException;

/** The daily report of a prompt as JSON: all that the others show. */
public final class JsonReport {

  private JsonReport() {}

  /** The report, indented, in the order of its fields. */
  public static String of(DailyReport report) {
    return ReportJson.write(report);
  }

  /**
   * Reads what {@link #of} wrote, in this release or another.
   *
   * @throws IOException if it is anything else
   */
  public static DailyReport read(String json) throws IOException {
    return ReportJson.read(json, DailyReport.class);
  }
}
