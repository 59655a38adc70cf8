package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Windows for tests. */
final class Windows {

  /** A Monday, so that it begins a window of every size. */
  static final long START = Instant.parse("2025-03-03T00:00:00Z").toEpochMilli();

  private Windows() {}

  /** The one-minute window {@code number} minutes after {@link #START}. */
  static WindowUpdate minute(
      String prompt, int number, int revision, boolean qualityOnly, WindowAggregate aggregate) {
    return new WindowUpdate(
        new PromptVersionId(prompt, "v1"),
        WindowSize.ONE_MINUTE,
        START + number * WindowSize.ONE_MINUTE.millis(),
        revision % 2 == 0,
        revision,
        qualityOnly,
        Double.NaN,
        aggregate);
  }

  /** Executions with the latencies 1 to {@code n} ms; the first {@code rated} are rated 5. */
  static WindowAggregate aggregate(int n, int rated) {
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 1; i <= n; i++) {
      aggregate.add(execution(i, i <= rated ? (byte) 5 : Execution.NO_FEEDBACK, null));
    }
    return aggregate;
  }

  static Execution execution(int latencyMs, byte rating, @Nullable String errorType) {
    return new Execution(
        latencyMs,
        new PromptVersionId("p", "v1"),
        START,
        latencyMs,
        10,
        5,
        errorType == null,
        errorType,
        rating,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        Execution.NO_HASH,
        "model-a",
        null);
  }
}
