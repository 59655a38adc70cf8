package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ChannelHealthTest {

  private static Instant minute(int minute) {
    return Instant.parse("2026-03-01T10:00:00Z").plusSeconds(60L * minute);
  }

  @Test
  void aShortFailureIsNotTold() {
    ChannelHealth health = ChannelHealth.UNKNOWN.failed(minute(0), false).failed(minute(4), false);
    assertThat(health.failingSince()).isEqualTo(minute(0));
    assertThat(health.outageDueAt()).isEqualTo(minute(5));
    assertThat(health.isOutageTold()).isFalse();
    assertThat(health.sent(minute(4))).isEqualTo(new ChannelHealth(minute(4), null, null, null));
  }

  @Test
  void anOutageIsToldOnceAndSoIsItsEnd() {
    ChannelHealth health = ChannelHealth.UNKNOWN.sent(minute(0)).failed(minute(1), false);
    assertThat(health.waiting(minute(5))).isEqualTo(health);
    ChannelHealth told = health.waiting(minute(6));
    assertThat(told.isOutageTold()).isTrue();
    assertThat(told.outageToldAt()).isEqualTo(minute(6));
    assertThat(told.waiting(minute(90))).isEqualTo(told);
    assertThat(told.failed(minute(90), true)).isEqualTo(told);
    ChannelHealth over = told.sent(minute(91));
    assertThat(over.isOutageTold()).isFalse();
    assertThat(over.recoveryToldAt()).isEqualTo(minute(91));
    assertThat(over.sent(minute(92)).recoveryToldAt()).isEqualTo(minute(91));
  }

  @Test
  void aFailedAttemptTellsOfAnOutageToo() {
    ChannelHealth health = ChannelHealth.UNKNOWN.failed(minute(0), false);
    assertThat(health.failed(minute(5), false).isOutageTold()).isTrue();
  }

  @Test
  void whatIsGivenUpIsToldAtOnce() {
    ChannelHealth health = ChannelHealth.UNKNOWN.sent(minute(0)).failed(minute(1), true);
    assertThat(health.outageToldAt()).isEqualTo(minute(1));
    assertThat(health.failingSince()).isEqualTo(minute(1));
  }

  @Test
  void messagesThatAreRefusedNowAndThenAreNoFlood() {
    ChannelHealth health = ChannelHealth.UNKNOWN.failed(minute(0), true).sent(minute(1));
    health = health.failed(minute(2), true);
    assertThat(health.isOutageTold()).isFalse();
    assertThat(health.sent(minute(3)).recoveryToldAt()).isEqualTo(minute(1));
    assertThat(health.outageDueAt()).isEqualTo(minute(30));
    assertThat(health.waiting(minute(29)).isOutageTold()).isFalse();
    assertThat(health.waiting(minute(30)).isOutageTold()).isTrue();
    assertThat(health.failed(minute(31), true).outageToldAt()).isEqualTo(minute(31));
  }
}
