package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private static long[] pauses(int n, double random) {
    return IntStream.rangeClosed(1, n)
        .mapToLong(attempt -> RetryPolicy.DEFAULT.pauseMillis(attempt, random))
        .toArray();
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    assertThat(pauses(9, 0)).containsExactly(100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000);
  }

  @Test
  void jitterShortensByUpToAHalf() {
    assertThat(pauses(9, 0.5)).containsExactly(75, 150, 300, 600, 1200, 2400, 4800, 7500, 7500);
    assertThat(pauses(9, Math.nextDown(1.0)))
        .containsExactly(51, 101, 201, 401, 801, 1601, 3201, 5001, 5001);
  }

  @Test
  void doesNotOverflow() {
    assertThat(new RetryPolicy(1, Long.MAX_VALUE / 2, 0).pauseMillis(1_000_000, 0))
        .isEqualTo(Long.MAX_VALUE / 2);
  }
}
