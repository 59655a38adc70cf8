package io.promptmonitor.common.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricTextTest {

  @Test
  void showsWhatWasCompared() {
    assertThat(MetricText.comparison("error_rate", 0.125, ">", 0.05))
        .isEqualTo("error_rate 12.5% > 5%");
    assertThat(MetricText.comparison("latency_p95", 2310.2, "<=", 3000.0))
        .isEqualTo("latency_p95 2310 ms <= 3000 ms");
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    assertThat(MetricText.comparison("error_rate", 0.125, null, 0.05))
        .isEqualTo("error_rate 12.5%");
    assertThat(MetricText.comparison("error_rate", 0.125, ">", null)).isEqualTo("error_rate 12.5%");
  }

  @Test
  void aMetricThatIsNotKnownHasNoUnit() {
    assertThat(MetricText.value("of_a_later_release", 0.123456)).isEqualTo("0.123");
  }

  @Test
  void numbersOfManyDigitsHaveAnExponent() {
    assertThat(MetricText.number(12_345_678)).isEqualTo("12300000");
    assertThat(MetricText.number(4.3712e12)).isEqualTo("4.37E+12");
    assertThat(MetricText.number(0)).isEqualTo("0");
    assertThat(MetricText.number(Double.POSITIVE_INFINITY)).isEqualTo("beyond measure");
  }
}
