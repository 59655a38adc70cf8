package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.ruletests.RuleTestResult.Failure;
import io.promptmonitor.common.ruletests.RuleTestResult.Line;
import io.promptmonitor.common.ruletests.RuleTestResult.Mark;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Looks for what must not happen in the whole test. */
final class NeverCheck {

  /** More than these are not listed. */
  private static final int MOST_LINES = 10;

  private final Never never;
  private final TestDiary diary;
  private final DiaryText text;
  private final List<Failure> failures;

  NeverCheck(Never never, TestDiary diary, DiaryText text, List<Failure> failures) {
    this.never = never;
    this.diary = diary;
    this.text = text;
    this.failures = failures;
  }

  void check() {
    Stream<AlertEvent> begun =
        diary.transitions().stream()
            .filter(e -> e.change() == Change.PENDING || e.change() == Change.FIRING)
            .filter(e -> Never.forbids(never.pending(), e.key().rule()));
    fail("pending", begun.map(this::of));
    Stream<AlertEvent> fired =
        diary.transitions().stream()
            .filter(e -> e.change() == Change.FIRING)
            .filter(e -> Never.forbids(never.firing(), e.key().rule()));
    fail("firing", fired.map(this::of));
    fail(
        "rollbacks",
        diary.rollbacks().stream()
            .filter(t -> Never.forbids(never.rollbacks(), t.rule()))
            .map(text::of));
    fail(
        "notifications",
        diary.notifications().stream()
            .filter(n -> Never.forbids(never.notifications(), n.channel()))
            .map(text::of));
  }

  private String of(AlertEvent event) {
    return event.key().rule()
        + " "
        + event.change().name().toLowerCase(Locale.ROOT)
        + " at "
        + TestTime.format(diary.offset(event.time()))
        + text.where(event.key().promptVersion())
        + (event.reading() == null ? "" : ": " + text.of(event.reading()));
  }

  private void fail(String what, Stream<String> seen) {
    List<String> texts = seen.toList();
    if (!texts.isEmpty()) {
      int more = texts.size() - MOST_LINES;
      failures.add(
          new Failure(
              null,
              "never " + what,
              texts.stream()
                  .limit(MOST_LINES)
                  .map(line -> new Line(Mark.UNEXPECTED, line))
                  .toList(),
              more > 0 ? List.of(more + " more.") : List.of()));
    }
  }
}
