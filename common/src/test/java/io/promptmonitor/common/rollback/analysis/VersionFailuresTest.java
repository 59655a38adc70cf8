package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionFailuresTest {

  private static final PromptVersionId VERSION = new PromptVersionId("summarize", "1.0.0");

  private static Execution execution(
      boolean success, int tokens, @Nullable String branch, @Nullable String model, long user) {
    return new Execution(
        1,
        VERSION,
        1_750_000_000_000L,
        100,
        tokens,
        0,
        success,
        success ? null : "timeout",
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        user,
        model,
        branch);
  }

  private static @Nullable String name(Random random, String kind, int names) {
    return random.nextInt(5) == 0 ? null : kind + random.nextInt(names);
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void anAggregateKnowsThemByEveryDimension(@ForAll long seed) {
    Random random = new Random(seed);
    List<Execution> all = new ArrayList<>();
    WindowAggregate window = new WindowAggregate();
    int n = random.nextInt(300);
    for (int i = 0; i < n; i++) {
      Execution execution =
          execution(
              random.nextInt(3) > 0,
              random.nextInt(3_000),
              name(random, "branch", 4),
              name(random, "model", 2),
              random.nextInt(5) == 0 ? Execution.NO_HASH : 1 + random.nextInt(60));
      all.add(execution);
      window.add(execution);
    }
    window.close();
    VersionFailures failures = VersionFailures.of(window);
    assertThat(failures.executions()).isEqualTo(n);
    assertThat(failures.failures()).isEqualTo(failed(all));
    assertThat(failures.counts())
        .containsExactlyInAnyOrderElementsOf(
            join(
                failed(all) == 0
                    ? List.of()
                    : List.of(
                        new FailureCounts(FailureDimension.ERROR_TYPE, "timeout", n, failed(all))),
                by(FailureDimension.BRANCH, all, Execution::branch),
                by(FailureDimension.MODEL, all, Execution::model),
                by(FailureDimension.TOKEN_LENGTH, all, e -> range(e.inputTokens())),
                users(all)));
  }

  private static long failed(List<Execution> executions) {
    return executions.stream().filter(e -> !e.success()).count();
  }

  private static String range(int tokens) {
    return tokens < 100
        ? "0-99"
        : tokens < 200
            ? "100-199"
            : tokens < 500
                ? "200-499"
                : tokens < 1_000 ? "500-999" : tokens < 2_000 ? "1000-1999" : "2000-4999";
  }

  private static List<FailureCounts> by(
      FailureDimension dimension,
      List<Execution> all,
      Function<Execution, @Nullable String> value) {
    TreeMap<String, List<Execution>> groups = new TreeMap<>();
    for (Execution execution : all) {
      String name = value.apply(execution);
      if (name != null) {
        groups.computeIfAbsent(name, key -> new ArrayList<>()).add(execution);
      }
    }
    return groups.entrySet().stream()
        .map(
            e ->
                new FailureCounts(dimension, e.getKey(), e.getValue().size(), failed(e.getValue())))
        .toList();
  }

  private static List<FailureCounts> users(List<Execution> all) {
    Set<Long> seen = new HashSet<>();
    Set<Long> failing = new HashSet<>();
    for (Execution execution : all) {
      if (execution.userHash() != Execution.NO_HASH) {
        seen.add(execution.userHash());
        if (!execution.success()) {
          failing.add(execution.userHash());
        }
      }
    }
    return seen.isEmpty()
        ? List.of()
        : List.of(new FailureCounts(FailureDimension.USERS, "all", seen.size(), failing.size()));
  }

  @SafeVarargs
  private static List<FailureCounts> join(List<FailureCounts>... parts) {
    List<FailureCounts> all = new ArrayList<>();
    for (List<FailureCounts> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  /** Among very many names, others are the rest; nothing is counted twice or fails too often. */
  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void veryManyNamesStayWithinTheirTotals(@ForAll long seed) {
    Random random = new Random(seed);
    WindowAggregate all = new WindowAggregate();
    int named = 0;
    for (int part = 0; part < 5; part++) {
      WindowAggregate window = new WindowAggregate();
      for (int i = 0; i < 1_000; i++) {
        int branch = (int) Math.abs(random.nextGaussian() * 40);
        window.add(
            execution(random.nextInt(1 + branch) > 0, 1, "branch" + branch, "only", 1 + named));
        named++;
      }
      window.close();
      all.merge(window);
      all.close();
    }
    VersionFailures failures = VersionFailures.of(all);
    List<FailureCounts> branches =
        failures.counts().stream().filter(c -> c.dimension() == FailureDimension.BRANCH).toList();
    assertThat(branches).hasSizeLessThanOrEqualTo(66);
    assertThat(branches.stream().mapToLong(FailureCounts::total).sum()).isEqualTo(named);
    assertThat(branches.stream().mapToLong(FailureCounts::failures).sum())
        .isLessThanOrEqualTo(failures.failures());
    assertThat(failures.counts())
        .contains(new FailureCounts(FailureDimension.MODEL, "only", named, failures.failures()));
  }

  @Test
  void whatAnEarlierReleaseCountedIsKnownByErrorTypeOnly() {
    WindowAggregate old =
        GoldenBytes.read(GoldenBytes.golden("window-aggregate-format-1"), WindowAggregate::read);
    assertThat(VersionFailures.of(old).counts())
        .isNotEmpty()
        .allMatch(counts -> counts.dimension() == FailureDimension.ERROR_TYPE);
    old.add(execution(false, 10, "branch0", "model0", 7));
    assertThat(VersionFailures.of(old).counts())
        .allMatch(counts -> counts.dimension() == FailureDimension.ERROR_TYPE);
  }

  /** From executions to findings: long inputs fail, on the branch that they take. */
  @Test
  void anIncidentIsTracedToWhereItHappened() {
    ObservedSpan healthy = span(4_000, 0.0);
    ObservedSpan failing = span(1_000, 0.6);
    PostRollbackAnalysis analysis =
        PostRollbackAnalysis.of(
            null,
            null,
            Baselines.unknown(),
            new PostRollbackAnalysis.Spans(healthy, failing, span(800, 0.0)));
    assertThat(analysis.failureCorrelation().findings())
        .extracting(f -> f.dimension().key() + " " + f.value())
        .containsExactlyInAnyOrder(
            "error_type timeout", "branch full", "token_length 2000-4999", "users all");
    assertThat(analysis.performanceToExplorationMapping().degradation().affectedMetric())
        .isEqualTo("success_rate");
    // Without the version before, what is active after stands for what is healthy.
    assertThat(
            PostRollbackAnalysis.of(
                    null,
                    null,
                    Baselines.unknown(),
                    new PostRollbackAnalysis.Spans(span(0, 0), failing, healthy))
                .failureCorrelation())
        .isEqualTo(analysis.failureCorrelation());
  }

  /** A third of the executions is long and takes the branch "full". */
  private static ObservedSpan span(int n, double failureRateOfLong) {
    Random random = new Random(n);
    WindowAggregate window = new WindowAggregate();
    for (int i = 0; i < n; i++) {
      boolean isLong = i % 3 == 0;
      boolean success = random.nextDouble() >= (isLong ? failureRateOfLong : 0) + 0.01;
      window.add(
          execution(
              success,
              isLong ? 3_000 : 400,
              isLong ? "full" : "brief",
              i % 2 == 0 ? "small" : "large",
              1 + i / 4));
    }
    window.close();
    return new ObservedSpan(window, Double.NaN);
  }
}
