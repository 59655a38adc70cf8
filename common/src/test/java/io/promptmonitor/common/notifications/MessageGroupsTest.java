package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.EscalationMessage;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.notifications.EscalationRun.Alert;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times are seconds. */
class MessageGroupsTest {

  private static final GroupingConfig GROUPING =
      new GroupingConfig(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private static final Alert ERRORS =
      new Alert("errors", "1.2.0", Severity.CRITICAL, Metric.ERROR_RATE);
  private static final Alert LATENCY =
      new Alert("latency", "1.2.0", Severity.WARNING, Metric.LATENCY_P95);

  private final List<Notification> sent = new ArrayList<>();
  private final PromptEscalations.Output output =
      new PromptEscalations.Output() {
        @Override
        public void notification(Notification notification) {
          sent.add(notification);
        }

        @Override
        public void escalation(EscalationRow row) {
          throw new AssertionError("groups know of no escalation");
        }
      };
  private MessageGroups groups = new MessageGroups("checkout", GROUPING);

  private static AlertMessage message(Alert alert, long episode, Reason reason, int number) {
    return AlertMessages.of(
        alert.id(episode),
        alert.event(Change.FIRING, episode, episode),
        new EscalationMessage(reason, List.of("slack"), episode * 1000, episode * 1000),
        number,
        0,
        null,
        null,
        null);
  }

  private void add(Alert alert, long episode, Reason reason, int number, long now) {
    groups.add("slack", message(alert, episode, reason, number), now * 1000);
  }

  private List<String> flushed(long now) {
    sent.clear();
    groups.flush(now * 1000, output);
    restart();
    return sent.stream().map(EscalationRun::shown).toList();
  }

  private void restart() {
    try {
      byte[] bytes = bytes();
      groups = new MessageGroups("checkout", GROUPING);
      groups.read(new DataInputStream(new ByteArrayInputStream(bytes)));
      assertThat(bytes()).isEqualTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    groups.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void messagesWaitForOthers() {
    add(LATENCY, 100, Reason.FIRING, 1, 100);
    assertThat(groups.wakeUpAt()).isEqualTo(110_000);
    assertThat(flushed(109)).isEmpty();
    add(ERRORS, 109, Reason.FIRING, 1, 109);
    assertThat(flushed(110)).containsExactly("110 slack: FIRING errors, FIRING latency");
    assertThat(sent.get(0).dueAt()).isEqualTo(Instant.ofEpochSecond(100));
    assertThat(flushed(119)).isEmpty();
  }

  @Test
  void eachChannelHasItsOwn() {
    groups.add("slack", message(ERRORS, 0, Reason.FIRING, 1), 0);
    groups.add("pagerduty", message(ERRORS, 0, Reason.FIRING, 1), 5_000);
    assertThat(flushed(10)).containsExactly("10 slack: FIRING errors");
    assertThat(flushed(15)).containsExactly("15 pagerduty: FIRING errors");
  }

  @Test
  void aFirstEpisodeIsToldHoweverShortItIs() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    add(ERRORS, 0, Reason.RESOLVED, 2, 1);
    assertThat(flushed(10)).containsExactly("10 slack: FIRING errors, RESOLVED errors");
  }

  @Test
  void anotherEpisodeWithinTheIntervalIsHeldAndTakenBack() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    assertThat(flushed(10)).hasSize(1);
    add(ERRORS, 0, Reason.RESOLVED, 2, 20);
    assertThat(flushed(30)).hasSize(1);
    add(ERRORS, 60, Reason.FIRING, 1, 60);
    assertThat(groups.wakeUpAt()).as("300 s after the resolution was told").isEqualTo(330_000);
    restart();
    add(ERRORS, 60, Reason.RESOLVED, 2, 80);
    assertThat(groups.wakeUpAt()).as("when the rule is forgotten").isEqualTo(330_000);
    add(ERRORS, 90, Reason.FIRING, 1, 90);
    assertThat(flushed(329)).isEmpty();
    assertThat(flushed(330)).containsExactly("330 slack: FIRING errors +1");
    // From there on the interval begins anew, and the count too.
    add(ERRORS, 90, Reason.RESOLVED, 2, 340);
    assertThat(flushed(350)).containsExactly("350 slack: RESOLVED errors");
  }

  @Test
  void whatIsHeldGoesAlongWithOthers() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    add(ERRORS, 0, Reason.RESOLVED, 2, 10);
    flushed(20);
    add(ERRORS, 30, Reason.FIRING, 1, 30);
    add(LATENCY, 40, Reason.FIRING, 1, 40);
    assertThat(flushed(50)).containsExactly("50 slack: FIRING errors, FIRING latency");
    add(ERRORS, 30, Reason.RESOLVED, 2, 60);
    assertThat(flushed(70)).containsExactly("70 slack: RESOLVED errors");
  }

  @Test
  void anotherRuleOrVersionIsNotHeld() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    Alert otherVersion = new Alert("errors", "1.3.0", Severity.CRITICAL, Metric.ERROR_RATE);
    add(otherVersion, 20, Reason.FIRING, 1, 20);
    add(LATENCY, 20, Reason.FIRING, 1, 20);
    assertThat(flushed(30)).containsExactly("30 slack: FIRING errors, FIRING latency");
  }

  @Test
  void repetitionsAndEscalationsAreNeverHeld() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    for (Reason reason : List.of(Reason.REPEATED, Reason.ESCALATED, Reason.ACKNOWLEDGED)) {
      add(ERRORS, 0, reason, 2, 20);
      assertThat(flushed(30)).containsExactly("30 slack: " + reason + " errors");
    }
  }

  @Test
  void afterTheIntervalNothingIsHeld() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    add(ERRORS, 0, Reason.RESOLVED, 2, 10);
    flushed(20);
    add(ERRORS, 320, Reason.FIRING, 1, 320);
    assertThat(flushed(330)).containsExactly("330 slack: FIRING errors");
  }

  @Test
  void theRuleIsForgottenAfterTheInterval() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    assertThat(groups.isEmpty()).isFalse();
    flushed(10);
    assertThat(groups.isEmpty()).isFalse();
    assertThat(groups.wakeUpAt()).isEqualTo(310_000);
    flushed(310);
    assertThat(groups.isEmpty()).isTrue();
    assertThat(groups.wakeUpAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theEnd() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    add(ERRORS, 0, Reason.RESOLVED, 2, 15);
    add(ERRORS, 20, Reason.FIRING, 1, 20);
    sent.clear();
    groups.flush(Long.MAX_VALUE, output);
    assertThat(sent.stream().map(EscalationRun::shown))
        .containsExactly("310 slack: RESOLVED errors, FIRING errors");
    assertThat(groups.isEmpty()).isTrue();
  }

  @Test
  void anIdDependsOnTheMessagesAlone() {
    add(ERRORS, 0, Reason.FIRING, 1, 0);
    flushed(10);
    String early = sent.get(0).notificationId();
    groups = new MessageGroups("checkout", GROUPING);
    add(ERRORS, 0, Reason.FIRING, 1, 7);
    flushed(99);
    assertThat(sent.get(0).notificationId()).isEqualTo(early);
    for (AlertMessage other :
        List.of(
            message(ERRORS, 0, Reason.FIRING, 2),
            message(ERRORS, 0, Reason.REPEATED, 1),
            message(ERRORS, 1, Reason.FIRING, 1),
            message(LATENCY, 0, Reason.FIRING, 1))) {
      groups = new MessageGroups("checkout", GROUPING);
      groups.add("slack", other, 0);
      flushed(10);
      assertThat(sent.get(0).notificationId()).isNotEqualTo(early);
    }
  }
}
