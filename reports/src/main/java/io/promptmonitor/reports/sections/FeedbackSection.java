package io.promptmonitor.reports.sections;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Feedback;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.util.ArrayList;
import java.util.List;

/** What users and automated scores said, and what of it came late. */
final class FeedbackSection {

  private FeedbackSection() {}

  static Section of(DailyReport report) {
    Feedback feedback = report.feedback();
    List<Bullet> bullets = new ArrayList<>();
    bullets.add(Bullet.of("Ratings", Numbers.count(feedback.ratings())));
    bullets.add(
        Readings.bullet(
            "Negative Ratings (1 or 2)",
            MetricFormat.of(Metric.USER_FEEDBACK_NEGATIVE_RATE),
            feedback.negativeRate()));
    bullets.add(Bullet.of("Automated Scores", Numbers.count(feedback.scores())));
    bullets.add(
        Readings.bullet(
            "Average Automated Score",
            MetricFormat.of(Metric.AVG_AUTOMATED_SCORE),
            feedback.avgScore()));
    if (feedback.arrivedSince() != null) {
      bullets.add(
          Bullet.of("Arrived Since the Previous Edition", Numbers.count(feedback.arrivedSince())));
    }
    bullets.add(
        Bullet.of(
            "Too Late to Count",
            Numbers.count(feedback.tooLate()),
            "of all prompts: after the feedback horizon, or for executions that were not counted"));
    return Section.of("feedback", "Feedback", new Bullets(bullets));
  }
}
