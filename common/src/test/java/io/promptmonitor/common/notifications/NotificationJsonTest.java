package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationJsonTest {

  private static final Instant TIME = Instant.parse("2026-03-01T10:05:00Z");

  private static final AlertMessage ALERT =
      new AlertMessage(
          "pm-1",
          Reason.FIRING,
          1,
          "checkout",
          "1.2.0",
          "Critical Error Rate",
          "alert_rule",
          "critical",
          "error_rate > 0.05",
          List.of("alert", "auto_rollback"),
          "error_rate",
          0.125,
          ">",
          0.05,
          null,
          312L,
          "executions",
          300L,
          null,
          TIME,
          TIME,
          null,
          null,
          TIME,
          null,
          null,
          0);

  @Test
  void isReadableAndLeavesOutWhatIsNotKnown() {
    Notification notification =
        new Notification("n-1", "slack", "checkout", TIME, TIME, List.of(ALERT), null);
    assertThat(NotificationJson.write(notification))
        .startsWith(
            "{\"notification_id\":\"n-1\",\"channel\":\"slack\",\"prompt_id\":\"checkout\",\"created_at\":\"2026-03-01T10:05:00Z\"")
        .contains("\"reason\":\"firing\"", "\"sample_count\":312", "\"value\":0.125")
        .doesNotContain("null", "baseline", "ended_at");
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    Notification alerts =
        new Notification("n-1", "slack", "checkout", TIME, TIME, List.of(ALERT), null);
    Notification notice =
        new Notification(
            "n-2",
            "email",
            "",
            TIME,
            TIME,
            List.of(),
            new Notice("channel:slack", "critical", "slack fails", List.of("429"), false));
    for (Notification notification : List.of(alerts, notice)) {
      assertThat(NotificationJson.read(NotificationJson.write(notification)))
          .isEqualTo(notification);
    }
  }

  @Test
  void whatAnOlderReleaseDidNotKnowIsNull() throws IOException {
    AlertMessage ended = Messages.ended(Cause.NO_DATA, Duration.ofMinutes(12));
    String json = new String(NotificationJson.writeMessage(ended), StandardCharsets.UTF_8);
    assertThat(json).contains("\"cause\":\"no_data\"");
    assertThat(NotificationJson.readMessage(json.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(ended);
    String old = json.replace(",\"cause\":\"no_data\"", "");
    AlertMessage read = NotificationJson.readMessage(old.getBytes(StandardCharsets.UTF_8));
    assertThat(read.cause()).isNull();
    assertThat(AlertText.title(read)).startsWith("[CRITICAL] Resolved after 12 min: ");
  }

  @Test
  void whatANewerReleaseAddsIsPassedOver() throws IOException {
    String json =
        NotificationJson.write(
            new Notification("n-1", "slack", "checkout", TIME, TIME, List.of(ALERT), null));
    assertThat(NotificationJson.read(json.replaceFirst("\\{", "{\"colour\":\"red\",")).alerts())
        .containsExactly(ALERT);
  }
}
