package io.promptmonitor.common.metrics;

import io.promptmonitor.common.execution.Execution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of the executions that were added, those that may be shown as evidence: the newest failed ones
 * and the slowest ones, at most {@link TopExemplars#LIMIT} of each. A function of the executions,
 * whatever their order. Not thread-safe.
 */
public final class Exemplars {

  private @Nullable TopExemplars failures;
  private @Nullable TopExemplars slowest;

  /** Adds an execution: makes an object only if it is chosen. */
  public void add(Execution execution) {
    Exemplar chosen = null;
    if (!execution.success() && isNewer(execution)) {
      chosen = Exemplar.of(execution);
      failures().add(chosen);
    }
    if (isSlower(execution)) {
      slowest().add(chosen == null ? Exemplar.of(execution) : chosen);
    }
  }

  private boolean isNewer(Execution execution) {
    Exemplar last = failures == null ? null : failures.last();
    return last == null || execution.timestamp() >= last.timestamp();
  }

  private boolean isSlower(Execution execution) {
    Exemplar last = slowest == null ? null : slowest.last();
    return last == null
        || execution.latencyMs() > last.latencyMs()
        || (execution.latencyMs() == last.latencyMs()
            && execution.executionIdHash() <= last.executionIdHash());
  }

  private TopExemplars failures() {
    TopExemplars top = failures;
    if (top == null) {
      top = new TopExemplars(TopExemplars.NEWEST);
      failures = top;
    }
    return top;
  }

  private TopExemplars slowest() {
    TopExemplars top = slowest;
    if (top == null) {
      top = new TopExemplars(TopExemplars.SLOWEST);
      slowest = top;
    }
    return top;
  }

  /** The newest failed executions, the newest first. */
  public List<Exemplar> newestFailures() {
    return failures == null ? List.of() : failures.toList();
  }

  /** The slowest executions, failed ones included, the slowest first. */
  public List<Exemplar> slowestExecutions() {
    return slowest == null ? List.of() : slowest.toList();
  }

  /** Writes the exemplars. */
  public void write(DataOutput out) throws IOException {
    Exemplar.writeAll(newestFailures(), out);
    Exemplar.writeAll(slowestExecutions(), out);
  }

  /** Reads what {@link #write} wrote. */
  public static Exemplars read(DataInput in) throws IOException {
    Exemplars exemplars = new Exemplars();
    for (Exemplar failure : Exemplar.readAll(in, TopExemplars.LIMIT)) {
      exemplars.failures().add(failure);
    }
    for (Exemplar slow : Exemplar.readAll(in, TopExemplars.LIMIT)) {
      exemplars.slowest().add(slow);
    }
    return exemplars;
  }
}
