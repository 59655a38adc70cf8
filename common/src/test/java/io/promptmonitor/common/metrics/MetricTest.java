package io.promptmonitor.common.metrics;

import static org.assertj.core.api.Assertions.assertThat;

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
}
