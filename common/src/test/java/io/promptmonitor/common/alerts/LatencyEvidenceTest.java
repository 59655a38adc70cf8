package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpOutput;
import io.promptmonitor.common.windows.RollUpPlan;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.RollUpStore;
import io.promptmonitor.common.windows.SlidingEvaluator;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.VersionFacts;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules on percentiles that ask for evidence, from executions to the verdict. */
class LatencyEvidenceTest {

  private static final PromptVersionId VERSION = new PromptVersionId("summarize", "v3");
  private static final long PANE = 10_000;
  private static final long MINUTE = 60_000;

  private static RuleSet rules(String condition, String keys) {
    return RuleSet.of(
        TestRules.config(
            "{alert_rules: [{name: r, severity: warning, actions: [alert], window: 5m, condition: "
                + condition
                + keys
                + "}], auto_rollback: {triggers: []}}"));
  }

  /** The evaluation at the end of 5 minutes with these latencies. */
  private static SlidingWindows evaluation(RuleSet rules, int[] latencies) {
    RollUpPlan plan =
        new RollUpPlan(
            new RollUpSettings(
                PANE,
                MINUTE,
                MINUTE,
                Map.of(),
                rules.windows().stream().map(Duration::toMillis).toList(),
                PANE));
    VersionFacts facts = VersionFacts.of(Double.NaN, new RuleDemand(rules, List.of()).of(null));
    RollUp rollUp = RollUp.load(plan, VERSION, new NoStore(), new SlidingEvaluator(), facts);
    for (int i = 0; i < 30; i++) {
      WindowAggregate pane = new WindowAggregate();
      for (int j = i; j < latencies.length; j += 30) {
        pane.add(execution(j, i * PANE, latencies[j]));
      }
      if (pane.executionCount() > 0) {
        rollUp.add(i * PANE, pane, new Exemplars(), Long.MIN_VALUE);
      }
    }
    List<SlidingWindows> evaluations = new ArrayList<>();
    rollUp.advance(5 * MINUTE, new Collected(evaluations));
    return evaluations.get(evaluations.size() - 1);
  }

  private static Execution execution(long id, long timestamp, int latency) {
    return new Execution(
        id,
        VERSION,
        timestamp,
        latency,
        1,
        1,
        true,
        null,
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        Execution.NO_HASH,
        null,
        null);
  }

  private static RuleEvaluation evaluate(RuleSet rules, int[] latencies) {
    return rules
        .forVersion(null)
        .get(0)
        .evaluate(EvaluatedWindows.of(evaluation(rules, latencies)));
  }

