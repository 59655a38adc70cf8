package io.promptmonitor.jobs.notifications;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.sink.OutboxRow;
import io.promptmonitor.jobs.sink.OutboxWriters;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.notifications.DeliveryCounts;
import io.promptmonitor.notifications.DeliveryMode;
import io.promptmonitor.notifications.DeliverySettings;
import io.promptmonitor.notifications.NotificationDelivery;
import io.promptmonitor.notifications.channels.Environment;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.time.Clock;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Notifications into the outbox, and from there, in the background, to the channels. Of parallelism
 * 1, so that what is said about a prompt is written in the order in which it was said.
 *
 * <p>Secrets are read from the environment of the machine that sends, and never shipped.
 */
public final class NotificationSink implements Sink<Notification> {

  private static final long serialVersionUID = 1L;

  private static final String NAME = "notifications";

  /** People wait for what is written here. */
  private static final int BATCH_ROWS = 100;

  private static final long LINGER_MILLIS = 100;

  /** Whether the standard output is a terminal, which the launcher finds out: Java cannot. */
  private static final String TERMINAL = "promptmon.terminal.out";

  private final ChannelsConfig channels;
  private final AlertingConfig alerting;
  private final DeliveryMode mode;
  private final SinkOptions options;
  private final Environment environment;

  NotificationSink(
      DeploymentConfig config, DeliveryMode mode, SinkOptions sinks, Environment environment) {
    this.channels = config.channels();
    this.alerting = config.alerting();
    this.mode = mode;
    this.options = new SinkOptions(sinks.database(), BATCH_ROWS, LINGER_MILLIS, sinks.retry());
    this.environment = environment;
  }

  /**
   * Sends notifications.
   *
   * @param mode whether they are about now or from a replay
   * @param sinks where the outbox is
   */
  public static void attach(
      DataStream<Notification> notifications,
      DeploymentConfig config,
      DeliveryMode mode,
      SinkOptions sinks) {
    attach(notifications, new NotificationSink(config, mode, sinks, System::getenv));
  }

  static void attach(DataStream<Notification> notifications, NotificationSink sink) {
    notifications.sinkTo(sink).setParallelism(1).setMaxParallelism(1).name(NAME).uid(NAME);
  }

  @Override
  public SinkWriter<Notification> createWriter(WriterInitContext context) {
    boolean colours = Boolean.getBoolean(TERMINAL) && environment.get("NO_COLOR") == null;
    OpenChannels open = OpenChannels.of(channels, environment, Http.create(), System.out, colours);
    NotificationDelivery delivery =
        NotificationDelivery.start(
            options.database(), open, alerting, mode, DeliverySettings.DEFAULT, Clock.systemUTC());
    register(delivery.counts(), context.metricGroup());
    SinkWriter<OutboxRow> outbox = OutboxWriters.open(options, context, delivery::nudge);
    return new NotificationWriter(outbox, delivery);
  }

  private static void register(DeliveryCounts counts, MetricGroup metrics) {
    for (String name : counts.channels()) {
      DeliveryCounts.OfChannel channel = counts.channel(name);
      JobMetric.NOTIFICATIONS_SENT.gauge(metrics, name, channel::sent);
      JobMetric.NOTIFICATIONS_RETRIED.gauge(metrics, name, channel::retried);
      JobMetric.NOTIFICATIONS_FAILED.gauge(metrics, name, channel::failed);
    }
    JobMetric.NOTIFICATIONS_UNCONFIGURED.gauge(metrics, counts::unconfigured);
    JobMetric.NOTIFICATION_ERRORS.gauge(metrics, counts::errors);
    JobMetric.OUTBOX_PENDING.gauge(metrics, counts::pending);
    JobMetric.OUTBOX_OLDEST.gauge(metrics, counts::oldestPendingMillis);
    JobMetric.ESCALATIONS_OVERDUE.gauge(metrics, counts::overdueEscalations);
  }
}
