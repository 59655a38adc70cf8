package io.promptmonitor.common.ruletests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.ruletests.InputSeries.SeriesKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InputSeriesTest {

  private static final Duration PANE = Duration.ofSeconds(10);
  private static final PromptVersionId VERSION = new PromptVersionId("checkout", "1.0.0");

  private final Map<SeriesKey, Series> series = new EnumMap<>(SeriesKey.class);

  private void put(SeriesKey key, Quantity quantity, String text) {
    series.put(key, Series.parse(text, quantity, PANE, 1_000_000));
  }

  private List<Execution> executions() {
    InputSeries input = new InputSeries(VERSION, 0, PANE.toMillis(), series);
    assertThat(input.problem()).isNull();
    List<Execution> executions = new ArrayList<>();
    InputSeries.Source source = input.source(0, 0);
    // However often somebody asks.
    for (long time = 0; time <= input.end(); time += 3_000) {
      source.makeBefore(time, executions::add);
    }
    return executions;
  }

  private double metric(Metric metric) {
    return metric(metric, executions());
  }

  private static double metric(Metric metric, List<Execution> executions) {
    WindowAggregate window = new WindowAggregate();
    executions.forEach(window::add);
    return metric.number(window, Double.NaN);
  }

  @Test
  void executionsAreSpreadOverTheirInterval() {
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "4 _ 0.5 0.5");
    assertThat(executions())
        .extracting(Execution::timestamp)
        .containsExactly(1_250L, 3_750L, 6_250L, 8_750L, 35_000L);
  }

  @Test
  void failuresAreSpreadOverExecutions() {
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "4x2");
    put(SeriesKey.ERRORS, Quantity.COUNT, "2 1");
    assertThat(executions())
        .extracting(Execution::success)
        .containsExactly(true, false, true, false, true, true, true, false);
  }

  @Test
  void metricsAreThoseAskedFor() {
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "10x30");
    put(SeriesKey.ERROR_RATE, Quantity.RATE, "7%");
    put(SeriesKey.INPUT_TOKENS, Quantity.TOKENS, "300");
    put(SeriesKey.OUTPUT_TOKENS, Quantity.TOKENS, "40");
    put(SeriesKey.USER_FEEDBACK, Quantity.RATING, "2.4");
    put(SeriesKey.RATINGS, Quantity.COUNT, "5");
    put(SeriesKey.AUTOMATED_SCORE, Quantity.QUALITY, "6.25");
    put(SeriesKey.SCORES, Quantity.COUNT, "0.1");
    put(SeriesKey.USERS, Quantity.COUNT, "12");
    put(SeriesKey.CONSISTENCY, Quantity.RATE, "90%");
    assertThat(metric(Metric.EXECUTION_COUNT)).isEqualTo(300);
    assertThat(metric(Metric.ERROR_RATE)).isEqualTo(0.07);
    assertThat(metric(Metric.AVG_TOTAL_TOKENS)).isEqualTo(340);
    assertThat(metric(Metric.FEEDBACK_COUNT)).isEqualTo(150);
    assertThat(metric(Metric.AVG_USER_FEEDBACK)).isCloseTo(2.4, within(1e-9));
    assertThat(metric(Metric.USER_FEEDBACK_NEGATIVE_RATE)).isCloseTo(0.6, within(1e-9));
    assertThat(metric(Metric.AUTOMATED_SCORE_COUNT)).isEqualTo(3);
    assertThat(metric(Metric.AVG_AUTOMATED_SCORE)).isEqualTo(6.25);
    assertThat(metric(Metric.UNIQUE_USERS)).isEqualTo(12);
    assertThat(metric(Metric.CONSISTENCY_RATE)).isCloseTo(0.9, within(1e-9));
    assertThat(metric(Metric.LATENCY_P99)).isEqualTo(500);
  }

  @Property(tries = 300)
  void percentilesOfAnyHundredAreThoseAskedFor(
      @ForAll @IntRange(min = 0, max = 300) int from,
      @ForAll @IntRange(min = 100, max = 700) int size) {
    series.clear();
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "1000");
    put(SeriesKey.LATENCY_P50, Quantity.LATENCY, "600");
    put(SeriesKey.LATENCY_P95, Quantity.LATENCY, "3s");
    put(SeriesKey.LATENCY_P99, Quantity.LATENCY, "12s");
    List<Execution> window = executions().subList(from, from + size);
    assertThat(metric(Metric.LATENCY_P50, window)).isEqualTo(600);
    assertThat(metric(Metric.LATENCY_P95, window)).isEqualTo(3_000);
    assertThat(metric(Metric.LATENCY_P99, window)).isEqualTo(12_000);
  }

  @Test
  void percentilesThatAreNotGivenFollowFromTheOthers() {
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "10x30");
    put(SeriesKey.LATENCY_P99, Quantity.LATENCY, "300");
    assertThat(metric(Metric.LATENCY_P50)).isEqualTo(300);
    series.clear();
    put(SeriesKey.EXECUTIONS, Quantity.COUNT, "10x30");
    put(SeriesKey.LATENCY_P95, Quantity.LATENCY, "900");
    assertThat(metric(Metric.LATENCY_P50)).isEqualTo(500);
    assertThat(metric(Metric.LATENCY_P95)).isEqualTo(900);
    assertThat(metric(Metric.LATENCY_P99)).isEqualTo(900);
  }
}
