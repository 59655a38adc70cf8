package io.promptmonitor.common.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionEvaluatorTest {

  private static final Map<Metric, Double> BASELINES =
      Map.of(Metric.LATENCY_P95, 1500.0, Metric.ERROR_RATE, 0.0, Metric.SUCCESS_RATE, 0.1);

  /** Values by name, as in {@code execution_count=100 error_rate=0.1}; others are NaN. */
  private static MetricValues window(String values) {
    Map<Metric, Double> map = new EnumMap<>(Metric.class);
    for (String pair : values.split(" ")) {
      String[] parts = pair.split("=");
      map.put(Metric.named(parts[0]), Double.valueOf(parts[1]));
    }
    return metric -> map.getOrDefault(metric, Double.NaN);
  }

  private static Evaluation evaluate(String condition, String values, int minExecutions) {
    return new ConditionEvaluator(
            Condition.parse(condition).expression(), BASELINES::get, minExecutions)
        .evaluate(window(values));
  }

  private static Evaluation evaluate(String condition, String values) {
    return evaluate(condition, values, ConditionEvaluator.USUAL_MINIMUM);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          error_rate > 0.05          | execution_count=100 error_rate=0.06                | HOLDS
          error_rate > 0.05          | execution_count=100 error_rate=0.05                | DOES_NOT_HOLD
          error_rate >= 0.05         | execution_count=100 error_rate=0.05                | HOLDS
          success_rate < 0.95        | execution_count=100 success_rate=0.95              | DOES_NOT_HOLD
          success_rate <= 0.95       | execution_count=100 success_rate=0.95              | HOLDS
          error_rate > 5%            | execution_count=20 error_rate=0.06                 | HOLDS
          error_rate > 5%            | execution_count=19 error_rate=1                    | INSUFFICIENT_DATA
          error_rate > 5%            | execution_count=0                                  | NO_DATA
          execution_count < 10       | execution_count=0                                  | NO_DATA
          execution_count < 10       | execution_count=9                                  | HOLDS
          latency_p50 > 1s           | execution_count=1 latency_p50=2000                 | INSUFFICIENT_DATA
          latency_p50 > 1s           | execution_count=2 latency_p50=2000                 | HOLDS
          latency_p95 > 1s           | execution_count=19 latency_p95=2000                | INSUFFICIENT_DATA
          latency_p95 > 1s           | execution_count=20 latency_p95=2000                | HOLDS
          latency_p99 > 1s           | execution_count=99 latency_p99=2000                | INSUFFICIENT_DATA
          latency_p99 > 1s           | execution_count=100 latency_p99=2000               | HOLDS
          latency_p95 > baseline * 2 | execution_count=50 latency_p95=3000                | DOES_NOT_HOLD
          latency_p95 > baseline * 2 | execution_count=50 latency_p95=3000.1              | HOLDS
          success_rate >= baseline*3 | execution_count=50 success_rate=0.3                | HOLDS
          avg_user_feedback < 3      | execution_count=50 feedback_count=0                | INSUFFICIENT_DATA
          avg_user_feedback < 3      | execution_count=50 feedback_count=1 avg_user_feedback=2 | HOLDS
          user_feedback_negative_rate > 20% | execution_count=50 feedback_count=19 user_feedback_negative_rate=1 | INSUFFICIENT_DATA
          user_feedback_negative_rate > 20% | execution_count=50 feedback_count=20 user_feedback_negative_rate=1 | HOLDS
          consistency_rate < 0.9     | execution_count=50                                 | INSUFFICIENT_DATA
          """)
  void verdicts(String condition, String values, Verdict expected) {
    assertThat(evaluate(condition, values).verdict()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          error_rate > 5%           | execution_count=7 error_rate=1         | error_rate needs 20 executions, found 7
          avg_user_feedback < 3     | execution_count=7                      | avg_user_feedback needs 1 ratings, found 0
          latency_p50 > baseline    | execution_count=70 latency_p50=1       | the version states no expected_latency_p50, the baseline of latency_p50
          error_rate > baseline * 2 | execution_count=70 error_rate=1        | the baseline of error_rate, from expected_accuracy, is not above 0
          avg_calibration_delta > 2 | execution_count=70 feedback_count=9    | the version states no predicted_quality, which avg_calibration_delta needs
          consistency_rate < 0.9    | execution_count=50                     | consistency_rate cannot be known from what is in the window
          error_rate > 5%           | execution_count=0                      | no executions
          """)
  void reasons(String condition, String values, String expected) {
    assertThat(evaluate(condition, values).reason()).isEqualTo(expected);
  }

  @Test
  void minExecutionsOfARule() {
    String values = "execution_count=30 error_rate=1 latency_p95=9000 latency_avg=9000";
    assertThat(evaluate("error_rate > 5%", values, 31).verdict())
        .isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertThat(evaluate("latency_avg > 1s", values, 31).verdict())
        .isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertThat(evaluate("error_rate > 5%", values, 5).verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(evaluate("latency_p99 > 5s", values, 5).leading().undecided().needed())
        .isEqualTo(100);
  }

  @Test
  void whatWasSeen() {
    Evaluation evaluation =
        evaluate(
            "error_rate > 50% or latency_p95 > baseline * 1.5",
            "execution_count=312 error_rate=0.125 latency_p95=2310.4");
    assertThat(evaluation.verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(evaluation.observations())
        .extracting(Observation::toString)
        .containsExactly(
            "error_rate 12.5%, threshold > 50%, 312 executions",
            "latency_p95 2310 ms, threshold > 2250 ms, baseline 1500 ms, 312 executions");
    assertThat(evaluation.leading().metric()).isEqualTo(Metric.LATENCY_P95);
    assertThat(evaluation.reason()).isNull();
  }

  @Test
  void numbersForPeople() {
    assertThat(Quantity.COUNT.show(1234567)).isEqualTo("1234567");
    assertThat(Quantity.RATE.show(1.0 / 3)).isEqualTo("33.33%");
    assertThat(Quantity.RATE.show(0)).isEqualTo("0%");
    assertThat(Quantity.RATING.show(2.999999)).isEqualTo("3");
    assertThat(Quantity.LATENCY.show(Double.NaN)).isEqualTo("unknown ms");
    assertThat(Metric.LATENCY_P99.minSamples() * 0.01).isEqualTo(1, within(1e-9));
  }

  /**
   * Kleene's logic means: decided if and only if it comes out the same whatever the undecided
   * comparisons are; so an oracle tries both for each. (It is that for conditions in which no
   * comparison occurs twice.)
   */
  @Property(tries = 300)
  void undecidedMatters(@ForAll long seed) {
    Random random = new Random(seed);
    String condition = conjunctions(random, 2);
    String[] parts = condition.split("success_count", -1);
    int n = parts.length - 1;
    Verdict[] leaves = new Verdict[n];
    // Each comparison gets a threshold of its own, by which it holds or not; or is undecided.
    StringBuilder text = new StringBuilder(parts[0]);
    for (int i = 0; i < n; i++) {
      leaves[i] = Verdict.values()[random.nextInt(3)];
      text.append(
          switch (leaves[i]) {
            case HOLDS -> "success_count > 5";
            case DOES_NOT_HOLD -> "success_count > 15";
            default -> "failure_count > 5"; // unknown
          });
      text.append(parts[i + 1]);
    }
    boolean canHold = false;
    boolean canFail = false;
    for (int guess = 0; guess < 1 << n; guess++) {
      StringBuilder world = new StringBuilder(parts[0]);
      for (int i = 0; i < n; i++) {
        boolean holds =
            leaves[i] == Verdict.INSUFFICIENT_DATA
                ? (guess & 1 << i) != 0
                : leaves[i] == Verdict.HOLDS;
        world.append(holds ? "success_count > 5" : "success_count > 15").append(parts[i + 1]);
      }
      boolean holds =
          evaluate(world.toString(), "execution_count=100 success_count=10").verdict()
              == Verdict.HOLDS;
      canHold |= holds;
      canFail |= !holds;
    }
    Verdict expected = canHold && canFail ? Verdict.INSUFFICIENT_DATA : Verdict.of(canHold);
    assertThat(evaluate(text.toString(), "execution_count=100 success_count=10").verdict())
        .as(text.toString())
        .isEqualTo(expected);
  }

  private static String conjunctions(Random random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return "success_count";
    }
    StringBuilder text = new StringBuilder("(" + conjunctions(random, depth - 1));
    for (int i = random.nextInt(2); i >= 0; i--) {
      text.append(random.nextBoolean() ? " and " : " or ").append(conjunctions(random, depth - 1));
    }
    return text.append(")").toString();
  }
}
