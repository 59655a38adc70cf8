package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final RetrySchedule SCHEDULE = RetrySchedule.DEFAULT;

  private static Duration pause(int attempts, Duration wish) {
    return Duration.between(START, SCHEDULE.next(attempts, START, START, wish, 0));
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    assertThat(pause(1, null)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pause(2, null)).isEqualTo(Duration.ofSeconds(2));
    assertThat(pause(9, null)).isEqualTo(Duration.ofSeconds(256));
    assertThat(pause(10, null)).isEqualTo(Duration.ofMinutes(5));
    assertThat(pause(Integer.MAX_VALUE, null)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void theReceiversWishIsHonouredUpToALimit() {
    assertThat(pause(1, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(30));
    assertThat(pause(9, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(256));
    assertThat(pause(1, Duration.ofDays(7))).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void itIsGivenUpAfterSixHours() {
    Instant late = START.plus(Duration.ofHours(6)).minusSeconds(300);
    assertThat(SCHEDULE.next(80, START, late, null, 0)).isEqualTo(late.plusSeconds(300));
    assertThat(SCHEDULE.next(80, START, late.plusMillis(1), null, 0)).isNull();
  }

  @Property
  void chanceTakesAwayAtMostAHalf(
      @ForAll @IntRange(min = 1, max = 50) int attempts,
      @ForAll @DoubleRange(max = 1, maxIncluded = false) double random) {
    Duration full = pause(attempts, null);
    Duration pause = Duration.between(START, SCHEDULE.next(attempts, START, START, null, random));
    assertThat(pause).isBetween(full.dividedBy(2), full);
  }
}
