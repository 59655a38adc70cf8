package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleEvaluation;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.ruletests.RuleTestResult.Failure;
import io.promptmonitor.common.ruletests.RuleTestResult.Line;
import io.promptmonitor.common.ruletests.RuleTestResult.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares what was expected at one time with what happened. */
final class ExpectationCheck {

  private final Expectation expectation;
  private final TestDiary diary;
  private final DiaryText text;
  private final List<Failure> failures;

  ExpectationCheck(
      Expectation expectation, TestDiary diary, DiaryText text, List<Failure> failures) {
    this.expectation = expectation;
    this.diary = diary;
    this.text = text;
    this.failures = failures;
  }

  void check() {
    if (expectation.alerts() != null) {
      checkAlerts("alerts", expectation.alerts(), true);
    }
    if (expectation.included() != null) {
      checkAlerts("alerts_include", expectation.included(), false);
    }
    if (expectation.excluded() != null) {
      checkExcluded(expectation.excluded());
    }
    if (expectation.rollbacks() != null) {
      checkRollbacks(expectation.rollbacks());
    }
    if (expectation.notifications() != null) {
      checkNotifications(expectation.notifications());
    }
  }

  private void fail(String what, List<Line> lines, List<String> notes) {
    failures.add(new Failure(TestTime.format(expectation.at()), what, lines, notes));
  }

  private void checkAlerts(String what, List<Expectation.Alert> expected, boolean exactly) {
    long at = expectation.at();
    ListDifference<Expectation.Alert, TestDiary.AlertAt> difference =
        new ListDifference<>(
            expected,
            diary.alertsAt(at),
            this::meets,
            (e, g) -> key(e).equals(g.event().key()),
            text::of,
            g -> text.of(g, at));
    if (exactly ? difference.isExact() : difference.hasAll()) {
      return;
    }
    List<String> notes = new ArrayList<>();
    for (Expectation.Alert missing : difference.missing()) {
      notes.add(
          missing.rule()
              + text.where(missing.promptVersion())
              + " at "
              + TestTime.format(at)
              + ": "
              + text.seen(diary.evaluation(key(missing), at))
              + ".");
    }
    // Whoever is wrong about the time wants to know the right one.
    expected.stream()
        .filter(e -> diary.alertsAt(at).stream().noneMatch(g -> meets(e, g)))
        .forEach(e -> notes.add(text.history(key(e))));
    fail(what, exactly ? difference.lines() : difference.linesOfExpected(), notes);
  }

  private static AlertKey key(Expectation.Alert alert) {
    return new AlertKey(alert.promptVersion(), alert.rule());
  }

  private boolean meets(Expectation.Alert expected, TestDiary.AlertAt got) {
    return key(expected).equals(got.event().key())
        && expected.state() == got.phase()
        && (expected.severity() == null || expected.severity() == got.event().rule().severity())
        && (expected.since() == null || expected.since() == got.since())
        && (expected.value() == null
            || expected.value().matches(value(diary.evaluation(key(expected), expectation.at()))));
  }

  private static double value(@Nullable RuleEvaluation evaluation) {
    Observation leading = evaluation == null ? null : evaluation.evaluation().leading();
    return leading == null ? Double.NaN : leading.value();
  }

  private void checkExcluded(List<String> rules) {
    List<Line> lines = new ArrayList<>();
    for (TestDiary.AlertAt alert : diary.alertsAt(expectation.at())) {
      if (rules.contains(alert.event().key().rule())) {
        lines.add(new Line(Mark.UNEXPECTED, text.of(alert, expectation.at())));
      }
    }
    if (!lines.isEmpty()) {
      fail("alerts_exclude", lines, List.of());
    }
  }

  private void checkRollbacks(List<Expectation.Rollback> expected) {
    List<RollbackTrigger> got =
        diary.rollbacks().stream()
            .filter(t -> isWithin(diary.offset(t.time()), expectation.rollbacksAfter()))
            .toList();
    ListDifference<Expectation.Rollback, RollbackTrigger> difference =
        new ListDifference<>(
            expected,
            got,
            this::meets,
            (e, g) -> isSame(e.promptVersion(), e.rule(), g),
            text::of,
            text::of);
    if (difference.isExact()) {
      return;
    }
    List<String> notes = new ArrayList<>();
    for (Expectation.Rollback missing : difference.missing()) {
      notes.add(text.history(new AlertKey(missing.promptVersion(), missing.rule())));
    }
    fail(period("rollbacks", expectation.rollbacksAfter()), difference.lines(), notes);
  }

  private boolean meets(Expectation.Rollback expected, RollbackTrigger got) {
    AlertReading reading = got.reading();
    return isSame(expected.promptVersion(), expected.rule(), got)
        && (expected.confidence() == null || expected.confidence() == got.confidence())
        && (expected.at() == null || expected.at() == diary.offset(got.time()))
        && (expected.value() == null
            || (reading != null && expected.value().matches(reading.value())));
  }

  private static boolean isSame(PromptVersionId version, String rule, RollbackTrigger got) {
    return version.equals(got.promptVersion()) && rule.equals(got.rule());
  }

  private void checkNotifications(List<Expectation.Sent> expected) {
    List<Notification> got =
        diary.notifications().stream()
            .filter(n -> isWithin(text.sentAt(n), expectation.notificationsAfter()))
            .toList();
    ListDifference<Expectation.Sent, Notification> difference =
        new ListDifference<>(
            expected,
            got,
            this::meets,
            (e, g) -> e.channel().equals(g.channel()) && e.promptId().equals(g.promptId()),
            text::of,
            text::of);
    if (difference.isExact()) {
      return;
    }
    List<String> notes = new ArrayList<>();
    for (Expectation.Sent missing : difference.missing()) {
      diary.notifications().stream()
          .filter(n -> text.sentAt(n) > expectation.at())
          .filter(n -> n.channel().equals(missing.channel()))
          .findFirst()
          .map(n -> "The next one is to " + text.of(n) + ".")
          .filter(note -> !notes.contains(note))
          .ifPresent(notes::add);
    }
    fail(period("notifications", expectation.notificationsAfter()), difference.lines(), notes);
  }

  private boolean meets(Expectation.Sent expected, Notification got) {
    Map<Reason, List<String>> rules = DiaryText.rules(got);
    return expected.channel().equals(got.channel())
        && expected.promptId().equals(got.promptId())
        && (expected.rules().isEmpty() || expected.rules().equals(rules))
        && (expected.at() == null || expected.at() == text.sentAt(got))
        && (expected.version() == null
            || got.alerts().stream()
                .map(AlertMessage::promptVersion)
                .allMatch(expected.version()::equals));
  }

  private boolean isWithin(long time, long after) {
    return time > after && time <= expectation.at();
  }

  private String period(String what, long after) {
    return after < 0 ? what : what + " since " + TestTime.format(after);
  }
}
