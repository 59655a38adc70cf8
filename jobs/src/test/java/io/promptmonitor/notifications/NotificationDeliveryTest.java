package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.notifications.NotificationDelivery.InitialStatus;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All channels at once, in the background, on the real clock. */
class NotificationDeliveryTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SECRET = "s3cr3t-t0ken-0123456789";

  private final Receiver slack = new Receiver();
  private final Receiver webhook = new Receiver();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final LogCapture log = new LogCapture();

  @BeforeEach
  void clear() {
    postgres.execute(
        "TRUNCATE promptmon.notification, promptmon.notification_message, promptmon.notification_channel");
  }

  @AfterEach
  void close() {
    slack.close();
    webhook.close();
    log.close();
  }

  private NotificationDelivery start(String yaml, DeliveryMode mode) {
    DeploymentConfig config = ConfigReader.read("c.yaml", yaml, DeploymentConfig::read);
    Map<String, String> environment = new HashMap<>();
    environment.put("PROMPTMON_CHANNEL_SLACK_URL", slack.url("/services/T0/B0/" + SECRET));
    environment.put("PROMPTMON_CHANNEL_WEBHOOK_URL", webhook.url("/" + SECRET));
    environment.put("PROMPTMON_CHANNEL_WEBHOOK_SECRET", SECRET);
    return start(config.channels(), config.alerting(), environment, mode);
  }

  private NotificationDelivery start(
      ChannelsConfig channels,
      AlertingConfig alerting,
      Map<String, String> environment,
      DeliveryMode mode) {
    OpenChannels open =
        OpenChannels.of(
            channels,
            environment::get,
            Http.create(LONG, LONG),
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            false);
    return NotificationDelivery.start(
        postgres.database(), open, alerting, mode, DeliverySettings.DEFAULT, Clock.systemUTC());
  }

  private void insert(String id, String channel, String prompt) {
    OutboxRows.insert(postgres.database(), OutboxRows.firing(id, channel, prompt));
  }

  @Test
  void aChannelThatHangsDelaysNeitherAnotherNorTheCaller() throws Exception {
    slack.otherwise(slack.hang());
    long started = System.nanoTime();
    try (NotificationDelivery delivery = start("", DeliveryMode.LIVE)) {
      insert("s", "slack", "checkout");
      delivery.nudge();
      slack.awaitRequests(1);
      for (int i = 0; i < 20; i++) {
        insert("w" + i, "webhook", "checkout");
        delivery.nudge();
      }
      webhook.awaitRequests(20);
      assertThat(
              postgres.query(
                  "SELECT status, claimed_by IS NULL FROM notification WHERE channel = 'slack'"))
          .isEqualTo("pending|f");
    }
    // It is let go, not waited for.
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(LONG);
    assertThat(
            postgres.query(
                "SELECT status, attempts, claimed_by, claimed_until FROM notification"
                    + " WHERE channel = 'slack'"))
        .isEqualTo("pending|1|NULL|NULL");
    assertThat(webhook.requests()).hasSize(20);
  }

  @Test
  void secretsAreInNoTableAndNoLog() throws Exception {
    slack.otherwise(Receiver.status(404, "no hook /services/T0/B0/" + SECRET));
    webhook.next(Receiver.status(500, "bad signature, expected that of " + SECRET));
    DeliveryCounts counts;
    try (NotificationDelivery delivery =
        start("escalation: {critical: {channels: [slack, webhook]}}", DeliveryMode.LIVE)) {
      counts = delivery.counts();
      insert("s", "slack", "checkout");
      insert("w", "webhook", "checkout");
      delivery.nudge();
      slack.awaitRequests(1);
      // A retry, and the notice that Slack does not work.
      webhook.awaitRequests(3);
      assertThat(delivery.finish(LONG)).isEmpty();
    }
    // Counted after they were settled, so only once the channels' threads have ended.
    assertThat(counts.failed()).isEqualTo(1);
    assertThat(counts.sent()).isEqualTo(2);
    assertThat(counts.retried()).isEqualTo(1);
    assertThat(postgres.query("SELECT status, count(*) FROM notification GROUP BY 1 ORDER BY 1"))
        .isEqualTo("failed|1\nsent|2");
    assertThat(postgres.query("SELECT n::text FROM notification n")).doesNotContain(SECRET);
    assertThat(postgres.query("SELECT c::text FROM notification_channel c"))
        .contains("no hook ***")
        .doesNotContain(SECRET);
    assertThat(String.join("\n", log.lines()))
        .contains("HTTP 404 no hook ***", "HTTP 500 bad signature, expected that of ***")
        .doesNotContain(SECRET);
    assertThat(String.join("\n", webhook.bodies())).doesNotContain(SECRET);
  }

  @Test
  void aReplayPrintsAndSendsNothing() throws Exception {
    try (NotificationDelivery delivery = start("", DeliveryMode.REPLAY)) {
      assertThat(delivery.initialStatus("slack")).isEqualTo(InitialStatus.RECORDED);
      assertThat(delivery.initialStatus("nobody")).isEqualTo(InitialStatus.RECORDED);
      assertThat(delivery.initialStatus("console")).isEqualTo(InitialStatus.PENDING);
      insert("s", "slack", "checkout");
      insert("c", "console", "checkout");
      assertThat(delivery.finish(LONG)).isEmpty();
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("[CRITICAL] Firing: Critical Error Rate, checkout 1.2.0\n  error_rate 12.5%")
        .doesNotContain("late");
    assertThat(slack.requests()).isEmpty();
    assertThat(postgres.query("SELECT notification_id, status FROM notification ORDER BY 1"))
        .isEqualTo("c|sent\ns|pending");
  }

  @Test
  void aReplayThatNotifiesSends() throws Exception {
    try (NotificationDelivery delivery = start("", DeliveryMode.NOTIFYING_REPLAY)) {
      assertThat(delivery.initialStatus("slack")).isEqualTo(InitialStatus.PENDING);
      insert("s", "slack", "checkout");
      assertThat(delivery.finish(LONG)).isEmpty();
    }
    assertThat(slack.bodies()).singleElement().asString().doesNotContain("late");
  }

  @Test
  void theEndIsNotWaitedForLong() throws Exception {
    slack.otherwise(Receiver.status(503, ""));
    webhook.otherwise(webhook.hang());
    try (NotificationDelivery delivery = start("", DeliveryMode.LIVE)) {
      insert("s1", "slack", "checkout");
      insert("s2", "slack", "checkout");
      assertThat(delivery.finish(LONG)).isEqualTo(Map.of("slack", 2L));
      insert("w", "webhook", "checkout");
      assertThat(delivery.finish(Duration.ofMillis(200))).containsEntry("webhook", 1L);
    }
    assertThat(slack.requests()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(log.lines())
        .anyMatch(
            line ->
                line.endsWith(
                    "2 notifications to the channel slack are left in the outbox, for the next run"
                        + " to send: HTTP 503"));
  }

  @Test
  void channelsThatAreMissingAreNamedOnceWithWhoNeedsThem() {
    try (NotificationDelivery delivery =
        start("channels: {team: {type: slack, url_env: NOT_SET}}", DeliveryMode.LIVE)) {
      assertThat(delivery.initialStatus("pagerduty")).isEqualTo(InitialStatus.UNCONFIGURED);
      assertThat(delivery.initialStatus("on_call_engineer")).isEqualTo(InitialStatus.UNCONFIGURED);
      assertThat(delivery.initialStatus("of-a-version")).isEqualTo(InitialStatus.UNCONFIGURED);
      assertThat(delivery.initialStatus("of-a-version")).isEqualTo(InitialStatus.UNCONFIGURED);
      assertThat(delivery.initialStatus("slack")).isEqualTo(InitialStatus.PENDING);
      assertThat(delivery.counts().unconfigured()).isEqualTo(4);
    }
    assertThat(log.lines())
        .filteredOn(line -> line.startsWith("WARN"))
        .containsExactlyInAnyOrder(
            "WARN nobody is told by the channel \"pagerduty\", which escalation.critical.channels"
                + " names: the environment variable PROMPTMON_CHANNEL_PAGERDUTY_ROUTING_KEY is not"
                + " set; this concerns the rules \"Critical Error Rate\", \"High Latency P95\","
                + " \"Low Success Rate\"",
            "WARN nobody is told by the channel \"on_call_engineer\", which"
                + " escalation.critical.escalate_to names: the configuration has no such entry in"
                + " \"channels\"; this concerns the rules \"Critical Error Rate\", \"High Latency"
                + " P95\", \"Low Success Rate\"",
            "WARN the channel \"team\" cannot be used: the environment variable NOT_SET is not set",
            "WARN nobody is told by the channel \"of-a-version\": the configuration has no such"
                + " entry in \"channels\"");
  }

  @Test
  void whatNobodyHasAChannelForIsGivenUpInTheEnd() throws Exception {
    insert("old", "gone", "checkout");
    // Another job has these channels, and has had no success for hours, or little.
    insert("tried", "pagerduty", "checkout");
    insert("held back", "pagerduty", "checkout");
    insert("slow", "email", "checkout");
    postgres.execute("UPDATE promptmon.notification SET received_at = now() - interval '2 hours'");
    postgres.execute(
        "UPDATE promptmon.notification SET next_attempt_at = now() - interval '3 minutes'"
            + " WHERE notification_id = 'tried'");
    postgres.execute(
        "INSERT INTO promptmon.notification_channel (channel, last_sent_at)"
            + " VALUES ('email', now() - interval '3 minutes')");
    insert("new", "another", "checkout");
    String statuses = "SELECT notification_id, status FROM notification ORDER BY position";
    try (NotificationDelivery delivery = start("", DeliveryMode.LIVE)) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (delivery.counts().unconfigured() == 0 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      assertThat(postgres.query(statuses).lines())
          .containsExactly(
              "old|unconfigured",
              "tried|pending",
              "held back|pending",
              "slow|pending",
              "new|pending");
    }
  }

  @Test
  void anErrorOfOurOwnEndsNoThread() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    Clock broken =
        new Clock() {
          @Override
          public Instant instant() {
            boolean channel = Thread.currentThread().getName().equals("notifications-slack");
            if (channel && fails.getAndSet(false)) {
              throw new IllegalStateException("nobody expects this");
            }
            return Instant.now();
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    insert("s", "slack", "checkout");
    OpenChannels open =
        OpenChannels.of(
            DeploymentConfig.defaults().channels(),
            Map.of("PROMPTMON_CHANNEL_SLACK_URL", slack.url("/"))::get,
            Http.create(LONG, LONG),
            System.out,
            false);
    try (NotificationDelivery delivery =
        NotificationDelivery.start(
            postgres.database(),
            open,
            DeploymentConfig.defaults().alerting(),
            DeliveryMode.LIVE,
            DeliverySettings.DEFAULT,
            broken)) {
      slack.awaitRequests(1);
      assertThat(delivery.counts().errors()).isEqualTo(1);
    }
    assertThat(log.lines())
        .filteredOn(line -> line.startsWith("ERROR"))
        .singleElement()
        .asString()
        .startsWith("ERROR java.lang.IllegalStateException in the channel slack, going on in 5 s")
        .doesNotContain("nobody expects this");
  }

  @Test
  void whileTheDatabaseIsAwayItTriesAgain() throws Exception {
    try (NotificationDelivery delivery = start("", DeliveryMode.LIVE)) {
      insert("a", "slack", "checkout");
      delivery.nudge();
      slack.awaitRequests(1);
      postgres.query(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      insert("b", "slack", "checkout");
      delivery.nudge();
      slack.awaitRequests(2);
      assertThat(delivery.finish(LONG)).isEmpty();
    }
    assertThat(slack.requests()).hasSize(2);
  }
}