  @Property(tries = 60)
  void countsAreThoseOfTheExecutions(@ForAll long seed) {
    Random random = new Random(seed);
    Metric metric =
        List.of(Metric.LATENCY_P50, Metric.LATENCY_P95, Metric.LATENCY_P99).get(random.nextInt(3));
    boolean orEqual = random.nextBoolean();
    RuleSet rules =
        rules(metric.column() + (orEqual ? " >= 500ms" : " > 500ms"), ", evidence: 1e-3");
    int[] latencies =
        random
            .ints(100 + random.nextInt(28), 450, 450 + 10 * (1 + random.nextInt(60)))
            // Many are exactly at the threshold.
            .map(latency -> latency / 10 * 10)
            .toArray();
    RuleEvaluation evaluation = evaluate(rules, latencies);
    int[] sorted = latencies.clone();
    Arrays.sort(sorted);
    double position = metric.percentile() / 100.0 * (sorted.length - 1);
    int below = (int) position;
    double percentile =
        sorted[below]
            + (position - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
    boolean plain = orEqual ? percentile >= 500 : percentile > 500;
    assertThat(evaluation.evaluation().verdict()).isEqualTo(verdict(plain));
    if (!plain) {
      assertThat(evaluation.verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
      return;
    }
    long slower = Arrays.stream(latencies).filter(l -> orEqual ? l >= 500 : l > 500).count();
    double expected =
        Evidence.logEValue(slower, latencies.length, (100 - metric.percentile()) / 100.0);
    assertThat(Math.log(evaluation.evidence())).isEqualTo(expected, within(1e-9));
    assertThat(evaluation.verdict()).isEqualTo(verdict(expected >= Math.log(1000)));
  }

  private static Verdict verdict(boolean holds) {
    return holds ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
  }

  @Test
  void aFewSlowExecutionsAreNoEvidence() {
    RuleSet rules = rules("latency_p95 > 1s", ", evidence: 1e-4");
    int[] latencies = new int[100];
    Arrays.fill(latencies, 200);
    Arrays.fill(latencies, 0, 8, 5000);
    RuleEvaluation few = evaluate(rules, latencies);
    assertThat(few.evaluation().verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(few.verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
    assertThat(few.evidence()).isBetween(0.01, 100.0);
    Arrays.fill(latencies, 0, 30, 5000);
    assertThat(evaluate(rules, latencies).verdict()).isEqualTo(Verdict.HOLDS);
  }

  /** With many executions in digests, too. */
  @Test
  void manyExecutionsAreCountedToWithinTheSketch() {
    RuleSet rules = rules("latency_p95 > 1s", ", evidence: 1e-4");
    Random random = new Random(1);
    int[] latencies =
        random.doubles(60_000).mapToInt(u -> (int) (200 * Math.pow(u, -0.6))).toArray();
    SlidingWindows evaluation = evaluation(rules, latencies);
    long slower = Arrays.stream(latencies).filter(latency -> latency > 1000).count();
    assertThat(slower).isBetween(3_500L, 4_500L);
    var five =
        evaluation.windows().stream()
            .filter(w -> w.length() == 5 * MINUTE)
            .findFirst()
            .orElseThrow();
    assertThat((double) five.slowerThan(1000)).isCloseTo((double) slower, within(0.005 * 60_000));
    assertThat(evaluate(rules, latencies).verdict()).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void onlyTheWindowsOfSuchRulesAreCounted() {
    int[] latencies = {100, 200};
    assertThat(evaluation(rules("latency_p95 > 1s", ""), latencies).windows())
        .allSatisfy(window -> assertThat(window.latencyTails()).isEmpty());
    assertThat(evaluation(rules("latency_p95 > 150ms", ", evidence: 0.01"), latencies).windows())
        .allSatisfy(
            window ->
                assertThat(window.slowerThan(150)).isEqualTo(window.length() == 300_000 ? 1 : -1));
  }

  @Test
  void rulesThatCanRollBackHaveTheirSlowExecutionsCounted() {
    List<VersionRule> defaults =
        RuleSet.of(AlertingConfig.defaults()).forVersion(null).stream()
            .filter(rule -> rule.latencyThresholds().length > 0)
            .toList();
    assertThat(defaults)
        .extracting(rule -> rule.rule().name())
        .containsExactly("rollback: latency_p99 > 10000ms for 5 minutes");
    assertThat(defaults.get(0).latencyThresholds()).containsExactly(10_000);
  }

  @ParameterizedTest
  @CsvSource({
    "error_rate > 5%, true",
    "success_rate < 95%, true",
    "latency_p99 >= 10s, true",
    "latency_p50 > baseline * 2, true",
    "latency_p95 > 3s and execution_count > 100, true",
    "latency_avg > 3s or error_rate > 5%, true",
    "error_rate < 5%, false",
    "success_rate > 95%, false",
    "latency_p99 < 10s, false",
    "latency_avg > 3s, false",
    "latency_p95 > 3s and error_rate > 5%, false",
    "latency_p95 > 3s or latency_p99 > 5s, false"
  })
  void thereIsEvidenceForOneRateOrPercentileThatIsWorse(String condition, boolean possible) {
    assertThat(Evidence.isFor(Condition.parse(condition).expression())).isEqualTo(possible);
    if (!possible) {
      assertThatThrownBy(() -> rules('"' + condition + '"', ", evidence: 0.01"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(
              "evidence: needs a condition that compares error_rate, success_rate or a percentile"
                  + " of the latency, once and on the side that is worse");
    }
  }

  private record Collected(List<SlidingWindows> evaluations) implements RollUpOutput {
    @Override
    public void window(WindowUpdate update) {}

    @Override
    public void sliding(SlidingWindows evaluation) {
      evaluations.add(evaluation);
    }

    @Override
    public void feedbackWithoutExecution(long executionMinute, long count) {}
  }

  private static final class NoStore implements RollUpStore {
    @Override
    public void forEachWindow(EntrySink sink) {}

    @Override
    public void putWindow(long key, byte[] value) {}

    @Override
    public void removeWindow(long key) {}

    @Override
    public byte @Nullable [] getHour(long hour) {
      return null;
    }

    @Override
    public void putHour(long hour, byte[] value) {}

    @Override
    public void removeHour(long hour) {}
  }
}
