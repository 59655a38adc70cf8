package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Times;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class NumbersTest {

  @Test
  void percentagesNeverSayThatAllOrNothingIs() {
    assertThat(Numbers.percent(0.97644)).isEqualTo("97.64%");
    assertThat(Numbers.percent(0)).isEqualTo("0%");
    assertThat(Numbers.percent(1)).isEqualTo("100%");
    assertThat(Numbers.percent(0.00002)).isEqualTo("0.002%");
    assertThat(Numbers.percent(0.99999)).isEqualTo("99.999%");
    assertThat(Numbers.percent(1e-12)).isEqualTo("<0.00001%");
    assertThat(Numbers.percent(1 - 1e-12)).isEqualTo(">99.99999%");
  }

  @Test
  void differencesHaveASignAndAUnit() {
    assertThat(MetricFormat.of(Metric.SUCCESS_RATE).difference(0.012)).isEqualTo("+1.20 pp");
    assertThat(MetricFormat.of(Metric.SUCCESS_RATE).difference(-0.000001)).isEqualTo("±0.00 pp");
    assertThat(MetricFormat.of(Metric.LATENCY_P95).difference(-1_234.4)).isEqualTo("-1,234ms");
    assertThat(MetricFormat.of(Metric.AVG_TOTAL_TOKENS).difference(3.44)).isEqualTo("+3.4");
    assertThat(MetricFormat.of("no_such_metric").value(1.234)).isEqualTo("1.23");
  }

  @Test
  void timesAreUtc() {
    LocalDate day = LocalDate.of(2026, 3, 4);
    assertThat(Times.on(day, Instant.parse("2026-03-04T09:00:00Z"))).isEqualTo("09:00 UTC");
    assertThat(Times.on(day, Instant.parse("2026-03-05T00:00:07Z")))
        .isEqualTo("2026-03-05 00:00:07 UTC");
    assertThat(Times.duration(59.6)).isEqualTo("1 min");
    assertThat(Times.duration(3_840)).isEqualTo("1 h 4 min");
  }

  @Test
  void oneIsSingular() {
    assertThat(Numbers.count(1, "executions")).isEqualTo("1 execution");
    assertThat(Numbers.count(12_345, "ratings")).isEqualTo("12,345 ratings");
  }
}
