package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Sample;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.LatencyTail;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlidingMetricsTest {

  private static final PromptVersionId GREETING = new PromptVersionId("greeting", "1.0.0");

  private static EvaluatedWindows evaluation(double predictedQuality) {
    WindowAggregate none = new WindowAggregate();
    WindowAggregate some = new WindowAggregate();
    some.mergeParts(executions(), 0);
    return EvaluatedWindows.of(
        new SlidingWindows(
            GREETING,
            600_000,
            predictedQuality,
            true,
            List.of(
                new SlidingWindow(
                    60_000, 540_000, none, Double.NaN, Double.NaN, Double.NaN, List.of()),
                new SlidingWindow(
                    300_000, 300_000, some, 110, 190, 198, List.of(new LatencyTail(180, 1)))),
            List.of(),
            List.of()));
  }

  /** A failed one and a successful one, rated 5: an actual quality of 10. */
  private static WindowAggregate executions() {
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 1; i <= 2; i++) {
      aggregate.add(
          new Execution(
              i,
              GREETING,
              400_000,
              100 * i,
              10,
              20,
              i == 1,
              null,
              i == 1 ? (byte) 5 : Execution.NO_FEEDBACK,
              Execution.NO_SCORE,
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              null,
              null));
    }
    return aggregate;
  }

  @Test
  void windowsAreFoundByTheirLength() {
    EvaluatedWindows evaluation = evaluation(7.5);
    MetricValues five = evaluation.ofLength(300_000);
    assertThat(five).isNotNull();
    assertThat(five.count(Sample.EXECUTIONS)).isEqualTo(2);
    MetricValues one = evaluation.ofLength(60_000);
    assertThat(one).isNotNull();
    assertThat(one.count(Sample.EXECUTIONS)).isZero();
    assertThat(evaluation.ofLength(120_000)).isNull();
  }

  @Test
  void percentilesAreThoseOfTheEvaluation() {
    MetricValues five = evaluation(7.5).ofLength(300_000);
    assertThat(five).isNotNull();
    assertThat(five.value(Metric.LATENCY_P50)).isEqualTo(110);
    assertThat(five.value(Metric.LATENCY_P95)).isEqualTo(190);
    assertThat(five.value(Metric.LATENCY_P99)).isEqualTo(198);
    assertThat(five.value(Metric.LATENCY_AVG)).isEqualTo(150);
    assertThat(five.value(Metric.ERROR_RATE)).isEqualTo(0.5);
  }

  @Test
  void slowExecutionsAreKnownForTheThresholdsThatWereAskedFor() {
    MetricValues five = evaluation(7.5).ofLength(300_000);
    assertThat(five).isNotNull();
    assertThat(five.countAbove(Metric.LATENCY_P95, 180)).isEqualTo(1);
    assertThat(five.countAbove(Metric.LATENCY_P99, 180)).isEqualTo(1);
    assertThat(five.countAbove(Metric.LATENCY_P95, 181)).isEqualTo(-1);
    assertThat(five.countAbove(Metric.LATENCY_AVG, 180)).isEqualTo(-1);
  }

  @Test
  void calibrationNeedsThePredictedQuality() {
    MetricValues known = evaluation(7.5).ofLength(300_000);
    assertThat(known).isNotNull();
    assertThat(known.value(Metric.AVG_CALIBRATION_DELTA)).isEqualTo(2.5);
    MetricValues unknown = evaluation(Double.NaN).ofLength(300_000);
    assertThat(unknown).isNotNull();
    assertThat(unknown.value(Metric.AVG_CALIBRATION_DELTA)).isNaN();
    assertThat(unknown.value(Metric.CONSISTENCY_RATE)).isNaN();
  }
}
