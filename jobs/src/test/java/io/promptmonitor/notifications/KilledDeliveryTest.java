package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that dies after it sent a notification, before it could write that. */
class KilledDeliveryTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @Test
  void whatMayNotHaveArrivedIsSentAgainAndRecognised() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.firing("n-1", "webhook", "checkout"),
        OutboxRows.firing("n-2", "webhook", "checkout"));
    try (Receiver receiver = new Receiver()) {
      receiver.next(receiver.hang());
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  DeliveryProgram.class.getName(),
                  postgres.url(),
                  receiver.url("/"))
              .inheritIO()
              .start();
      try {
        receiver.awaitRequests(1);
      } finally {
        process.destroyForcibly().onExit().join();
      }
      assertThat(statuses()).isEqualTo("n-1|pending|1\nn-2|pending|0");
      try (NotificationDelivery delivery = start(receiver)) {
        // Nobody sends it while the dead one's claim lasts.
        assertThat(delivery.finish(Duration.ofMillis(500))).isEqualTo(Map.of("webhook", 2L));
        assertThat(receiver.requests()).hasSize(1);
        postgres.execute(
            "UPDATE promptmon.notification SET claimed_until = claimed_until - interval '1 hour'"
                + " WHERE claimed_until IS NOT NULL");
        assertThat(delivery.finish(Duration.ofSeconds(60))).isEmpty();
      }
      assertThat(statuses()).isEqualTo("n-1|sent|2\nn-2|sent|1");
      assertThat(receiver.requests())
          .extracting(request -> request.headers().get("webhook-id"))
          .containsExactly("n-1", "n-1", "n-2");
      assertThat(receiver.bodies().get(1)).isEqualTo(receiver.bodies().get(0));
    }
  }

  private static String statuses() {
    return postgres.query(
        "SELECT notification_id, status, attempts FROM notification ORDER BY position");
  }

  private static NotificationDelivery start(Receiver receiver) {
    OpenChannels channels =
        OpenChannels.of(
            ChannelsConfig.defaults(),
            Map.of("PROMPTMON_CHANNEL_WEBHOOK_URL", receiver.url("/"))::get,
            Http.create(),
            System.out,
            false);
    return NotificationDelivery.start(
        postgres.database(),
        channels,
        AlertingConfig.defaults(),
        DeliveryMode.LIVE,
        DeliverySettings.DEFAULT,
        Clock.systemUTC());
  }
}
