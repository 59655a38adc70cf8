package io.promptmonitor.common.rollback.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.Comparison;
import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.rollback.RollbackJson;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RecoveryAssessmentTest {

  private static final PromptVersionId VERSION = new PromptVersionId("summarize", "1.0.0");
  private static final Expression ERRORS = Comparison.of(Metric.ERROR_RATE, Operator.GREATER, 0.1);
  private static final Baselines EXPECTED =
      metric -> metric == Metric.LATENCY_P95 ? (Double) 1_000.0 : null;

  /** Executions of which the first fail; latencies rise evenly up to {@code latency}. */
  private static ObservedSpan span(int n, int failures, int latency) {
    WindowAggregate window = new WindowAggregate();
    for (int i = 0; i < n; i++) {
      window.add(
          new Execution(
              i,
              VERSION,
              i,
              (int) ((i * 7_919L % n + 1) * latency / n),
              100,
              200,
              i >= failures,
              i < failures ? "timeout" : null,
              Execution.NO_FEEDBACK,
              Execution.NO_SCORE,
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              null,
              null));
    }
    return new ObservedSpan(window, Double.NaN);
  }

  private static RecoverySpans spans(ObservedSpan target, ObservedSpan failing) {
    return new RecoverySpans(target, failing, EXPECTED);
  }

  private static RecoveryAssessment afterErrors(ObservedSpan target, ObservedSpan failing) {
    return RecoveryAssessment.afterTrigger(ERRORS, spans(target, failing), 20);
  }

  @Test
  void theTriggerDoesNotHoldAnyMore() {
    RecoveryAssessment assessment = afterErrors(span(85, 1, 800), span(300, 120, 800));
    assertThat(assessment.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(assessment.reason())
        .isEqualTo(
            "error_rate is 1.176% (85 executions), not > 10%; with the failing version it was 40%"
                + " (300 executions)");
    RecoveryReading reading = assessment.readings().get(0);
    assertThat(reading.passed()).isTrue();
    assertThat(reading.targetCount()).isEqualTo(85);
    assertThat(reading.failingValue()).isEqualTo(0.4);
    assertThat(reading.threshold()).isEqualTo(0.1);
    assertThat(reading.baseline()).isNull();
    assertThat(reading.differenceUpper()).isNegative();
  }

  @Test
  void theTriggerStillHolds() {
    RecoveryAssessment assessment = afterErrors(span(100, 14, 800), span(300, 120, 800));
    assertThat(assessment.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(assessment.reason())
        .isEqualTo(
            "error_rate is 14% (100 executions), still > 10%; with the failing version it was 40%"
                + " (300 executions)");
    assertThat(assessment.readings().get(0).passed()).isFalse();
  }

  @Test
  void theThresholdItselfIsFineIfTheRuleSaysAbove() {
    assertThat(afterErrors(span(100, 10, 800), span(300, 120, 800)).outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(afterErrors(span(100, 11, 800), span(300, 120, 800)).outcome())
        .isEqualTo(RollbackOutcome.NOT_RECOVERED);
    Expression atLeast = Comparison.of(Metric.ERROR_RATE, Operator.GREATER_OR_EQUAL, 0.1);
    assertThat(
            RecoveryAssessment.afterTrigger(
                    atLeast, spans(span(100, 10, 800), span(300, 120, 800)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.NOT_RECOVERED);
  }

  @Test
  void itTakesTheLeastExecutions() {
    assertThat(afterErrors(span(20, 0, 800), span(300, 120, 800)).outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
    RecoveryAssessment few = afterErrors(span(19, 19, 800), span(300, 120, 800));
    assertThat(few)
        .isEqualTo(
            new RecoveryAssessment(
                RollbackOutcome.NO_DATA,
                "It takes 20 executions since the switch to tell; there were 19",
                List.of()));
    assertThat(afterErrors(span(0, 0, 800), span(300, 120, 800)).outcome())
        .isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(
            RecoveryAssessment.withoutTrigger(
                    List.of(), spans(span(19, 0, 800), span(9, 0, 800)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.NO_DATA);
  }

  @Test
  void aPercentileTakesMore() {
    Expression slow = Condition.parse("latency_p99 > 10000ms").expression();
    RecoveryAssessment few =
        RecoveryAssessment.afterTrigger(slow, spans(span(99, 0, 800), span(300, 0, 20_000)), 20);
    assertThat(few.outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(few.reason())
        .isEqualTo(
            "It cannot be told whether latency_p99 > 10000ms: latency_p99 needs 100 executions,"
                + " found 99");
    assertThat(few.readings().get(0).passed()).isNull();
    assertThat(few.readings().get(0).text()).endsWith("(99 executions): too little is known");
    assertThat(
            RecoveryAssessment.afterTrigger(
                    slow, spans(span(100, 0, 800), span(300, 0, 20_000)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
  }

  @Test
  void belowTheThresholdButWorseThanTheFailingVersionIsNotRecovered() {
    RecoveryAssessment worse = afterErrors(span(600, 54, 800), span(2_000, 40, 800));
    assertThat(worse.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(worse.reason())
        .startsWith(
            "error_rate is 9% (600 executions), not > 10%; with the failing version it was 2%"
                + " (2000 executions), significantly lower (95% interval of the difference 4.");
    // Of few executions the same rates prove nothing.
    assertThat(afterErrors(span(22, 2, 800), span(50, 1, 800)).outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
    // Nothing is known of the failing version.
    assertThat(afterErrors(span(600, 54, 800), span(0, 0, 800)).outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
  }

  @Test
  void aRateThatMustNotFallIsComparedTheOtherWay() {
    Expression successes = Comparison.of(Metric.SUCCESS_RATE, Operator.LESS, 0.85);
    assertThat(
            RecoveryAssessment.afterTrigger(
                    successes, spans(span(600, 60, 800), span(2_000, 40, 800)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(
            RecoveryAssessment.afterTrigger(
                    successes, spans(span(600, 60, 800), span(600, 300, 800)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.RECOVERED);
  }

  @Test
  void ofSeveralComparisonsNoneIsToBlame() {
    Expression either = Condition.parse("error_rate > 0.1 or latency_p95 > 5s").expression();
    // The failing version failed fast; the other takes its usual time.
    RecoveryAssessment recovered =
        RecoveryAssessment.afterTrigger(either, spans(span(300, 3, 900), span(300, 200, 100)), 20);
    assertThat(recovered.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(recovered.readings())
        .extracting(RecoveryReading::passed)
        .containsExactly(true, true);
    assertThat(recovered.readings().get(1).baseline()).isEqualTo(1_000);
    RecoveryAssessment slow =
        RecoveryAssessment.afterTrigger(
            either, spans(span(300, 3, 6_000), span(300, 200, 100)), 20);
    assertThat(slow.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(slow.reason()).startsWith("latency_p95 is ").contains("still > 5000 ms");
  }

  @Test
  void aBaselineIsThatOfTheVersionWhichIsActiveSince() {
    Expression slow = Condition.parse("latency_p95 > baseline * 1.5").expression();
    RecoverySpans spans = spans(span(100, 0, 2_000), span(100, 0, 9_000));
    assertThat(RecoveryAssessment.afterTrigger(slow, spans, 20).readings().get(0).threshold())
        .isEqualTo(1_500);
    RecoveryAssessment unknown =
        RecoveryAssessment.afterTrigger(
            slow, new RecoverySpans(spans.target(), spans.failing(), Baselines.unknown()), 20);
    assertThat(unknown.outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(unknown.reason()).contains("the version states no expected_latency_p95");
  }

  @Test
  void withoutATriggerThresholdsAndTheFailingVersionCount() {
    List<AlertThreshold> thresholds =
        List.of(
            new AlertThreshold(Metric.ERROR_RATE, 0.02, 0.05),
            new AlertThreshold(Metric.LATENCY_P95, 2_000.0, null));
    RecoveryAssessment fine =
        RecoveryAssessment.withoutTrigger(
            thresholds, spans(span(200, 10, 900), span(200, 10, 900)), 20);
    assertThat(fine.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(fine.reason())
        .isEqualTo(
            "error_rate is 5% (200 executions), not > 5%; with the failing version it was 5% (200"
                + " executions). latency_p95 is 855.2 ms (200 executions); with the failing version"
                + " it was 855.2 ms (200 executions)");
    RecoveryAssessment failing =
        RecoveryAssessment.withoutTrigger(
            thresholds, spans(span(200, 11, 900), span(200, 100, 900)), 20);
    assertThat(failing.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(failing.reason())
        .isEqualTo(
            "error_rate is 5.5% (200 executions), still > 5%; with the failing version it was 50%"
                + " (200 executions)");
    RecoveryAssessment slower =
        RecoveryAssessment.withoutTrigger(
            thresholds, spans(span(200, 4, 3_000), span(200, 4, 900)), 20);
    assertThat(slower.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(slower.reason()).startsWith("latency_p95 is ").contains("significantly lower");
    assertThat(
            RecoveryAssessment.withoutTrigger(
                    List.of(), spans(span(200, 40, 900), span(200, 4, 900)), 20)
                .outcome())
        .isEqualTo(RollbackOutcome.NOT_RECOVERED);
  }

  @Test
  void whoFailsFastIsNoMeasureOfSpeed() {
    RecoverySpans spans = spans(span(200, 4, 900), span(200, 150, 100));
    RecoveryAssessment assessment = RecoveryAssessment.withoutTrigger(List.of(), spans, 20);
    assertThat(assessment.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(assessment.readings().get(1).passed()).isTrue();
    assertThat(assessment.readings().get(1).text())
        .endsWith("which does not count because it fails less often, and what fails is often fast");
    // What it states itself still counts.
    assertThat(
            RecoveryAssessment.withoutTrigger(
                    List.of(new AlertThreshold(Metric.LATENCY_P95, null, 500.0)), spans, 20)
                .outcome())
        .isEqualTo(RollbackOutcome.NOT_RECOVERED);
  }

  @Test
  void aThresholdOfTheSuccessRateCountsToo() {
    RecoveryAssessment assessment =
        RecoveryAssessment.withoutTrigger(
            List.of(new AlertThreshold(Metric.SUCCESS_RATE, null, 0.95)),
            spans(span(100, 6, 900), span(100, 50, 900)),
            20);
    assertThat(assessment.outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(assessment.readings())
        .extracting(RecoveryReading::metric)
        .containsExactly("error_rate", "success_rate", "latency_p95");
  }

  /** What is fine stays fine if fewer fail. */
  @Property(tries = 300)
  void fewerFailuresAreNeverWorse(
      @ForAll @IntRange(min = 20, max = 200) int n,
      @ForAll @IntRange(min = 0, max = 200) int failures,
      @ForAll @IntRange(min = 0, max = 200) int fewer,
      @ForAll @IntRange(min = 0, max = 100) int failing) {
    ObservedSpan bad = span(100, failing, 800);
    RecoveryAssessment more = afterErrors(span(n, Math.min(failures, n), 800), bad);
    RecoveryAssessment less =
        afterErrors(span(n, Math.max(0, Math.min(failures, n) - fewer), 800), bad);
    if (more.outcome() == RollbackOutcome.RECOVERED) {
      assertThat(less.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    }
    assertThat(more.outcome()).isNotEqualTo(RollbackOutcome.NO_DATA);
  }

  @Test
  void isKeptAsJson() throws IOException {
    for (RecoveryAssessment assessment :
        List.of(
            afterErrors(span(85, 1, 800), span(300, 120, 800)),
            afterErrors(span(85, 1, 800), span(0, 0, 800)),
            afterErrors(span(3, 1, 800), span(300, 120, 800)),
            RecoveryAssessment.withoutTrigger(
                List.of(), spans(span(20, 4, 900), span(200, 150, 100)), 20))) {
      String json = RollbackJson.write(assessment);
      assertThat(json).doesNotContain("NaN").doesNotContain("Infinity").doesNotContain("null");
      assertThat(RollbackJson.read(json, RecoveryAssessment.class)).isEqualTo(assessment);
    }
    JsonNode tree = RollbackJson.tree(afterErrors(span(85, 1, 800), span(300, 120, 800)));
    assertThat(tree.get("outcome").textValue()).isEqualTo("recovered");
    assertThat(tree.get("readings").get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "metric",
            "target_value",
            "target_count",
            "failing_value",
            "failing_count",
            "operator",
            "threshold",
            "difference_lower",
            "difference_upper",
            "passed",
            "text");
  }
}
