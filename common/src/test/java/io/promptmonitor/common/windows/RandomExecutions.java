package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.List;
import java.util.SplittableRandom;

/** Executions of one prompt version whose values exercise every form of every sketch. */
final class RandomExecutions {

  static final PromptVersionId VERSION = new PromptVersionId("summarize", "v3");

  private static final String[] ERRORS = {"timeout", "rate_limit", "parse_error"};
  private static final String[] MODELS = {"claude-sonnet", "claude-haiku"};

  private final SplittableRandom random;
  private final int latencyKind;
  private final int users;
  private final int inputs;
  private final int names;
  private long nextId = 1;

  RandomExecutions(SplittableRandom random) {
    this.random = random;
    this.latencyKind = random.nextInt(5);
    this.users = new int[] {0, 3, 100, 100_000}[random.nextInt(4)];
    this.inputs = new int[] {0, 3, 50, 100_000}[random.nextInt(4)];
    this.names = random.nextInt(8) == 0 ? 120 : 0;
  }

  Execution next(long timestamp) {
    boolean success = random.nextInt(10) != 0;
    return new Execution(
        nextId++,
        VERSION,
        timestamp,
        latency(),
        random.nextInt(4000),
        random.nextInt(1000),
        success,
        success || random.nextInt(5) == 0 ? null : error(),
        random.nextInt(4) == 0 ? (byte) (1 + random.nextInt(5)) : Execution.NO_FEEDBACK,
        random.nextInt(5) == 0 ? random.nextInt(10_000_001) : Execution.NO_SCORE,
        inputs == 0 ? Execution.NO_HASH : hash(random.nextInt(inputs)),
        random.nextInt(10) == 0 ? Execution.NO_HASH : hash(random.nextInt(3)),
        users == 0 ? Execution.NO_HASH : hash(random.nextInt(users)),
        random.nextInt(10) == 0 ? null : MODELS[random.nextInt(MODELS.length)],
        random.nextInt(3) == 0 ? "branch-" + random.nextInt(4) : null);
  }

  private String error() {
    return names > 0 ? "error-" + random.nextInt(names) : ERRORS[random.nextInt(ERRORS.length)];
  }

  private int latency() {
    return switch (latencyKind) {
      case 0 -> 250;
      case 1 -> random.nextInt(20);
      case 2 -> random.nextInt(2) == 0 ? 80 + random.nextInt(20) : 3000 + random.nextInt(500);
      case 3 -> (int) Math.min(Integer.MAX_VALUE, 50 / Math.pow(random.nextDouble(), 1.2));
      default -> (int) Math.exp(6 + 2 * (random.nextDouble() + random.nextDouble() - 1));
    };
  }

  static long hash(long value) {
    long h = (value + 1) * 0x9E3779B97F4A7C15L;
    h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
    h ^= h >>> 32;
    return h == 0 ? 1 : h;
  }

  static Exemplars exemplars(List<Execution> executions) {
    Exemplars exemplars = new Exemplars();
    executions.forEach(exemplars::add);
    return exemplars;
  }

  static WindowAggregate aggregate(List<Execution> executions) {
    WindowAggregate aggregate = new WindowAggregate();
    executions.forEach(aggregate::add);
    return aggregate;
  }
}
