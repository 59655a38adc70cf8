package io.promptmonitor.jobs.notifications;

import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.jobs.sink.OutboxRow;
import io.promptmonitor.notifications.NotificationDelivery;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * Writes notifications into the outbox, and has them sent. A checkpoint waits until they are
 * written, never until they are sent; only the end of a job that ends waits for that, a while.
 */
final class NotificationWriter implements SinkWriter<Notification> {

  /** How long a job that ends goes on sending. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(30);

  private final SinkWriter<OutboxRow> outbox;
  private final NotificationDelivery delivery;

  NotificationWriter(SinkWriter<OutboxRow> outbox, NotificationDelivery delivery) {
    this.outbox = outbox;
    this.delivery = delivery;
  }

  @Override
  public void write(Notification notification, Context context)
      throws IOException, InterruptedException {
    String status = delivery.initialStatus(notification.channel()).label();
    outbox.write(new OutboxRow(notification, status), context);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    outbox.flush(endOfInput);
    if (endOfInput) {
      delivery.finish(LAST_WAIT);
    }
  }

  @Override
  public void close() throws Exception {
    try (outbox) {
      delivery.close();
    }
  }
}
