package io.promptmonitor.common.metrics;

import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.DistinctSketch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureBreakdownTest {

  private static final PromptVersionId VERSION = new PromptVersionId("p", "1");

  private static Execution execution(
      long time, int inputTokens, int outputTokens, boolean success, Random random) {
    return new Execution(
        time,
        VERSION,
        time,
        100,
        inputTokens,
        outputTokens,
        success,
        null,
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        random.nextInt(4) == 0 ? Execution.NO_HASH : 1 + random.nextInt(50),
        random.nextInt(4) == 0 ? null : "model" + random.nextInt(3),
        random.nextInt(4) == 0 ? null : "branch" + random.nextInt(5));
  }

  private static Execution execution(Random random) {
    return execution(
        1_750_000_000_000L + random.nextInt(10_000),
        (int) Math.exp(random.nextDouble() * 11),
        random.nextInt(20) == 0 ? Integer.MAX_VALUE : random.nextInt(300),
        random.nextInt(3) > 0,
        random);
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void countsWhatItSays(@ForAll long seed) {
    Random random = new Random(seed);
    List<Execution> all = new ArrayList<>();
    WindowAggregate window = new WindowAggregate();
    int n = 1 + random.nextInt(200);
    WindowAggregate part = new WindowAggregate();
    for (int i = 0; i < n; i++) {
      Execution execution = execution(random);
      all.add(execution);
      part.add(execution);
      if (random.nextInt(30) == 0) {
        window.merge(part);
        part = new WindowAggregate();
      }
    }
    window.merge(part);
    window.close();
    FailureBreakdown breakdown = window.failureBreakdown();
    assertThat(breakdown).isNotNull();
    List<Execution> failed = all.stream().filter(e -> !e.success()).toList();
    assertThat(breakdown.executionCount()).isEqualTo(n);
    for (int range = 0; range < FailureBreakdown.TOKEN_RANGES; range++) {
      String name = FailureBreakdown.nameOfTokenRange(range);
      assertThat(breakdown.executions(range)).as(name).isEqualTo(inRange(all, name));
      assertThat(breakdown.failures(range)).as(name).isEqualTo(inRange(failed, name));
    }
    assertThat(all(breakdown.failuresByBranch())).isEqualTo(counts(failed, Execution::branch));
    assertThat(all(breakdown.failuresByModel())).isEqualTo(counts(failed, Execution::model));
    Set<Long> users = new HashSet<>();
    failed.stream().map(Execution::userHash).filter(h -> h != 0).forEach(users::add);
    DistinctSketch failing = breakdown.failingUsers();
    assertThat(failing == null ? 0 : failing.estimate()).isEqualTo(users.size());
    assertThat(window.lastExecution())
        .isEqualTo(all.stream().mapToLong(Execution::timestamp).max().orElseThrow());
    assertThat(hex(read(bytes(breakdown::write), FailureBreakdown::read)::write))
        .isEqualTo(hex(breakdown::write));
  }

  /** Reads the names as a person would. */
  private static long inRange(List<Execution> executions, String name) {
    String[] limits = name.replace(" or more", "-" + Long.MAX_VALUE).split("-", -1);
    long from = Long.parseLong(limits[0]);
    long to = Long.parseLong(limits[1]);
    return executions.stream()
        .mapToLong(e -> (long) e.inputTokens() + e.outputTokens())
        .filter(tokens -> tokens >= from && tokens <= to)
        .count();
  }

  private static Map<String, Long> all(@Nullable CategoryCounts counts) {
    return counts == null ? Map.of() : counts.all();
  }

  private static Map<String, Long> counts(
      List<Execution> executions, Function<Execution, @Nullable String> name) {
    Map<String, Long> counts = new HashMap<>();
    for (Execution execution : executions) {
      String n = name.apply(execution);
      if (n != null) {
        counts.merge(n, 1L, Long::sum);
      }
    }
    return counts;
  }

  @Test
  void rangesMeetWithoutGaps() {
    assertThat(
            IntStream.range(0, FailureBreakdown.TOKEN_RANGES)
                .mapToObj(FailureBreakdown::nameOfTokenRange))
        .containsExactly(
            "0-99",
            "100-199",
            "200-499",
            "500-999",
            "1000-1999",
            "2000-4999",
            "5000-9999",
            "10000-19999",
            "20000-49999",
            "50000 or more");
    assertThat(FailureBreakdown.tokenRange(0)).isZero();
    assertThat(FailureBreakdown.tokenRange(99)).isZero();
    assertThat(FailureBreakdown.tokenRange(100)).isEqualTo(1);
    assertThat(FailureBreakdown.tokenRange(49_999)).isEqualTo(8);
    assertThat(FailureBreakdown.tokenRange(50_000)).isEqualTo(9);
    assertThat(FailureBreakdown.tokenRange(Integer.MAX_VALUE)).isEqualTo(9);
  }

  @Test
  void successesLeaveNothingButLengths() {
    WindowAggregate window = new WindowAggregate();
    window.add(execution(5, 60, 40, true, new Random(1)));
    window.add(execution(4, 60, 40, true, new Random(2)));
    FailureBreakdown breakdown = window.failureBreakdown();
    assertThat(breakdown).isNotNull();
    assertThat(breakdown.executions(1)).isEqualTo(2);
    assertThat(breakdown.failures(1)).isZero();
    assertThat(breakdown.failuresByBranch()).isNull();
    assertThat(breakdown.failuresByModel()).isNull();
    assertThat(breakdown.failingUsers()).isNull();
    assertThat(window.lastExecution()).isEqualTo(5);
  }
}
