package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Recommendation;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;

/** What to do, by which rule, and what that rests on. */
final class Recommendations {

  private Recommendations() {}

  static Section of(DailyReport report) {
    return Section.of(
        "recommendations",
        "Recommendations",
        new Bullets(report.recommendations().stream().map(Recommendations::bullet).toList()));
  }

  static Bullet bullet(Recommendation recommendation) {
    return new Bullet(null, recommendation.text(), evidence(recommendation), Tone.PLAIN);
  }

  static String evidence(Recommendation recommendation) {
    return "rule: " + recommendation.rule() + "; evidence: " + recommendation.evidence();
  }
}
