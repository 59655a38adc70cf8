package io.promptmonitor.jobs.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.notifications.DeliveryMode;
import io.promptmonitor.notifications.OutboxRows;
import io.promptmonitor.notifications.Receiver;
import io.promptmonitor.notifications.channels.Environment;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Notifications of a job, in the outbox and at the receivers. */
class NotificationSinkTest {

  @RegisterExtension static final TestCluster cluster = new TestCluster();
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private final Receiver receiver = new Receiver();

  @BeforeEach
  void clear() {
    postgres.execute(
        "TRUNCATE promptmon.notification, promptmon.notification_message, promptmon.notification_channel");
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private static Environment environment(String url) {
    HashMap<String, String> variables = new HashMap<>(Map.of("PROMPTMON_CHANNEL_WEBHOOK_URL", url));
    return variables::get;
  }

  private void run(DeliveryMode mode, List<Notification> notifications) throws Exception {
    StreamExecutionEnvironment job = cluster.environment(2, new Configuration());
    NotificationSink sink =
        new NotificationSink(
            DeploymentConfig.defaults(),
            mode,
            SinkOptions.of(postgres.database()),
            environment(receiver.url("/hook")));
    NotificationSink.attach(
        job.fromData(RecordTypeInfo.NOTIFICATION, notifications.toArray(Notification[]::new)),
        sink);
    job.execute("test");
  }

  private static List<Notification> notifications() {
    List<Notification> notifications = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      notifications.add(
          OutboxRows.of("w-" + i, "webhook", OutboxRows.alert("checkout", i, Reason.FIRING)));
    }
    notifications.add(OutboxRows.firing("p-0", "pagerduty", "checkout"));
    return notifications;
  }

  private static String statuses() {
    return postgres.query(
        "SELECT channel, status, count(*), bool_and((settled_at IS NULL) = (status = 'pending'))"
            + " FROM notification GROUP BY channel, status ORDER BY channel, status");
  }

  @Test
  void liveOnesAreSentInTheirOrderAndOnce() throws Exception {
    run(DeliveryMode.LIVE, notifications());
    assertThat(receiver.requests())
        .extracting(request -> request.headers().get("webhook-id"))
        .containsExactlyElementsOf(
            notifications().stream().limit(10).map(Notification::notificationId).toList());
    assertThat(statuses()).isEqualTo("pagerduty|unconfigured|1|t\nwebhook|sent|10|t");
    // The job restarts, or replays: the same messages are the same rows.
    run(DeliveryMode.LIVE, notifications());
    assertThat(receiver.requests()).hasSize(10);
    assertThat(statuses()).isEqualTo("pagerduty|unconfigured|1|t\nwebhook|sent|10|t");
  }

  @Test
  void thoseOfAReplayAreRecorded() throws Exception {
    run(DeliveryMode.REPLAY, notifications());
    assertThat(receiver.requests()).isEmpty();
    assertThat(statuses()).isEqualTo("pagerduty|recorded|1|t\nwebhook|recorded|10|t");
  }

  @Test
  void whatAReplayRecordedIsSentWhenItHappens() throws Exception {
    run(DeliveryMode.REPLAY, notifications());
    run(DeliveryMode.LIVE, notifications());
    assertThat(receiver.requests()).hasSize(10);
    assertThat(statuses()).isEqualTo("pagerduty|recorded|1|t\nwebhook|sent|10|t");
    run(DeliveryMode.REPLAY, notifications());
    assertThat(statuses()).isEqualTo("pagerduty|recorded|1|t\nwebhook|sent|10|t");
  }

  @Test
  void aJobThatEndsLeavesWhatCannotBeSentForTheNext() throws Exception {
    receiver.otherwise(Receiver.status(503, "busy"));
    List<Notification> one = List.of(OutboxRows.firing("w-0", "webhook", "checkout"));
    run(DeliveryMode.LIVE, one);
    assertThat(postgres.query("SELECT status, attempts >= 3, last_error FROM notification"))
        .isEqualTo("pending|t|HTTP 503 busy");
    receiver.otherwise(Receiver.status(200, ""));
    postgres.execute("UPDATE promptmon.notification SET next_attempt_at = NULL");
    run(DeliveryMode.LIVE, List.of(OutboxRows.firing("w-1", "webhook", "search")));
    assertThat(statuses()).isEqualTo("webhook|sent|2|t");
  }

  @Test
  void noSecretIsShipped() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(
          new NotificationSink(
              DeploymentConfig.defaults(),
              DeliveryMode.LIVE,
              SinkOptions.of(Database.of("postgresql://127.0.0.1:1/db")),
              System::getenv));
    }
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(System.getenv("PATH"));
  }
}
