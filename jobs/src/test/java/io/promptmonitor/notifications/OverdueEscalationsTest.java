package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OverdueEscalationsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private static Outbox outbox;

  private final DeliveryCounts counts = new DeliveryCounts();
  private final OverdueEscalations overdue = escalations(counts);

  @BeforeAll
  static void open() {
    outbox = new Outbox(postgres.database());
  }

  @AfterAll
  static void closeOutbox() {
    outbox.close();
  }

  @BeforeEach
  void clear() {
    postgres.execute(
        "TRUNCATE promptmon.notification, promptmon.notification_message,"
            + " promptmon.alert_escalation, promptmon.alert");
  }

  private static OverdueEscalations escalations(DeliveryCounts counts) {
    return new OverdueEscalations(
        outbox,
        severity ->
            severity == Severity.CRITICAL ? List.of("slack", "pagerduty") : List.of("slack"),
        counts);
  }

  /** An escalation of which the next message is due so many minutes after it was written. */
  private static void escalating(String alertId, int dueAfter) {
    postgres.execute(
        "INSERT INTO promptmon.alert_escalation (alert_id, prompt_id, firing_since, due_at,"
            + " messages, updated_at) VALUES ('"
            + alertId
            + "', 'checkout', '"
            + START
            + "', timestamptz '"
            + START
            + "' + make_interval(mins => "
            + dueAfter
            + "), 1, '"
            + START
            + "')");
  }

  private boolean look(double minutes) throws Exception {
    return overdue.look(START.plus(Duration.ofSeconds((long) (minutes * 60))));
  }

  private static String told() {
    return postgres.query(
        "SELECT channel, content->'notice'->>'title', content->'notice'->>'over', status"
            + " FROM notification ORDER BY position");
  }

  @Test
  void isToldOnceWhenItLastsAndOnceWhenItIsOver() throws Exception {
    escalating("pm-1", 15);
    assertThat(look(16)).isFalse();
    assertThat(counts.overdueEscalations()).isZero();
    assertThat(look(17.5)).as("it may have just been started").isFalse();
    assertThat(counts.overdueEscalations()).isEqualTo(1);
    assertThat(look(18.5)).isTrue();
    String begun = "Escalation does not work: nobody was told of an alert in time|false|pending";
    assertThat(told()).isEqualTo("slack|" + begun + "\npagerduty|" + begun);
    assertThat(look(40)).isFalse();
    OverdueEscalations other = escalations(new DeliveryCounts());
    assertThat(other.look(START.plusSeconds(2400))).isFalse();
    assertThat(other.look(START.plusSeconds(2500))).as("another job").isFalse();
    postgres.execute("UPDATE promptmon.alert_escalation SET ended_at = now()");
    assertThat(other.look(START.plusSeconds(2600))).isTrue();
    assertThat(look(44)).isFalse();
    assertThat(counts.overdueEscalations()).isZero();
    assertThat(told().lines().skip(2))
        .containsExactly(
            "pagerduty|Escalation works again|true|pending",
            "slack|Escalation works again|true|pending");
  }

  @Test
  void isNotToldAgainSoonAfter() throws Exception {
    escalating("pm-1", 15);
    look(18);
    assertThat(look(19)).isTrue();
    postgres.execute("DELETE FROM promptmon.alert_escalation");
    assertThat(look(20)).isTrue();
    escalating("pm-2", 16);
    look(21);
    assertThat(look(22)).isFalse();
    assertThat(look(51)).isTrue();
  }

  @Test
  void whatAReplayWroteIsNotLate() throws Exception {
    escalating("pm-1", -60);
    assertThat(look(18)).isFalse();
    assertThat(look(20)).isFalse();
    assertThat(counts.overdueEscalations()).isZero();
    assertThat(told()).isEmpty();
  }

  @Test
  void aChannelThatIsToldOfCriticalAlertsOnlyIsNotToldOfWarnings() throws Exception {
    escalating("pm-1", 15);
    postgres.execute(
        "INSERT INTO promptmon.alert (alert_id, prompt_id, prompt_version, rule, kind, severity,"
            + " condition, hold, actions, phase, cause, pending_since, fired_at, flagged_for_review)"
            + " VALUES ('pm-1', 'checkout', '1.0.0', 'r', 'alert_rule', 'warning', 'c', '0', '{}',"
            + " 'firing', 'condition', now(), now(), false)");
    look(18);
    assertThat(look(19)).isTrue();
    assertThat(told().lines()).hasSize(1).allMatch(line -> line.startsWith("slack|"));
  }
}
