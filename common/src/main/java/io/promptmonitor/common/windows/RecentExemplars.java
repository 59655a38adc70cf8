package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.TopExemplars;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The executions of one prompt version that an evaluation may show as evidence: its newest failures
 * and the slowest executions of the last minutes. What it answers is a function of the executions
 * before the evaluation, whatever their order; what can never be an answer again is forgotten.
 */
final class RecentExemplars {

  /** How far back the slowest executions are looked for at most, in milliseconds. */
  private static final long SLOWEST_WITHIN = 5 * 60_000;

  private static final int MAX_STORED = 10_000_000;

  private final long failuresWithin;
  private final long slowestWithin;

  /** In the order of time, the newest first. Those of the future included. */
  private final List<Exemplar> failures = new ArrayList<>();

  /** Likewise. */
  private final List<Exemplar> slow = new ArrayList<>();

  private final TopExemplars slowest = new TopExemplars(TopExemplars.SLOWEST);

  /**
   * None yet.
   *
   * @param longest the longest sliding window, in milliseconds: how far back failures are looked
   *     for, and at most how far slow executions are
   */
  RecentExemplars(long longest) {
    this.failuresWithin = longest;
    this.slowestWithin = Math.min(SLOWEST_WITHIN, longest);
  }

  boolean isEmpty() {
    return failures.isEmpty() && slow.isEmpty();
  }

  void clear() {
    failures.clear();
    slow.clear();
  }

  /** Adds those of executions, all or some of a pane's. */
  void add(Exemplars exemplars) {
    exemplars.newestFailures().forEach(exemplar -> insert(exemplar, failures));
    exemplars.slowestExecutions().forEach(exemplar -> insert(exemplar, slow));
  }

  private static void insert(Exemplar exemplar, List<Exemplar> newestFirst) {
    int at = 0;
    while (at < newestFirst.size()
        && TopExemplars.NEWEST.compare(exemplar, newestFirst.get(at)) > 0) {
      at++;
    }
    newestFirst.add(at, exemplar);
  }

  /** The newest failures before {@code end}, the newest first. */
  List<Exemplar> newestFailures(long end) {
    int from = firstBefore(end, failures);
    int to = from;
    while (to < failures.size()
        && to - from < TopExemplars.LIMIT
        && failures.get(to).timestamp() >= end - failuresWithin) {
      to++;
    }
    failures.subList(to, failures.size()).clear();
    return List.copyOf(failures.subList(from, to));
  }

  /** The slowest executions shortly before {@code end}, the slowest first. */
  List<Exemplar> slowest(long end) {
    slowest.clear();
    int from = firstBefore(end, slow);
    int kept = from;
    for (int i = from; i < slow.size(); i++) {
      Exemplar exemplar = slow.get(i);
      // One that is not among the slowest of those as new as it or newer will never be again.
      if (exemplar.timestamp() >= end - slowestWithin && slowest.add(exemplar)) {
        slow.set(kept++, exemplar);
      }
    }
    slow.subList(kept, slow.size()).clear();
    return slowest.toList();
  }

  private static int firstBefore(long end, List<Exemplar> newestFirst) {
    int first = 0;
    while (first < newestFirst.size() && newestFirst.get(first).timestamp() >= end) {
      first++;
    }
    return first;
  }

  void write(DataOutput out) throws IOException {
    Exemplar.writeAll(failures, out);
    Exemplar.writeAll(slow, out);
  }

  /** Reads what {@link #write} wrote. */
  void read(DataInput in) throws IOException {
    clear();
    failures.addAll(Exemplar.readAll(in, MAX_STORED));
    slow.addAll(Exemplar.readAll(in, MAX_STORED));
  }
}
