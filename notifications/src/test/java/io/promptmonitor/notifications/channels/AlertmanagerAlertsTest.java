package io.promptmonitor.notifications.channels;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.Notification;
import org.junit.jupiter.api.Test;

class AlertmanagerAlertsTest {

  private static String alerts(Notification notification) {
    return AlertmanagerChannel.alerts(
            notification, Samples.text(notification), Samples.FIRED.plusSeconds(20))
        .toString();
  }

  @Test
  void oneThatFiresIsBelievedForAWhile() {
    assertThat(
            alerts(Samples.notification(Samples.alert(Reason.FIRING, "checkout", "High errors"))))
        .isEqualTo(
            """
            [{"labels":{"alertname":"High errors","prompt_id":"checkout","prompt_version":"1.2.0",\
            "severity":"critical","kind":"alert_rule","source":"promptmon"},\
            "annotations":{"summary":"[CRITICAL] Firing: High errors, checkout 1.2.0",\
            "description":"error_rate 12.5% > 5% (312 executions, 5 min)\\nSince 2026-03-01 10:05:10 UTC.",\
            "alert_id":"pm-3d116789","look_further":"promptmon alerts show pm-3d116789"},\
            "startsAt":"2026-03-01T10:05:10Z","endsAt":"2026-03-01T10:09:30Z"}]""");
  }

  @Test
  void oneThatIsResolvedEnds() {
    assertThat(alerts(Samples.notification(Samples.alert(Reason.RESOLVED, "checkout", "x"))))
        .contains("\"startsAt\":\"2026-03-01T10:05:10Z\",\"endsAt\":\"2026-03-01T10:15:10Z\"");
  }

  @Test
  void thereAreNoAcknowledgements() {
    assertThat(alerts(Samples.notification(Samples.alert(Reason.ACKNOWLEDGED, "checkout", "x"))))
        .isEqualTo("[]");
  }

  @Test
  void labelsWithoutAValueAreLeftOut() {
    assertThat(alerts(Samples.notification(Samples.alert(Reason.FIRING, " ", "x"))))
        .doesNotContain("\"prompt_id\":\" \"");
  }

  @Test
  void noticesLastADayUnlessTheyAreOver() {
    assertThat(alerts(Samples.notice("k", false)))
        .contains(
            "\"notice\":\"k\"",
            "\"startsAt\":\"2026-03-01T10:05:10Z\",\"endsAt\":\"2026-03-02T10:05:30Z\"");
    assertThat(alerts(Samples.notice("k", true)))
        .contains("\"endsAt\":\"2026-03-01T10:05:30Z\"")
        .doesNotContain("startsAt");
  }
}
