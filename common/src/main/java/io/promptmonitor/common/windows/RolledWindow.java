package io.promptmonitor.common.windows;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One window of one prompt version while it is kept in full.
 *
 * <p>A pane and a minute are filled by executions: {@link #collecting} takes them in any order, and
 * is dropped when no more may come. A longer window is the merge, in the order of time, of the
 * windows one level below that have ended.
 */
final class RolledWindow {

  private static final byte FORMAT = 1;
  private static final int CLOSED = 1;
  private static final int CHANGED = 1 << 1;
  private static final int COLLECTING = 1 << 2;
  private static final int MERGED = 1 << 3;
  private static final int OUTDATED = 1 << 4;
  private static final int CORRECTED = 1 << 5;
  private static final int PARTS = 1 << 6;

  final long start;

  /** Executions of a pane or minute as long as more may come, else null. */
  @Nullable WindowAggregate collecting;

  /**
   * What is known of the window: all of it once it has ended. Null for a minute that has not ended,
   * and for a pane as long as it collects.
   */
  @Nullable WindowAggregate merged;

  /**
   * The parts that are known of all its executions, as a mask of {@link MetricPart}: a pane takes
   * only what sliding windows need, and of other windows only that is kept in the end.
   */
  int parts = MetricPart.ALL;

  /** Whether the window has ended, and was merged into the level above. */
  boolean closed;

  /** Whether something came in since the last row was written. */
  boolean changed;

  /** Number of rows written so far. */
  int revision;

  /** Whether {@link #merged} has to be computed again because late executions came. */
  boolean outdated;

  /** Whether a corrected row has to be written although the window has ended. */
  boolean corrected;

  /** Whether it differs from what was saved. */
  boolean unsaved = true;

  /** Whether the store holds some form of it. */
  boolean saved;

  RolledWindow(long start) {
    this.start = start;
  }

  /** The executions, in whichever form they are at hand. */
  @Nullable WindowAggregate content() {
    return merged != null ? merged : collecting;
  }

  /** Forgets all but {@code needed} parts of a window that is merged no more. */
  void keepOnly(int needed) {
    WindowAggregate full = merged;
    int kept = parts & needed;
    if (full != null && collecting == null && kept != parts) {
      merged = full.copyParts(kept);
      parts = kept;
      unsaved = true;
    }
  }

  boolean hasExecutions() {
    WindowAggregate content = content();
    return content != null && content.executionCount() > 0;
  }

  /** Writes the window without what can be computed again from the rest. */
  void write(DataOutput out) throws IOException {
    WindowAggregate open = collecting;
    WindowAggregate rolled = open == null ? merged : null;
    out.writeByte(FORMAT);
    out.writeByte(
        (closed ? CLOSED : 0)
            | (changed ? CHANGED : 0)
            | (open == null ? 0 : COLLECTING)
            | (rolled == null ? 0 : MERGED)
            | (outdated ? OUTDATED : 0)
            | (corrected ? CORRECTED : 0)
            | (parts == MetricPart.ALL ? 0 : PARTS));
    VarInt.write(out, revision);
    if (parts != MetricPart.ALL) {
      out.writeByte(parts);
    }
    if (open != null) {
      open.write(out);
    }
    if (rolled != null) {
      rolled.write(out);
    }
  }

  static RolledWindow read(int level, long start, DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of a stored window: " + format);
    }
    RolledWindow window = new RolledWindow(start);
    int flags = in.readUnsignedByte();
    window.closed = (flags & CLOSED) != 0;
    window.changed = (flags & CHANGED) != 0;
    window.outdated = (flags & OUTDATED) != 0;
    window.corrected = (flags & CORRECTED) != 0;
    window.revision = VarInt.readSize(in, Integer.MAX_VALUE);
    if ((flags & PARTS) != 0) {
      window.parts = in.readUnsignedByte();
    }
    if ((flags & COLLECTING) != 0) {
      WindowAggregate open = WindowAggregate.read(in);
      window.collecting = open;
      if (level == WindowLevel.MINUTE && window.closed && open.executionCount() > 0) {
        window.merged = closedCopy(open);
      }
    }
    if ((flags & MERGED) != 0) {
      window.merged = WindowAggregate.read(in);
    }
    window.unsaved = false;
    window.saved = true;
    return window;
  }

  static WindowAggregate closedCopy(WindowAggregate open) {
    WindowAggregate copy = open.copy();
    copy.close();
    return copy;
  }
}
