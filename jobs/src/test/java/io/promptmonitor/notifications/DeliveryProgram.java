package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.database.Database;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Sends what is in the outbox of a database to a webhook, until it is killed. */
public final class DeliveryProgram {

  private DeliveryProgram() {}

  public static void main(String[] args) throws InterruptedException {
    OpenChannels channels =
        OpenChannels.of(
            ChannelsConfig.defaults(),
            Map.of("PROMPTMON_CHANNEL_WEBHOOK_URL", args[1])::get,
            Http.create(),
            System.out,
            false);
    NotificationDelivery.start(
        Database.of(args[0]),
        channels,
        AlertingConfig.defaults(),
        DeliveryMode.LIVE,
        DeliverySettings.DEFAULT,
        Clock.systemUTC());
    TimeUnit.HOURS.sleep(1);
  }
}
