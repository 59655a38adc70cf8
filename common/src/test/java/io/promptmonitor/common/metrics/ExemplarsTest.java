package io.promptmonitor.common.metrics;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ExemplarsTest {

  private static final PromptVersionId VERSION = new PromptVersionId("summarize", "v3");

  private static Execution execution(long id, long timestamp, int latency, boolean success) {
    return new Execution(
        id,
        VERSION,
        timestamp,
        latency,
        1,
        2,
        success,
        success ? null : "timeout",
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        id * 3,
        Execution.NO_HASH,
        77,
        id % 2 == 0 ? "gpt-x" : null,
        id % 3 == 0 ? "a/b" : null);
  }

  private static Exemplars exemplars(List<Execution> executions) {
    Exemplars exemplars = new Exemplars();
    executions.forEach(exemplars::add);
    return exemplars;
  }

  @Property(tries = 300)
  void areTheNewestFailuresAndTheSlowestExecutions(@ForAll long seed) {
    Random random = new Random(seed);
    List<Execution> executions = new ArrayList<>();
    int n = random.nextInt(40);
    // Few values, so that many are equal; an id may come twice.
    for (int i = 0; i < n; i++) {
      executions.add(
          execution(
              random.nextInt(50), random.nextInt(10), random.nextInt(8), random.nextInt(3) > 0));
    }
    Exemplars exemplars = exemplars(executions);
    assertThat(exemplars.newestFailures())
        .extracting(Exemplar::timestamp)
        .isEqualTo(
            executions.stream()
                .filter(execution -> !execution.success())
                .map(Execution::timestamp)
                .sorted(Comparator.reverseOrder())
                .limit(5)
                .toList());
    assertThat(exemplars.slowestExecutions())
        .extracting(Exemplar::latencyMs)
        .isEqualTo(
            executions.stream()
                .map(Execution::latencyMs)
                .sorted(Comparator.reverseOrder())
                .limit(5)
                .toList());
    Collections.shuffle(executions, random);
    assertThat(bytes(exemplars(executions)::write)).isEqualTo(bytes(exemplars::write));
    assertThat(bytes(read(bytes(exemplars::write), Exemplars::read)::write))
        .isEqualTo(bytes(exemplars::write));
  }

  @Test
  void ofThoseThatAreEquallySlowAFewAreChosenForGood() {
    List<Execution> executions = new ArrayList<>();
    for (int i = 100; i > 0; i--) {
      executions.add(execution(i, 100 - i, 250, true));
    }
    assertThat(exemplars(executions).slowestExecutions())
        .extracting(Exemplar::executionIdHash)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void holdNothingOfTheCallButHashes() {
    Exemplar exemplar = exemplars(List.of(execution(6, 5, 250, false))).newestFailures().get(0);
    assertThat(exemplar)
        .isEqualTo(
            new Exemplar(6, 5, 250, false, "timeout", 18, Execution.NO_HASH, "gpt-x", "a/b"));
  }

  @Test
  void keepTheFormOfTheirBytes() {
    Exemplars exemplars =
        exemplars(
            List.of(
                execution(6, -5, 250, false),
                execution(-1, 1_772_000_000_000L, Integer.MAX_VALUE, true)));
    assertGolden("exemplars", exemplars::write);
    Exemplars there = read(golden("exemplars"), Exemplars::read);
    assertThat(there.newestFailures()).isEqualTo(exemplars.newestFailures());
    assertThat(there.slowestExecutions()).isEqualTo(exemplars.slowestExecutions());
    assertThat(bytes(new Exemplars()::write)).hasSize(2);
  }
}
