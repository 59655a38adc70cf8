package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates executions by prompt version and pane before they are shuffled, and gives a pane out
 * when it is complete. A pane that is given out early, for a checkpoint or to bound memory, is
 * continued as a further part. Times are milliseconds since the epoch. Not thread-safe.
 */
public final class PaneBuffer {

  private final long pane;
  private final long allowedLateness;
  private final Map<PromptVersionId, OpenPanes> open = new HashMap<>();
  private int paneCount;
  private long earliestEnd = Long.MAX_VALUE;

  /**
   * An empty buffer.
   *
   * @param pane length of a pane in milliseconds
   * @param allowedLateness how long after a pane's end executions are still taken, in milliseconds
   */
  public PaneBuffer(long pane, long allowedLateness) {
    this.pane = pane;
    this.allowedLateness = allowedLateness;
  }

  /**
   * Adds an execution to its pane.
   *
   * @param now a time before which everything was expected to have arrived
   * @return false if the pane ended more than the allowed lateness before {@code now}: nothing was
   *     added
   */
  public boolean add(Execution execution, long now) {
    long timestamp = execution.timestamp();
    long start = Math.floorDiv(timestamp, pane) * pane;
    if (lateness(timestamp, now) >= allowedLateness && start + pane <= now) {
      return false;
    }
    OpenPanes panes = open.get(execution.promptVersion());
    if (panes == null) {
      panes = new OpenPanes();
      open.put(execution.promptVersion(), panes);
    }
    OpenPane open = panes.find(start);
    if (open == null) {
      open = new OpenPane(start);
      panes.add(open);
      paneCount++;
      earliestEnd = Math.min(earliestEnd, start + pane);
    }
    open.aggregate.add(execution);
    open.exemplars.add(execution);
    return true;
  }

  /** How long before {@code now} the pane of {@code timestamp} ended; negative if it has not. */
  public long lateness(long timestamp, long now) {
    long end = Math.floorDiv(timestamp, pane) * pane + pane;
    return now == Long.MIN_VALUE ? Long.MIN_VALUE : now - end;
  }

  /** Gives out all panes that ended at or before {@code now}. */
  public void flush(long now, Consumer<PaneUpdate> output) {
    if (now < earliestEnd) {
      return;
    }
    earliestEnd = Long.MAX_VALUE;
    Iterator<Map.Entry<PromptVersionId, OpenPanes>> entries = open.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<PromptVersionId, OpenPanes> entry = entries.next();
      OpenPanes panes = entry.getValue();
      int kept = 0;
      for (int i = 0; i < panes.size; i++) {
        OpenPane candidate = panes.at(i);
        if (candidate.start + pane <= now) {
          output.accept(
              PaneUpdate.executions(
                  entry.getKey(), candidate.start, candidate.aggregate, candidate.exemplars));
        } else {
          panes.set(kept++, candidate);
          earliestEnd = Math.min(earliestEnd, candidate.start + pane);
        }
      }
      paneCount -= panes.size - kept;
      panes.truncate(kept);
      if (kept == 0) {
        entries.remove();
      }
    }
  }

  /** Gives out all panes, complete or not. */
  public void flushAll(Consumer<PaneUpdate> output) {
    flush(Long.MAX_VALUE, output);
  }

  /** Number of panes that are held. */
  public int paneCount() {
    return paneCount;
  }

  /** A pane that is being filled. */
  private static final class OpenPane {
    final long start;
    final WindowAggregate aggregate = new WindowAggregate();
    final Exemplars exemplars = new Exemplars();

    OpenPane(long start) {
      this.start = start;
    }
  }

  /** The open panes of one prompt version: few, the latest last. */
  private static final class OpenPanes {
    private @Nullable OpenPane[] panes = new OpenPane[2];
    private int size;

    @Nullable OpenPane find(long start) {
      for (int i = size - 1; i >= 0; i--) {
        OpenPane pane = at(i);
        if (pane.start == start) {
          return pane;
        }
      }
      return null;
    }

    void add(OpenPane pane) {
      if (size == panes.length) {
        panes = Arrays.copyOf(panes, 2 * size);
      }
      set(size++, pane);
    }

    void set(int index, OpenPane pane) {
      panes[index] = pane;
    }

    OpenPane at(int index) {
      OpenPane pane = panes[index];
      if (pane == null) {
        throw new IndexOutOfBoundsException(index);
      }
      return pane;
    }

    void truncate(int newSize) {
      Arrays.fill(panes, newSize, size, null);
      size = newSize;
    }
  }
}
