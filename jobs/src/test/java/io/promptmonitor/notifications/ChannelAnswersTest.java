package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.notifications.channels.Channel;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each channel that speaks HTTP makes of each answer, and what is left of it in the outbox.
 */
class ChannelAnswersTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Instant START = OutboxRows.FIRED.plusSeconds(1);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Http HASTY = Http.create(LONG, SHORT);
  private static final Http PATIENT = Http.create(LONG, LONG);
  private static final String SECRET = "s3cr3t-t0ken-0123456789";

  private final Receiver receiver = new Receiver();
  private final ManualClock clock = new ManualClock(START);
  private final DeliveryCounts counts = new DeliveryCounts();
  private static Outbox outbox;

  @BeforeAll
  static void openOutbox() {
    outbox = new Outbox(postgres.database());
  }

  @AfterAll
  static void closeOutbox() {
    outbox.close();
  }

  @BeforeEach
  void clear() {
    postgres.execute(
        "TRUNCATE promptmon.notification, promptmon.notification_message, promptmon.notification_channel");
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private ChannelDelivery delivery(String name) {
    return delivery(name, PATIENT);
  }

  private ChannelDelivery delivery(String name, Http http) {
    ChannelsConfig config =
        ConfigReader.read(
                "c.yaml",
                "channels: {pagerduty: {url: \"" + receiver.url("/v2/enqueue") + "\"}}",
                DeploymentConfig::read)
            .channels();
    Map<String, String> environment =
        Map.of(
            "PROMPTMON_CHANNEL_SLACK_URL",
            receiver.url("/services/T0/B0/" + SECRET),
            "PROMPTMON_CHANNEL_PAGERDUTY_ROUTING_KEY",
            SECRET,
            "PROMPTMON_CHANNEL_WEBHOOK_URL",
            receiver.url("/hook?token=" + SECRET),
            "PROMPTMON_CHANNEL_WEBHOOK_SECRET",
            SECRET,
            "PROMPTMON_CHANNEL_ALERTMANAGER_URL",
            receiver.url("/"),
            "PROMPTMON_CHANNEL_ALERTMANAGER_TOKEN",
            SECRET);
    Channel channel =
        OpenChannels.of(config, environment::get, http, System.out, false).channels().get(name);
    return new ChannelDelivery(
        name,
        channel,
        outbox,
        "me",
        new OutageNotices(name, List.of()),
        DeliverySettings.DEFAULT,
        false,
        clock,
        () -> 0,
        counts);
  }

  static List<Arguments> everyAnswer() {
    List<Arguments> cases = new ArrayList<>();
    for (String channel : List.of("slack", "pagerduty", "webhook", "alertmanager")) {
      for (String answer : List.of("ok", "429", "400", "500", "hang", "close")) {
        cases.add(Arguments.of(channel, answer));
      }
    }
    for (String answer : List.of("404", "redirect", "half", "long")) {
      cases.add(Arguments.of("slack", answer));
    }
    return cases;
  }

  private Receiver.Answer answer(String name, String channel) {
    return switch (name) {
      case "ok" -> Receiver.status(channel.equals("pagerduty") ? 202 : 200, "ok");
      case "429" -> Receiver.status(429, "slow down", "Retry-After: 30");
      case "400" -> Receiver.status(400, "no such thing as " + SECRET);
      case "404" -> Receiver.status(404, "no_service");
      case "500" -> Receiver.status(500, "oops");
      case "redirect" -> Receiver.status(302, "", "Location: http://example.com/elsewhere");
      case "hang" -> receiver.hang();
      case "half" -> receiver.hangAfter(200);
      case "close" -> Receiver.hangUp();
      case "long" -> Receiver.status(500, "x".repeat(5_000_000));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Status, attempts, seconds until the next attempt, and the error. */
  private static String expected(String answer) {
    return switch (answer) {
      case "ok" -> "sent|1|NULL|NULL";
      case "429" -> "pending|1|30|HTTP 429 slow down";
      case "400" -> "failed|1|NULL|HTTP 400 no such thing as ***";
      case "404" -> "failed|1|NULL|HTTP 404 no_service";
      case "500" -> "pending|1|1|HTTP 500 oops";
      case "redirect" -> "failed|1|NULL|HTTP 302";
      case "hang", "half" -> "pending|1|1|no answer from 127.0.0.1 within 300 ms";
      case "close" -> "pending|1|1|127.0.0.1 closed the connection";
      case "long" -> "pending|1|1|HTTP 500 " + "x".repeat(290) + "…";
      default -> throw new IllegalArgumentException(answer);
    };
  }

  @ParameterizedTest(name = "{0} answers {1}")
  @MethodSource("everyAnswer")
  void everyAnswerLeadsToAState(String channel, String answer) throws Exception {
    OutboxRows.insert(postgres.database(), OutboxRows.firing("n-1", channel, "checkout"));
    receiver.next(answer(answer, channel));
    boolean silent = answer.equals("hang") || answer.equals("half");
    ChannelDelivery delivery = delivery(channel, silent ? HASTY : PATIENT);
    delivery.step();
    assertThat(
            postgres.query(
                "SELECT status, attempts, extract(epoch FROM next_attempt_at - '"
                    + START
                    + "')::integer, last_error FROM notification"))
        .isEqualTo(expected(answer));
    assertThat(receiver.requests()).hasSize(1);
    boolean settled = !expected(answer).startsWith("pending");
    assertThat(
            postgres.query(
                "SELECT settled_at IS NOT NULL, claimed_by IS NULL, claimed_until IS NULL,"
                    + " jsonb_array_length(attempt_log), attempt_log->0->>'result'"
                    + " FROM notification"))
        .isEqualTo(
            (settled ? "t" : "f")
                + "|t|t|1|"
                + (answer.equals("ok") ? "sent" : settled ? "refused" : "retry"));
    // Nothing more is done until it is due, and then it gets through.
    delivery.step();
    assertThat(receiver.requests()).hasSize(1);
    clock.advance(Duration.ofSeconds(30));
    (silent ? delivery(channel, PATIENT) : delivery).step();
    assertThat(receiver.requests()).hasSize(settled ? 1 : 2);
    if (!settled) {
      assertThat(postgres.query("SELECT status, attempts, last_error FROM notification"))
          .isEqualTo("sent|2|NULL");
      // By what the receiver recognises it: it is said twice in the same words.
      assertThat(receiver.bodies().get(1).replaceAll("\"endsAt\":\"[^\"]*\"", ""))
          .isEqualTo(receiver.bodies().get(0).replaceAll("\"endsAt\":\"[^\"]*\"", ""));
      assertThat(receiver.requests().get(1).headers().get("webhook-id"))
          .isEqualTo(receiver.requests().get(0).headers().get("webhook-id"));
    }
    assertThat(postgres.query("SELECT n::text FROM notification n")).doesNotContain(SECRET);
    assertThat(postgres.query("SELECT c::text FROM notification_channel c")).doesNotContain(SECRET);
    assertThat(counts.sent() + counts.failed()).isEqualTo(1);
    assertThat(counts.retried()).isEqualTo(settled ? 0 : 1);
  }

  @Test
  void whatCannotBeConnectedToIsTriedAgain() throws Exception {
    OutboxRows.insert(postgres.database(), OutboxRows.firing("n-1", "slack", "checkout"));
    ChannelDelivery delivery = delivery("slack");
    receiver.close();
    delivery.step();
    assertThat(postgres.query("SELECT status, last_error FROM notification"))
        .isEqualTo("pending|cannot connect to 127.0.0.1");
  }

  @Test
  void aDateIsHonouredToo() throws Exception {
    OutboxRows.insert(postgres.database(), OutboxRows.firing("n-1", "slack", "checkout"));
    receiver.next(Receiver.status(429, "", "Retry-After: Sun, 01 Mar 2026 10:10:01 GMT"));
    delivery("slack").step();
    assertThat(
            postgres.query(
                "SELECT extract(epoch FROM next_attempt_at - '"
                    + START
                    + "')::integer FROM notification"))
        .isEqualTo("600");
  }

  @Test
  void aWebhookIsSigned() throws Exception {
    Notification notification = OutboxRows.firing("n-1", "webhook", "checkout");
    OutboxRows.insert(postgres.database(), notification);
    delivery("webhook").step();
    Receiver.Request request = receiver.requests().get(0);
    assertThat(NotificationJson.read(request.body())).isEqualTo(notification);
    assertThat(request.path()).isEqualTo("/hook?token=" + SECRET);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signed = "n-1." + START.getEpochSecond() + "." + request.body();
    assertThat(request.headers())
        .containsEntry("webhook-id", "n-1")
        .containsEntry("webhook-timestamp", Long.toString(START.getEpochSecond()))
        .containsEntry(
            "webhook-signature",
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))))
        .containsEntry("content-type", "application/json");
  }

  @Test
  void pagerDutyAndAlertmanagerAreToldWhoWeAre() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.firing("n-1", "pagerduty", "checkout"),
        OutboxRows.firing("n-2", "alertmanager", "checkout"));
    delivery("pagerduty").step();
    delivery("alertmanager").step();
    assertThat(receiver.requests().get(0).body())
        .contains("\"routing_key\":\"" + SECRET + "\"", "\"dedup_key\":\"pm-checkout-1\"");
    assertThat(receiver.requests().get(1).path()).isEqualTo("/api/v2/alerts");
    assertThat(receiver.requests().get(1).headers())
        .containsEntry("authorization", "Bearer " + SECRET);
  }

  @Test
  void pagerDutyGoesOnAfterAnEventThatItRefuses() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.of(
            "n-1",
            "pagerduty",
            OutboxRows.alert("checkout", 1, Reason.FIRING),
            OutboxRows.alert("checkout", 2, Reason.FIRING),
            OutboxRows.alert("checkout", 3, Reason.FIRING)));
    receiver.next(
        Receiver.status(400, "no such thing as " + SECRET),
        Receiver.status(202, ""),
        Receiver.status(500, ""));
    ChannelDelivery delivery = delivery("pagerduty");
    delivery.step();
    clock.advance(Duration.ofSeconds(2));
    receiver.otherwise(Receiver.status(202, ""));
    delivery.step();
    assertThat(receiver.bodies())
        .extracting(body -> body.replaceAll(".*\"dedup_key\":\"([^\"]*)\".*", "$1"))
        .containsExactly("pm-checkout-1", "pm-checkout-2", "pm-checkout-3", "pm-checkout-3");
    assertThat(postgres.query("SELECT status, last_error FROM notification"))
        .isEqualTo(
            "failed|1 of 3 events were refused: HTTP 400 no such thing as ***: pm-checkout-1");
  }

  @Test
  void pagerDutyGoesOnWhereItWasInterrupted() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.of(
            "n-1",
            "pagerduty",
            OutboxRows.alert("checkout", 1, Reason.FIRING),
            OutboxRows.alert("checkout", 2, Reason.FIRING),
            OutboxRows.alert("checkout", 3, Reason.RESOLVED)));
    receiver.next(Receiver.status(202, "ok"), Receiver.status(429, ""));
    ChannelDelivery delivery = delivery("pagerduty");
    delivery.step();
    clock.advance(Duration.ofSeconds(2));
    delivery.step();
    assertThat(receiver.bodies())
        .extracting(body -> body.replaceAll(".*\"dedup_key\":\"([^\"]*)\".*", "$1"))
        .containsExactly("pm-checkout-1", "pm-checkout-2", "pm-checkout-2", "pm-checkout-3");
    assertThat(postgres.query("SELECT status, attempts FROM notification")).isEqualTo("sent|2");
  }
}
