package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.text.PlainText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NotificationTextTest {

  private static Duration minutes(int minutes) {
    return Duration.ofMinutes(minutes);
  }

  private static String text(Notification notification) {
    return NotificationText.of(notification, notification.dueAt()).plain();
  }

  private static String golden(String name) throws IOException {
    try (InputStream in =
        NotificationTextTest.class.getResourceAsStream("/notifications/" + name + ".txt")) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8)
          .stripTrailing();
    }
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void eachReasonIsAsInItsFile(Reason reason) throws IOException {
    Duration after =
        switch (reason) {
          case FIRING -> Duration.ZERO;
          case REPEATED -> minutes(15);
          case ESCALATED -> minutes(30);
          case ACKNOWLEDGED -> minutes(32);
          case RESOLVED -> minutes(102);
        };
    assertThat(text(Messages.of(Messages.errorRate(reason, after))))
        .isEqualTo(golden(reason.name().toLowerCase(java.util.Locale.ROOT)));
  }

  @Test
  void baselineEvidenceReviewAndFlapsAreNamed() throws IOException {
    assertThat(text(Messages.of(Messages.latency(Reason.FIRING, Duration.ZERO))))
        .isEqualTo(golden("baseline"));
  }

  @Test
  void whereNothingWasSeenTheConditionIsNamed() throws IOException {
    assertThat(text(Messages.of(Messages.noData()))).isEqualTo(golden("no_data"));
  }

  @ParameterizedTest
  @CsvSource({
    "NO_DATA, no executions any more",
    "INSUFFICIENT_DATA, too little data to decide",
    "RULE_CHANGED, the rule was changed",
    "RULE_REMOVED, the rule does not apply any more"
  })
  void whatEndsWithoutHavingRecoveredIsNotResolved(Cause cause, String why) {
    AlertMessage ended = Messages.ended(cause, minutes(12));
    NotificationText text = NotificationText.of(Messages.of(ended), ended.dueAt());
    assertThat(text.title())
        .isEqualTo(
            "[CRITICAL] Ended after 12 min (" + why + "): Critical Error Rate, checkout 1.2.0");
    assertThat(text.plain())
        .contains("\nNothing says that it has recovered.\n")
        .doesNotContainIgnoringCase("resolved");
    assertThat(text.good()).isFalse();
    NotificationText group =
        NotificationText.of(
            Messages.of(ended, Messages.latency(Reason.RESOLVED, minutes(3))), ended.dueAt());
    assertThat(group.title()).endsWith("2 alerts about checkout: 1 resolved, 1 ended");
    assertThat(group.good()).isFalse();
  }

  @Test
  void aGroupIsCountedAndShown() throws IOException {
    Notification group =
        Messages.of(
            Messages.errorRate(Reason.FIRING, Duration.ZERO),
            Messages.noData(),
            Messages.latency(Reason.RESOLVED, minutes(3)));
    NotificationText text =
        NotificationText.of(group, group.dueAt().plus(Duration.ofMinutes(42).plusSeconds(20)));
    assertThat(text.plain()).isEqualTo(golden("group"));
    assertThat(text.severity()).isEqualTo("critical");
    assertThat(text.good()).isFalse();
  }

  @Test
  void aGroupOfWhichNothingFiresIsGood() {
    NotificationText text =
        NotificationText.of(
            Messages.of(
                Messages.errorRate(Reason.RESOLVED, minutes(3)),
                Messages.errorRate(Reason.RESOLVED, minutes(4))),
            Messages.FIRED);
    assertThat(text.title()).isEqualTo("[CRITICAL] 2 alerts about checkout 1.2.0: 2 resolved");
    assertThat(text.good()).isTrue();
  }

  @Test
  void theSeverityOfAGroupIsThatOfWhatFires() {
    NotificationText text =
        NotificationText.of(
            Messages.of(
                Messages.errorRate(Reason.RESOLVED, minutes(3)),
                Messages.latency(Reason.REPEATED, minutes(3))),
            Messages.FIRED);
    assertThat(text.title())
        .isEqualTo("[WARNING] 2 alerts about checkout: 1 still firing, 1 resolved");
  }

  @Test
  void aLargeGroupIsCut() {
    AlertMessage alert = Messages.errorRate(Reason.FIRING, Duration.ZERO);
    NotificationText text =
        NotificationText.of(
            Messages.of(Collections.nCopies(37, alert).toArray(AlertMessage[]::new)),
            Messages.FIRED);
    assertThat(text.title()).isEqualTo("[CRITICAL] 37 alerts about checkout 1.2.0: 37 firing");
    assertThat(text.sections()).hasSize(10);
    assertThat(text.footnotes()).containsExactly("And 27 more: promptmon alerts list");
  }

  @Test
  void noticesSayWhetherTheyAreOver() throws IOException {
    List<String> lines = List.of("HTTP 503", "3 notifications wait.");
    assertThat(text(Messages.of(new Notice("k", "critical", "slack fails", lines, false))))
        .isEqualTo(golden("notice"));
    assertThat(text(Messages.of(new Notice("k", "critical", "slack works again", lines, true))))
        .startsWith("[OVER] slack works again\n");
  }

  @Test
  void whatOthersWroteStaysOnItsLineAndIsCut() {
    AlertMessage alert =
        Messages.renamed(
            Messages.errorRate(Reason.FIRING, Duration.ZERO),
            "check\nout\u202Eevil\u0000\r\n[CRITICAL]",
            "r".repeat(1000),
            "c\u2028".repeat(1000));
    String text = text(Messages.of(alert));
    assertThat(text)
        .contains(", check out evil [CRITICAL] 1.2.0\n")
        .contains("r".repeat(99) + "…,")
        .doesNotContain("\u202E", "\u0000", "\r", "\u2028")
        .hasLineCount(6);
    assertThat(text.length()).isLessThan(1_000);
  }

  @Test
  void aTimeOfTheSameDayIsShort() {
    AlertMessage alert = Messages.errorRate(Reason.RESOLVED, Duration.ofHours(14));
    assertThat(AlertText.lines(alert))
        .contains("Fired from 2026-03-01 10:05:10 UTC to 2026-03-02 00:05:10 UTC.");
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0 s",
    "0, 0 s",
    "59, 59 s",
    "60, 1 min",
    "61, 1 min 1 s",
    "3599, 59 min 59 s",
    "3600, 1 h",
    "4800, 1 h 20 min",
    "86399, 23 h 59 min",
    "183600, 2 d 3 h",
    "172800, 2 d"
  })
  void durationsHaveTwoUnits(long seconds, String expected) {
    assertThat(PlainText.duration(Duration.ofSeconds(seconds))).isEqualTo(expected);
  }
}
