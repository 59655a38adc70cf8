package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.metrics.Metric;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WhatChangedTest {

  private static final ObservedSpan BEFORE = Executions.span(2_000, 40, 800, 4);
  private static final ObservedSpan FAILING = Executions.span(300, 120, 2_000, 1);
  private static final ObservedSpan AFTER = Executions.span(500, 9, 800, 4);

  @Test
  void anIncidentAndItsEnd() {
    List<MetricChange> changes = WhatChanged.of(BEFORE, FAILING, AFTER);
    for (Metric metric :
        List.of(
            Metric.ERROR_RATE,
            Metric.SUCCESS_RATE,
            Metric.LATENCY_P50,
            Metric.LATENCY_P95,
            Metric.LATENCY_AVG,
            Metric.AVG_USER_FEEDBACK,
            Metric.AVG_CALIBRATION_DELTA)) {
      MetricChange change = change(changes, metric);
      assertThat(change.failingVersusBefore().verdict()).as(change.text()).isEqualTo(Verdict.WORSE);
      assertThat(change.afterVersusFailing().verdict()).as(change.text()).isEqualTo(Verdict.BETTER);
      assertThat(change.afterVersusBefore().verdict())
          .as(change.text())
          .isEqualTo(Verdict.NOT_DISTINGUISHABLE);
    }
    assertThat(change(changes, Metric.AVG_TOTAL_TOKENS).failingVersusBefore().verdict())
        .isEqualTo(Verdict.NOT_DISTINGUISHABLE);
    assertThat(changes).noneMatch(c -> c.metric().equals("execution_count"));
    assertThat(change(changes, Metric.ERROR_RATE).text())
        .isEqualTo(
            "error_rate: 2% (95% interval 1.472% to 2.712%, 2000 executions) before, 40%"
                + " (95% interval 34.62% to 45.64%, 300 executions) with the failing version:"
                + " worse; 1.8% (95% interval 0.9498% to 3.385%, 500 executions) after the"
                + " rollback: better than the failing version, not distinguishable from before");
  }

  @Test
  void whatHasNoIntervalIsShownButNotJudged() {
    MetricChange tokens = change(WhatChanged.of(BEFORE, FAILING, AFTER), Metric.AVG_INPUT_TOKENS);
    assertThat(tokens.failing().value()).isEqualTo(100);
    assertThat(tokens.failing().lower()).isNull();
    assertThat(tokens.failingVersusBefore().verdict()).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void nothingIsSaidOfASpanWithoutExecutions() {
    ObservedSpan nothing = Executions.span(0, 0, 100, 3);
    MetricChange change = change(WhatChanged.of(BEFORE, FAILING, nothing), Metric.ERROR_RATE);
    assertThat(change.after()).isEqualTo(new MetricReading(null, null, null, 0));
    assertThat(change.afterVersusFailing().verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(change.failingVersusBefore().verdict()).isEqualTo(Verdict.WORSE);
    assertThat(change.text())
        .contains("unknown (0 executions) after the rollback: cannot be compared");
    assertThat(WhatChanged.of(nothing, nothing, nothing)).isEmpty();
  }

  @Test
  void aPercentileNeedsItsSample() {
    ObservedSpan few = Executions.span(15, 0, 5_000, 3);
    MetricChange change = change(WhatChanged.of(BEFORE, few, AFTER), Metric.LATENCY_P95);
    assertThat(change.failing().value()).isNotNull();
    assertThat(change.failingVersusBefore().verdict()).isEqualTo(Verdict.UNKNOWN);
    // 20 values have a 95th percentile, but nothing bounds it from above.
    ObservedSpan more = Executions.span(20, 0, 5_000, 3);
    MetricChange bounded = change(WhatChanged.of(BEFORE, more, AFTER), Metric.LATENCY_P95);
    assertThat(bounded.failing().upper()).isNull();
    assertThat(bounded.failing().lower()).isNotNull();
    assertThat(bounded.failingVersusBefore().verdict()).isEqualTo(Verdict.WORSE);
  }

  @Property(tries = 100)
  void turnedAroundItIsTheOpposite(
      @ForAll @IntRange(min = 1, max = 400) int n,
      @ForAll @IntRange(min = 1, max = 400) int m,
      @ForAll @IntRange(min = 0, max = 400) int a,
      @ForAll @IntRange(min = 0, max = 400) int b,
      @ForAll @IntRange(min = 1, max = 5) int rating) {
    ObservedSpan one = Executions.span(n, Math.min(a, n), 500, rating);
    ObservedSpan other = Executions.span(m, Math.min(b, m), 700, 3);
    for (MetricChange change : WhatChanged.of(one, other, one)) {
      MetricComparison there = change.failingVersusBefore();
      MetricComparison back = change.afterVersusFailing();
      assertThat(back.verdict()).isEqualTo(opposite(there.verdict()));
      assertThat(change.afterVersusBefore().verdict())
          .isIn(Verdict.NOT_DISTINGUISHABLE, Verdict.UNKNOWN);
    }
  }

  private static Verdict opposite(Verdict verdict) {
    return switch (verdict) {
      case WORSE -> Verdict.BETTER;
      case BETTER -> Verdict.WORSE;
      default -> verdict;
    };
  }

  private static MetricChange change(List<MetricChange> changes, Metric metric) {
    return changes.stream()
        .filter(c -> c.metric().equals(metric.column()))
        .findFirst()
        .orElseThrow();
  }
}
