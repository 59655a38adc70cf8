package io.promptmonitor.common.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {

  @ParameterizedTest
  @EnumSource
  void numbersHaveAQuantityAndNothingElseHas(Metric metric) {
    boolean number = metric.type() == Metric.Type.COUNT || metric.type() == Metric.Type.NUMBER;
    assertThat(metric.quantity() != null).isEqualTo(number);
    if (!number) {
      assertThat(metric.worse()).isEqualTo(Worse.NEITHER);
      assertThat(metric.baseline()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void metricsAreFoundByEachOfTheirNames(Metric metric) {
    assertThat(metric.names()).startsWith(metric.column());
    assertThat(metric.names()).allSatisfy(n -> assertThat(Metric.named(n)).isSameAs(metric));
  }

  @Test
  void names() {
    assertThat(Metric.named("calibration_drift")).isSameAs(Metric.AVG_CALIBRATION_DELTA);
    assertThat(Metric.named("ERROR_RATE")).isNull();
    assertThat(Metric.named("")).isNull();
  }

  @Test
  void thresholdsAreBreachedOnTheWorseSide() {
    assertThat(Metric.ERROR_RATE.worse()).isEqualTo(Worse.HIGHER);
    assertThat(Metric.LATENCY_P95.worse()).isEqualTo(Worse.HIGHER);
    assertThat(Metric.SUCCESS_RATE.worse()).isEqualTo(Worse.LOWER);
    assertThat(Metric.AVG_USER_FEEDBACK.worse()).isEqualTo(Worse.LOWER);
    assertThat(Metric.EXECUTION_COUNT.worse()).isEqualTo(Worse.NEITHER);
  }

  @Test
  void metricsWithABaseline() {
    assertThat(Stream.of(Metric.values()).filter(metric -> metric.baseline() != null))
        .containsExactly(
            Metric.SUCCESS_RATE,
            Metric.ERROR_RATE,
            Metric.LATENCY_P50,
            Metric.LATENCY_P95,
            Metric.AVG_TOTAL_TOKENS,
            Metric.CONSISTENCY_RATE);
  }

  @Test
  void theErrorRateThatIsExpectedIsWhatTheAccuracyLeaves() {
    assertThat(Metric.ERROR_RATE.baseline().key()).isEqualTo("expected_accuracy");
    assertThat(Metric.ERROR_RATE.baseline().baseline(0.95)).isEqualTo(0.05);
    assertThat(Metric.SUCCESS_RATE.baseline().baseline(0.95)).isEqualTo(0.95);
  }

  @Test
  void aPercentileMeansSomethingFromOneExecutionAboveItOn() {
    assertThat(Metric.LATENCY_P50.minSamples()).isEqualTo(2);
    assertThat(Metric.LATENCY_P95.minSamples()).isEqualTo(20);
    assertThat(Metric.LATENCY_P99.minSamples()).isEqualTo(100);
    assertThat(Metric.LATENCY_AVG.minSamples()).isEqualTo(1);
    assertThat(Metric.LATENCY_P99.percentile()).isEqualTo(99);
    assertThat(Metric.LATENCY_AVG.percentile()).isZero();
  }

  /** Without the part, a number that needs it is not known, and all others are. */
  @ParameterizedTest
  @EnumSource
  void numbersNameThePartThatTheyAreTakenFrom(Metric metric) {
    if (metric.quantity() == null) {
      return;
    }
    WindowAggregate all = new WindowAggregate();
    for (int id = 1; id <= 2; id++) {
      all.add(
          new Execution(
              id,
              new PromptVersionId("p", "1"),
              5,
              10,
              20,
              30,
              true,
              null,
              (byte) 4,
              1,
              7,
              8,
              9,
              null,
              null));
    }
    assertThat(metric.number(all, 5)).isNotNaN();
    for (int mask = 0; mask <= MetricPart.ALL; mask++) {
      WindowAggregate some = new WindowAggregate();
      some.mergeParts(all, mask);
      boolean needed = metric.part() != null && !metric.part().in(mask);
      assertThat(Double.isNaN(metric.number(some, 5)))
          .as("%s of %s", metric, mask)
          .isEqualTo(needed);
    }
  }
}
