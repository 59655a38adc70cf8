package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.notifications.channels.Channel;
import io.promptmonitor.notifications.channels.Outcome;
import io.promptmonitor.notifications.channels.RefreshedChannel;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Order, retries, claims and outages, step by step, on a clock that is set by hand. */
class ChannelDeliveryTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Instant START = OutboxRows.FIRED;
  private static final String CHANNEL = "slack";

  private final ManualClock clock = new ManualClock(START);
  private final DeliveryCounts counts = new DeliveryCounts();
  private final TestChannel channel = new TestChannel();
  private final List<Outbox> opened = new ArrayList<>();

  /** Answers as it is told, by notification, and remembers what it was given. */
  private static class TestChannel implements Channel {
    final List<String> sent = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    final Map<String, Outcome> outcomes = new HashMap<>();
    Runnable whileSending = () -> {};

    @Override
    public Outcome send(Notification notification, NotificationText text, Instant now) {
      sent.add(notification.notificationId());
      texts.add(text.plain());
      whileSending.run();
      return outcomes.getOrDefault(notification.notificationId(), Outcome.sent("ok"));
    }

    @Override
    public Duration longestAttempt() {
      return Duration.ofSeconds(10);
    }
  }

  @BeforeEach
  void clear() {
    postgres.execute(
        "TRUNCATE promptmon.notification, promptmon.notification_message, promptmon.notification_channel,"
            + " promptmon.alert_escalation");
  }

  @AfterEach
  void close() {
    opened.forEach(Outbox::close);
  }

  private Outbox outbox() {
    Outbox outbox = new Outbox(postgres.database());
    opened.add(outbox);
    return outbox;
  }

  private ChannelDelivery delivery(String claimant, Channel with, String... others) {
    return new ChannelDelivery(
        CHANNEL,
        with,
        outbox(),
        claimant,
        new OutageNotices(CHANNEL, List.of(others)),
        DeliverySettings.DEFAULT,
        false,
        clock,
        () -> 0,
        counts);
  }

  private ChannelDelivery delivery(String... others) {
    return delivery("me", channel, others);
  }

  private void insert(String... idsAndPrompts) {
    for (int i = 0; i < idsAndPrompts.length; i += 2) {
      OutboxRows.insert(
          postgres.database(), OutboxRows.firing(idsAndPrompts[i], CHANNEL, idsAndPrompts[i + 1]));
    }
  }

  /** Steps until nothing is to be done at this time. */
  private Instant run(ChannelDelivery delivery) throws Exception {
    Instant wakeUp = delivery.step();
    while (!wakeUp.isAfter(clock.instant())) {
      wakeUp = delivery.step();
    }
    return wakeUp;
  }

  private String statuses() {
    return postgres.query(
        "SELECT notification_id, status, attempts FROM notification ORDER BY position");
  }

  @Test
  void whatIsWrittenFirstIsSentFirst() throws Exception {
    insert("b", "checkout", "a", "search", "c", "checkout");
    assertThat(run(delivery())).isEqualTo(START.plusSeconds(5));
    assertThat(channel.sent).containsExactly("b", "a", "c");
    assertThat(statuses()).isEqualTo("b|sent|1\na|sent|1\nc|sent|1");
    assertThat(counts.sent()).isEqualTo(3);
  }

  @Test
  void aRetryHoldsBackLaterOnesAboutTheSamePromptOnly() throws Exception {
    insert("a1", "a", "a2", "a", "b1", "b", "a3", "a", "b2", "b");
    channel.outcomes.put("a1", Outcome.retry("HTTP 500"));
    ChannelDelivery delivery = delivery();
    assertThat(run(delivery)).isEqualTo(START.plusSeconds(1));
    assertThat(channel.sent).containsExactly("a1", "b1", "b2");
    channel.outcomes.clear();
    clock.advance(Duration.ofSeconds(1));
    run(delivery);
    assertThat(channel.sent).containsExactly("a1", "b1", "b2", "a1", "a2", "a3");
  }

  /** Says of a notification what it says, as the job does. */
  private static void says(String id, String alertId, String reason, int repetition) {
    postgres.execute(
        "INSERT INTO promptmon.notification_message VALUES ('"
            + String.join("', '", CHANNEL, alertId, reason)
            + "', "
            + repetition
            + ", '"
            + id
            + "')");
  }

  @Test
  void aRepetitionIsNotSentIfSomethingNewerWaits() throws Exception {
    insert("f", "a", "r2", "a", "r3", "a", "both", "a", "r4", "a", "end", "a");
    says("f", "pm-1", "firing", 0);
    says("r2", "pm-1", "repeated", 2);
    says("r3", "pm-1", "repeated", 3);
    says("both", "pm-1", "repeated", 4);
    says("both", "pm-2", "firing", 0);
    says("r4", "pm-2", "repeated", 2);
    says("end", "pm-1", "resolved", 0);
    run(delivery());
    assertThat(channel.sent).containsExactly("f", "both", "r4", "end");
    assertThat(statuses())
        .isEqualTo(
            "f|sent|1\nr2|superseded|0\nr3|superseded|0\nboth|sent|1\nr4|sent|1\nend|sent|1");
  }

  @Test
  void whatIsRefusedHoldsBackNothing() throws Exception {
    insert("a1", "a", "a2", "a");
    channel.outcomes.put("a1", Outcome.refused("HTTP 400"));
    run(delivery());
    assertThat(statuses()).isEqualTo("a1|failed|1\na2|sent|1");
    assertThat(counts.failed()).isEqualTo(1);
  }

  @Test
  void aReceiverThatWantsToBeLeftAloneIs() throws Exception {
    insert("a", "a", "b", "b");
    channel.outcomes.put("a", new Outcome(Outcome.Kind.RETRY, "HTTP 429", Duration.ofSeconds(40)));
    ChannelDelivery delivery = delivery();
    assertThat(run(delivery)).isEqualTo(START.plusSeconds(40));
    clock.advance(Duration.ofSeconds(39));
    run(delivery);
    assertThat(channel.sent).containsExactly("a");
    channel.outcomes.clear();
    clock.advance(Duration.ofSeconds(1));
    run(delivery);
    assertThat(channel.sent).containsExactly("a", "a", "b");
  }

  @Test
  void thePaceIsKept() throws Exception {
    insert("a", "a", "b", "b");
    Channel slow =
        new TestChannel() {
          @Override
          public Outcome send(Notification notification, NotificationText text, Instant now) {
            return channel.send(notification, text, now);
          }

          @Override
          public Duration pace() {
            return Duration.ofSeconds(1);
          }
        };
    ChannelDelivery delivery = delivery("me", slow);
    assertThat(run(delivery)).isEqualTo(START.plusSeconds(1));
    assertThat(channel.sent).containsExactly("a");
    clock.advance(Duration.ofSeconds(1));
    run(delivery);
    assertThat(channel.sent).containsExactly("a", "b");
  }

  @Test
  void pausesGrowAndAfterSixHoursItIsGivenUp() throws Exception {
    insert("a", "a");
    channel.outcomes.put("a", Outcome.retry("HTTP 503"));
    ChannelDelivery delivery = delivery();
    List<Long> pauses = new ArrayList<>();
    String next = "0";
    while (!next.equals("NULL")) {
      Instant before = clock.instant();
      run(delivery);
      next = postgres.query("SELECT extract(epoch FROM next_attempt_at)::bigint FROM notification");
      if (!next.equals("NULL")) {
        clock.set(Instant.ofEpochSecond(Long.parseLong(next)));
        pauses.add(Duration.between(before, clock.instant()).toSeconds());
      }
    }
    assertThat(pauses)
        .startsWith(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L)
        .hasSize(79);
    assertThat(Duration.between(START, clock.instant()))
        .isBetween(Duration.ofMinutes(355), Duration.ofHours(6));
    assertThat(
            postgres.query(
                "SELECT status, attempts, jsonb_array_length(attempt_log), attempt_log->0->>'at',"
                    + " last_error, first_attempt_at = '"
                    + START
                    + "', next_attempt_at FROM notification"))
        .isEqualTo("failed|80|10|2026-03-01T10:00:00Z|HTTP 503|t|NULL");
    assertThat(counts.retried()).isEqualTo(79);
  }

  @Test
  void aClaimKeepsOthersAwayUntilItRunsOut() throws Exception {
    insert("a1", "a", "a2", "a", "b1", "b");
    Outbox dead = outbox();
    assertThat(dead.claim(CHANNEL, "dead", START, Duration.ofSeconds(40)).notificationId())
        .isEqualTo("a1");
    ChannelDelivery delivery = delivery();
    run(delivery);
    assertThat(channel.sent).containsExactly("b1");
    clock.advance(Duration.ofSeconds(39));
    run(delivery);
    assertThat(channel.sent).containsExactly("b1");
    clock.advance(Duration.ofSeconds(1));
    run(delivery);
    assertThat(channel.sent).containsExactly("b1", "a1", "a2");
    assertThat(statuses()).isEqualTo("a1|sent|2\na2|sent|1\nb1|sent|1");
  }

  @Test
  void whoeverLostItsClaimWritesNothing() throws Exception {
    insert("a", "a");
    channel.whileSending =
        () ->
            postgres.execute(
                "UPDATE promptmon.notification SET claimed_by = 'other', attempts = attempts + 1");
    channel.outcomes.put("a", Outcome.refused("HTTP 400"));
    run(delivery());
    assertThat(postgres.query("SELECT status, claimed_by, attempts FROM notification"))
        .isEqualTo("pending|other|2");
    assertThat(postgres.query("SELECT count(*) FROM notification_channel")).isEqualTo("0");
  }

  @Test
  void twoAtOnceNeverSendTheSame() throws Exception {
    List<String> ids = new ArrayList<>();
    List<Notification> notifications = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String id = "n-%03d".formatted(i);
      ids.add(id);
      notifications.add(OutboxRows.firing(id, CHANNEL, "prompt-" + i % 20));
    }
    OutboxRows.insert(postgres.database(), notifications.toArray(Notification[]::new));
    List<TestChannel> channels = List.of(new TestChannel(), new TestChannel(), new TestChannel());
    List<Thread> threads = new ArrayList<>();
    AtomicInteger failures = new AtomicInteger();
    List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
    for (TestChannel each : channels) {
      each.whileSending = () -> order.add(each.sent.get(each.sent.size() - 1));
      ChannelDelivery delivery = delivery("claimant-" + threads.size(), each);
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (order.size() < 200) {
                    delivery.step();
                  }
                } catch (Exception e) {
                  failures.incrementAndGet();
                }
              });
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasValue(0);
    assertThat(order).containsExactlyInAnyOrderElementsOf(ids);
    // Of each prompt in their order, whoever sent them.
    Map<Integer, List<String>> byPrompt =
        order.stream().collect(Collectors.groupingBy(id -> Integer.parseInt(id.substring(2)) % 20));
    assertThat(byPrompt.values()).allSatisfy(sent -> assertThat(sent).isSorted());
    assertThat(postgres.query("SELECT DISTINCT status, attempts FROM notification"))
        .isEqualTo("sent|1");
  }

  @Test
  void whatWasSentWhenTheDatabaseWentAwayIsWrittenLater() throws Exception {
    insert("a", "a");
    Runnable cut =
        () ->
            postgres.query(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    channel.whileSending = cut;
    ChannelDelivery delivery = delivery();
    assertThatThrownBy(delivery::step).isInstanceOf(SQLException.class);
    assertThat(postgres.query("SELECT status FROM notification")).isEqualTo("pending");
    channel.whileSending = () -> {};
    run(delivery);
    assertThat(channel.sent).containsExactly("a");
    assertThat(statuses()).isEqualTo("a|sent|1");
  }

  @Test
  void aContentOfNobodyIsRefused() throws Exception {
    insert("a", "a");
    postgres.execute("UPDATE promptmon.notification SET content = '[]'");
    run(delivery());
    assertThat(channel.sent).isEmpty();
    assertThat(postgres.query("SELECT status, last_error FROM notification"))
        .isEqualTo("failed|the content of the notification cannot be read");
  }

  @Test
  void anErrorOfOursIsNoEnd() throws Exception {
    insert("a", "a");
    channel.whileSending =
        () -> {
          throw new IllegalStateException("sesame");
        };
    ChannelDelivery delivery = delivery();
    run(delivery);
    assertThat(postgres.query("SELECT status, last_error FROM notification"))
        .isEqualTo("pending|an error in the monitor itself: java.lang.IllegalStateException");
  }

  @Test
  void whatComesLateSaysSoUnlessItIsAReplay() throws Exception {
    insert("a", "a");
    clock.advance(Duration.ofHours(2));
    run(delivery());
    assertThat(channel.texts.get(0))
        .endsWith("This message was due at 2026-03-01 10:00:00 UTC and comes 2 h late.");
    insert("b", "b");
    run(
        new ChannelDelivery(
            CHANNEL,
            channel,
            outbox(),
            "me",
            new OutageNotices(CHANNEL, List.of()),
            DeliverySettings.DEFAULT,
            true,
            clock,
            () -> 0,
            counts));
    assertThat(channel.texts.get(1)).doesNotContain("late");
  }

  @Test
  void anOutageIsToldOnTheOtherChannelsOnceAndSoIsItsEnd() throws Exception {
    insert("a", "a");
    channel.outcomes.put("a", Outcome.retry("HTTP 503"));
    ChannelDelivery delivery = delivery("pagerduty", "email");
    List<Instant> wakeUps = new ArrayList<>();
    while (clock.instant().isBefore(START.plus(Duration.ofMinutes(20)))) {
      clock.set(run(delivery));
      wakeUps.add(clock.instant());
    }
    // To the second, though no attempt was due then.
    assertThat(wakeUps).contains(START.plusSeconds(300));
    assertThat(
            postgres.query(
                "SELECT failing_since = '"
                    + START
                    + "', outage_told_at = '"
                    + START.plusSeconds(300)
                    + "', last_error, last_sent_at FROM notification_channel"))
        .isEqualTo("t|t|HTTP 503|NULL");
    String notices =
        "SELECT channel, status, content->'notice'->>'title', content->'notice'->>'over',"
            + " content->'notice'->>'dedup_key' FROM notification WHERE prompt_id = ''"
            + " ORDER BY position";
    String key = "promptmon-channel-slack-1772359500000";
    String fails = "The notification channel slack does not work: nobody may have been told";
    assertThat(postgres.query(notices))
        .isEqualTo(
            "pagerduty|pending|%s|false|%s\nemail|pending|%s|false|%s"
                .formatted(fails, key, fails, key));
    assertThat(
            postgres.query(
                "SELECT content->'notice'->'lines' FROM notification WHERE channel = 'email'"))
        .contains(
            "It has failed since 2026-03-01T10:00:00Z.",
            "The last answer: HTTP 503",
            "1 notification waits");
    // Another process does not tell again.
    ChannelDelivery restarted = delivery("pagerduty", "email");
    run(restarted);
    assertThat(postgres.query("SELECT count(*) FROM notification")).isEqualTo("3");
    channel.outcomes.clear();
    clock.advance(Duration.ofMinutes(5));
    run(restarted);
    String works = "The notification channel slack works again";
    assertThat(postgres.query(notices).lines().skip(2))
        .containsExactly(
            "pagerduty|pending|%s|true|%s".formatted(works, key),
            "email|pending|%s|true|%s".formatted(works, key));
    assertThat(postgres.query("SELECT failing_since, last_error FROM notification_channel"))
        .isEqualTo("NULL|NULL");
    run(delivery);
    assertThat(postgres.query("SELECT count(*) FROM notification")).isEqualTo("5");
  }

  @Test
  void whatIsGivenUpIsToldAtOnce() throws Exception {
    insert("a", "a");
    channel.outcomes.put("a", Outcome.refused("HTTP 404 no_service"));
    run(delivery("pagerduty"));
    assertThat(
            postgres.query(
                "SELECT content->'notice'->>'severity', content->'notice'->'lines'->>1"
                    + " FROM notification WHERE channel = 'pagerduty'"))
        .isEqualTo("critical|The last answer: HTTP 404 no_service");
  }

  @Test
  void nobodyIsToldOfAnOutageThatSomebodyElseEnded() throws Exception {
    insert("a", "a");
    channel.outcomes.put("a", Outcome.retry("HTTP 503"));
    ChannelDelivery delivery = delivery("pagerduty");
    run(delivery);
    postgres.execute(
        "UPDATE promptmon.notification_channel SET failing_since = NULL, last_error = NULL,"
            + " last_sent_at = now()");
    clock.set(START.plusSeconds(300));
    postgres.execute("UPDATE promptmon.notification SET next_attempt_at = 'infinity'");
    run(delivery);
    assertThat(postgres.query("SELECT count(*) FROM notification")).isEqualTo("1");
  }

  /** Remembers which alerts it is told of again. */
  private static final class RefreshedTestChannel extends TestChannel implements RefreshedChannel {
    final List<List<String>> refreshed = new ArrayList<>();
    Outcome outcome = Outcome.sent("ok");

    @Override
    public Duration refreshEvery() {
      return Duration.ofMinutes(1);
    }

    @Override
    public Outcome refresh(List<AlertMessage> firing, Instant now) {
      refreshed.add(firing.stream().map(a -> a.alertId() + " " + a.reason()).toList());
      return outcome;
    }
  }

  private static void escalation(String alertId, String prompt, boolean ended) {
    postgres.execute(
        "INSERT INTO promptmon.alert_escalation (alert_id, prompt_id, firing_since, told_at,"
            + " messages, ended_at) VALUES ('%s', '%s', now(), now(), 1, %s)"
                .formatted(alertId, prompt, ended ? "now()" : "NULL"));
  }

  @Test
  void whatStillFiresIsSaidAgainAndAgain() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.of("n-1", CHANNEL, OutboxRows.alert("a", 1, Reason.FIRING)),
        OutboxRows.of("n-2", CHANNEL, OutboxRows.alert("a", 1, Reason.REPEATED)),
        OutboxRows.of(
            "n-3",
            CHANNEL,
            OutboxRows.alert("b", 1, Reason.FIRING),
            OutboxRows.alert("b", 2, Reason.FIRING)),
        OutboxRows.of("n-4", "pagerduty", OutboxRows.alert("c", 1, Reason.FIRING)));
    escalation("pm-a-1", "a", false);
    escalation("pm-b-1", "b", true);
    escalation("pm-b-2", "b", false);
    escalation("pm-c-1", "c", false);
    RefreshedTestChannel refreshed = new RefreshedTestChannel();
    ChannelDelivery delivery = delivery("me", refreshed);
    run(delivery);
    assertThat(refreshed.refreshed).isEmpty();
    clock.advance(Duration.ofSeconds(58));
    assertThat(run(delivery)).isEqualTo(START.plusSeconds(60));
    clock.set(START.plusSeconds(60));
    run(delivery);
    clock.advance(Duration.ofSeconds(60));
    postgres.execute("UPDATE promptmon.alert_escalation SET ended_at = now()");
    run(delivery);
    assertThat(refreshed.refreshed).containsExactly(List.of("pm-a-1 REPEATED", "pm-b-2 FIRING"));
  }

  @Test
  void anAlertThatCannotBeSaidAgainIsAnOutage() throws Exception {
    OutboxRows.insert(
        postgres.database(),
        OutboxRows.of("n-1", CHANNEL, OutboxRows.alert("a", 1, Reason.FIRING)));
    escalation("pm-a-1", "a", false);
    RefreshedTestChannel refreshed = new RefreshedTestChannel();
    ChannelDelivery delivery = delivery("me", refreshed, "pagerduty");
    run(delivery);
    refreshed.outcome = Outcome.retry("HTTP 502");
    for (int minute = 1; minute <= 6; minute++) {
      clock.set(START.plusSeconds(60L * minute));
      run(delivery);
    }
    assertThat(postgres.query("SELECT count(*) FROM notification WHERE channel = 'pagerduty'"))
        .isEqualTo("1");
    refreshed.outcome = Outcome.sent("ok");
    clock.advance(Duration.ofMinutes(1));
    run(delivery);
    assertThat(postgres.query("SELECT count(*) FROM notification WHERE channel = 'pagerduty'"))
        .isEqualTo("2");
  }
}
