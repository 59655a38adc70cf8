package io.promptmonitor.notifications.channels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.Notification;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagerDutyEventsTest {

  private static List<ObjectNode> events(Notification notification) {
    return PagerDutyChannel.events(notification, Samples.text(notification));
  }

  @Test
  void aTriggerSaysWhatWhereAndHowBad() {
    assertThat(
            events(Samples.notification(Samples.alert(Reason.FIRING, "checkout", "High errors"))))
        .singleElement()
        .hasToString(
            """
            {"event_action":"trigger","dedup_key":"pm-3d116789","client":"Prompt Monitor",\
            "payload":{"summary":"[CRITICAL] Firing: High errors, checkout 1.2.0","source":"checkout",\
            "severity":"critical","timestamp":"2026-03-01T10:05:10Z","component":"checkout 1.2.0",\
            "class":"High errors","custom_details":{"prompt_id":"checkout","prompt_version":"1.2.0",\
            "condition":"error_rate > 0.05",\
            "details":["error_rate 12.5% > 5% (312 executions, 5 min)","Since 2026-03-01 10:05:10 UTC."],\
            "look_further":"promptmon alerts show pm-3d116789"}}}""");
  }

  @ParameterizedTest
  @CsvSource({
    "FIRING, trigger",
    "REPEATED, trigger",
    "ESCALATED, trigger",
    "ACKNOWLEDGED, acknowledge",
    "RESOLVED, resolve"
  })
  void everythingAboutAnEpisodeHasItsDedupKey(Reason reason, String action) {
    assertThat(events(Samples.notification(Samples.alert(reason, "checkout", "High errors"))))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.get("event_action").asText()).isEqualTo(action);
              assertThat(event.get("dedup_key").asText()).isEqualTo("pm-3d116789");
              assertThat(event.has("payload")).isEqualTo(action.equals("trigger"));
            });
  }

  @Test
  void aGroupIsAnEventForEachAlert() {
    assertThat(
            events(
                Samples.notification(
                    Samples.alert(Reason.FIRING, "checkout", "a"),
                    Samples.alert(Reason.RESOLVED, "checkout", "b"))))
        .extracting(event -> event.get("event_action").asText())
        .containsExactly("trigger", "resolve");
  }

  @Test
  void noticesAreTriggeredAndResolved() {
    assertThat(events(Samples.notice("k", false)).get(0).toString())
        .contains("\"trigger\"", "\"dedup_key\":\"k\"", "slack fails", "HTTP 503");
    assertThat(events(Samples.notice("k", true)).get(0).toString())
        .isEqualTo(
            "{\"event_action\":\"resolve\",\"dedup_key\":\"k\",\"client\":\"Prompt Monitor\"}");
  }

  @Test
  void theLimitsAreKept() {
    Notification notification =
        Samples.notification(
            Samples.alert(Reason.FIRING, "p".repeat(100_000), "r".repeat(100_000)));
    ObjectNode event = events(notification).get(0);
    assertThat(event.get("payload").get("summary").asText()).hasSizeLessThanOrEqualTo(1_024);
    assertThat(Json.bytes(event)).hasSizeLessThan(16_000);
    assertThat(events(Samples.notice("k".repeat(300), false)).get(0).get("dedup_key").asText())
        .hasSize(255);
  }
}
