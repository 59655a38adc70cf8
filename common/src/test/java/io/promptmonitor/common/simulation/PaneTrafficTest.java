package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.windows.PaneUpdate;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaneTrafficTest {

  private static final long START = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();
  private static final long PANE = 10_000;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;

  private static List<PaneTraffic> healthy(int count) {
    return HealthyPrompts.of(count, START, PANE, 1);
  }

  /** All executions from one time to another, in milliseconds since the start. */
  private static WindowAggregate executions(PaneTraffic traffic, long from, long to) {
    WindowAggregate all = new WindowAggregate();
    for (long time = from; time < to; time += PANE) {
      PaneUpdate pane = traffic.pane(START + time);
      if (pane != null) {
        assertThat(pane.aggregate().executionCount()).isPositive();
        all.merge(pane.aggregate());
      }
    }
    return all;
  }

  private static byte[] bytes(WindowAggregate aggregate) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      aggregate.write(new DataOutputStream(bytes));
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The standard error of a share, four times. */
  private static double fourErrors(double share, double count) {
    return 4 * Math.sqrt(share * (1 - share) / count);
  }

  @Test
  void executionsAreAsTheirDistributionsSay() {
    PaneTraffic traffic = HealthyPrompts.of(3, START, PANE, 1, 0.01).get(2);
    assertThat(traffic.ratePerMinute()).isCloseTo(50, within(1e-9));
    WindowAggregate week = executions(traffic, 0, 7 * DAY);
    double expected = 50 * 60 * 24 * 7;
    double count = week.executionCount();
    assertThat(count).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    assertThat(week.failureCount() / count).isCloseTo(0.01, within(fourErrors(0.01, count)));
    assertThat(week.quality().ratingCount() / count)
        .isCloseTo(0.05, within(fourErrors(0.05, count)));
    assertThat(week.quality().scoreCount() / (0.99 * count))
        .isCloseTo(0.3, within(fourErrors(0.3, count)));
    assertThat(week.errorsByType()).isNotNull();

    Performance stated = traffic.performance();
    assertThat(week.latencyQuantiles().quantile(0.5))
        .isCloseTo(stated.baselineLatencyP50(), within(0.01 * stated.baselineLatencyP50()));
    // Timeouts are 0.35 % of the executions: the percentile is the 95.3th of the others.
    assertThat(week.latencyQuantiles().quantile(0.95))
        .isBetween(0.98 * stated.baselineLatencyP95(), 1.06 * stated.baselineLatencyP95());
    assertThat(week.quality().averageQuality()).isCloseTo(stated.predictedQuality(), within(0.05));
    assertThat(stated.baselineAccuracy()).isEqualTo(0.99);
  }

  @Test
  void theRateFollowsTheDay() {
    PaneTraffic traffic = healthy(2).get(1);
    double night = executions(traffic, 2 * HOUR - HOUR / 2, 2 * HOUR + HOUR / 2).executionCount();
    double day = executions(traffic, 14 * HOUR - HOUR / 2, 14 * HOUR + HOUR / 2).executionCount();
    assertThat(night).isCloseTo(0.4 * 3_000, within(150.0));
    assertThat(day).isCloseTo(1.6 * 3_000, within(300.0));
  }

  @Test
  void aPaneFollowsFromSeedAndTime() {
    long time = 14 * HOUR;
    WindowAggregate pane = healthy(2).get(1).pane(START + time).aggregate();
    PaneTraffic again = healthy(2).get(1);
    executions(again, 0, time + 3 * PANE);
    assertThat(bytes(again.pane(START + time).aggregate())).isEqualTo(bytes(pane));
    PaneTraffic other = HealthyPrompts.of(2, START, PANE, 2).get(1);
    assertThat(bytes(other.pane(START + time).aggregate())).isNotEqualTo(bytes(pane));
    assertThat(bytes(again.pane(START + time + PANE).aggregate())).isNotEqualTo(bytes(pane));
  }

  @Test
  void anIncidentChangesNothingButItsTime() {
    PaneTraffic healthy = healthy(2).get(1);
    PaneTraffic other =
        healthy.with(
            List.of(Incident.ofErrors(HOUR, 2 * HOUR, 0.4), Incident.ofLatency(HOUR, 2 * HOUR, 3)));
    assertThat(bytes(executions(other, 0, HOUR))).isEqualTo(bytes(executions(healthy, 0, HOUR)));
    assertThat(bytes(executions(other, 2 * HOUR, 3 * HOUR)))
        .isEqualTo(bytes(executions(healthy, 2 * HOUR, 3 * HOUR)));
    WindowAggregate incident = executions(other, HOUR, 2 * HOUR);
    assertThat((double) incident.failureCount() / incident.executionCount())
        .isCloseTo(0.4, within(fourErrors(0.4, (double) incident.executionCount())));
    assertThat(incident.latencyQuantiles().quantile(0.5))
        .isGreaterThan(1.5 * healthy.performance().baselineLatencyP50());
    assertThat(healthy.with(List.of()).pane(START)).isNotNull();
  }

  @Test
  void healthyPromptsAreHealthyByEveryRule() {
    List<PaneTraffic> prompts = healthy(200);
    assertThat(prompts).hasSize(200);
    assertThat(prompts.get(0).ratePerMinute()).isCloseTo(0.1, within(1e-12));
    assertThat(prompts.get(199).ratePerMinute()).isCloseTo(50, within(1e-9));
    double timeouts = 0.35;
    for (PaneTraffic prompt : prompts) {
      assertThat(prompt.errorRate()).isBetween(0.0, 0.01);
      // What else may be slower than 10 s, so that 1 % is not reached.
      double rest = 0.01 - timeouts * HealthyPrompts.HIGHEST_ERROR_RATE;
      LogNormal latency = prompt.behaviour().latencyMs();
      assertThat(latency.at(NormalQuantile.of(1 - rest))).isLessThan(10_000);
      // 5 % are above the 95th percentile; far fewer above 1.5 times that.
      assertThat(1.5 * prompt.performance().baselineLatencyP95())
          .isGreaterThan(latency.at(NormalQuantile.of(0.97)));
      assertThat(prompt.performance().predictedQuality()).isBetween(7.0, 9.0);
    }
  }

  @Test
  void anIncidentMayBeginWithinAPane() {
    PaneTraffic healthy = HealthyPrompts.of(3, START, PANE, 1, 0).get(2);
    long begin = HOUR + 4_321;
    PaneTraffic other = healthy.with(List.of(Incident.ofErrors(begin, begin + HOUR, 1)));
    for (long time = HOUR - 6 * PANE; time < HOUR + 6 * PANE; time += PANE) {
      other.executions(
          START + time,
          execution ->
              assertThat(execution.success()).isEqualTo(execution.timestamp() < START + begin));
    }
  }

  @Test
  void anEqualVersionHadTheSameTraffic() {
    PaneTraffic traffic = HealthyPrompts.of(3, START, PANE, 1, 0.04).get(2);
    WindowAggregate day =
        traffic.with(List.of(Incident.ofErrors(-24 * HOUR, HOUR, 0.5))).dayOfEqual(START);
    double expected = 50 * 60 * 24;
    double count = day.executionCount();
    assertThat(count).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    assertThat(day.failureCount() / count).isCloseTo(0.04, within(fourErrors(0.04, count)));
    assertThat(bytes(day)).isEqualTo(bytes(traffic.dayOfEqual(START)));
  }

  @Test
  void theShareOfSlowExecutionsIsKnown() {
    PaneTraffic traffic = HealthyPrompts.noisy(3, START, PANE, 1).get(2);
    double limit = traffic.performance().baselineLatencyP95();
    long[] counts = new long[2];
    for (long time = 0; time < DAY; time += PANE) {
      traffic.executions(
          START + time,
          execution -> {
            counts[0]++;
            counts[1] += execution.latencyMs() > limit ? 1 : 0;
          });
    }
    double share = traffic.shareSlowerThan(limit);
    double count = counts[0];
    assertThat(counts[1] / count).isCloseTo(share, within(fourErrors(share, count)));
    assertThat(share).isGreaterThan(0.045);
  }

  @Test
  void noisyPromptsFailUpToFourPercent() {
    assertThat(HealthyPrompts.noisy(200, START, PANE, 1))
        .allMatch(prompt -> prompt.errorRate() <= 0.04)
        .anyMatch(prompt -> prompt.errorRate() > 0.038)
        .allMatch(prompt -> prompt.shareSlowerThan(10_000) < 0.045)
        .anyMatch(prompt -> prompt.shareSlowerThan(10_000) > 0.02);
  }
}
