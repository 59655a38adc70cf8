package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.ComplianceCheck;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Recommendation;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What to look at first. */
final class Attention {

  private Attention() {}

  static List<Bullet> of(DailyReport report) {
    List<Bullet> first = new ArrayList<>();
    if (report.rollbacks().allowance().interventionSince() != null) {
      first.add(
          Bullet.of("Manual intervention required", "there are no automatic rollbacks any more")
              .in(Tone.BAD));
    }
    if (report.rollbacks().count() > 0) {
      first.add(
          Bullet.of(
                  "Rollbacks",
                  report.rollbacks().events().stream()
                      .filter(event -> event.status().equals("switched"))
                      .map(
                          event ->
                              event.fromVersion()
                                  + " to "
                                  + Objects.requireNonNullElse(event.toVersion(), "none"))
                      .collect(Collectors.joining(", ")))
              .in(Tone.BAD));
    }
    if (report.alerts().critical() > 0) {
      first.add(
          Bullet.of("Critical alerts", Numbers.count(report.alerts().critical())).in(Tone.BAD));
    }
    List<ComplianceCheck> failed =
        report.compliance().stream()
            .filter(check -> check.result() == ComplianceCheck.Result.FAILED)
            .toList();
    if (!failed.isEmpty()) {
      first.add(
          Bullet.of(
                  "Limits not kept",
                  failed.size() + " of " + report.compliance().size(),
                  failed.stream()
                      .map(ComplianceCheck::requirement)
                      .collect(Collectors.joining(", ")))
              .in(Tone.BAD));
    }
    if (report.alerts().warning() > 0) {
      first.add(Bullet.of("Warnings", Numbers.count(report.alerts().warning())).in(Tone.WARNING));
    }
    if (first.stream().noneMatch(bullet -> bullet.tone() == Tone.BAD)
        && report.alerts().warning() == 0) {
      first.add(
          Bullet.of("Alerts", "none, and no limit of the specification is known to be exceeded")
              .in(Tone.GOOD));
    }
    if (!report.completeness().isFinal()) {
      first.add(
          Bullet.of("Provisional", String.join(" ", report.completeness().reasons()))
              .in(Tone.WARNING));
    }
    Recommendation advice = report.recommendations().get(0);
    first.add(
        new Bullet("Recommended", advice.text(), Recommendations.evidence(advice), Tone.ADVICE));
    return first;
  }
}
