package io.promptmonitor.reports;

import io.promptmonitor.common.report.ReportOverview;
import java.io.IOException;

/** All prompts of a day at a glance, as JSON. */
public final class JsonOverview {

  private JsonOverview() {}

  /** The overview, indented, in the order of its fields. */
  public static String of(ReportOverview overview) {
    return ReportJson.write(overview);
  }

  /**
   * Reads what {@link #of} wrote, in this release or another.
   *
   * @throws IOException if it is anything else
   */
  public static ReportOverview read(String json) throws IOException {
    return ReportJson.read(json, ReportOverview.class);
  }
}
