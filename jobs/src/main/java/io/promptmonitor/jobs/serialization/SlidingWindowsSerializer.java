package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.LatencyTail;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes evaluations of sliding windows. Counters that a window shares with the one before it are
 * written once, so that an evaluation without new executions is small.
 */
public final class SlidingWindowsSerializer extends ImmutableSerializer<SlidingWindows> {

  /** The only instance. */
  public static final SlidingWindowsSerializer INSTANCE = new SlidingWindowsSerializer();

  private static final int MAX_WINDOWS = 100_000;
  private static final int MAX_TAILS = 100_000;
  private static final int SHARED_COUNTERS = 1;
  private static final int LATENCY = 1 << 1;
  private static final int LATENCY_TAILS = 1 << 2;

  private SlidingWindowsSerializer() {}

  @Override
  public void serialize(SlidingWindows evaluation, DataOutputView out) throws IOException {
    PromptVersionIdSerializer.INSTANCE.serialize(evaluation.promptVersion(), out);
    out.writeLong(evaluation.end());
    out.writeDouble(evaluation.predictedQuality());
    out.writeBoolean(evaluation.hasExecutions());
    VarInt.write(out, evaluation.windows().size());
    WindowAggregate previous = null;
    for (SlidingWindow window : evaluation.windows()) {
      write(window, evaluation.end(), previous, out);
      previous = window.counters();
    }
    Exemplar.writeAll(evaluation.failures(), out);
    Exemplar.writeAll(evaluation.slowest(), out);
  }

  private static void write(
      SlidingWindow window, long end, @Nullable WindowAggregate previous, DataOutput out)
      throws IOException {
    boolean shared = window.counters() == previous;
    boolean latency = !Double.isNaN(window.latencyP50());
    boolean tails = !window.latencyTails().isEmpty();
    out.writeByte(
        (shared ? SHARED_COUNTERS : 0) | (latency ? LATENCY : 0) | (tails ? LATENCY_TAILS : 0));
    VarInt.write(out, window.length());
    VarInt.writeSigned(out, end - window.length() - window.start());
    if (!shared) {
      window.counters().write(out);
    }
    if (latency) {
      out.writeDouble(window.latencyP50());
      out.writeDouble(window.latencyP95());
      out.writeDouble(window.latencyP99());
    }
    if (tails) {
      VarInt.write(out, window.latencyTails().size());
      for (LatencyTail tail : window.latencyTails()) {
        out.writeDouble(tail.threshold());
        VarInt.write(out, tail.executions());
      }
    }
  }

  @Override
  public SlidingWindows deserialize(DataInputView in) throws IOException {
    PromptVersionId promptVersion = PromptVersionIdSerializer.INSTANCE.deserialize(in);
    long end = in.readLong();
    double predictedQuality = in.readDouble();
    boolean hasExecutions = in.readBoolean();
    int windowCount = VarInt.readSize(in, MAX_WINDOWS);
    List<SlidingWindow> windows = new ArrayList<>(windowCount);
    WindowAggregate previous = null;
    for (int i = 0; i < windowCount; i++) {
      SlidingWindow window = read(end, previous, in);
      windows.add(window);
      previous = window.counters();
    }
    return new SlidingWindows(
        promptVersion,
        end,
        predictedQuality,
        hasExecutions,
        windows,
        Exemplar.readAll(in, SlidingWindows.MAX_EXEMPLARS),
        Exemplar.readAll(in, SlidingWindows.MAX_EXEMPLARS));
  }

  private static SlidingWindow read(long end, @Nullable WindowAggregate previous, DataInput in)
      throws IOException {
    int flags = in.readUnsignedByte();
    long length = VarInt.read(in);
    long start = end - length - VarInt.readSigned(in);
    WindowAggregate counters = previous;
    if ((flags & SHARED_COUNTERS) == 0) {
      counters = WindowAggregate.read(in);
    }
    if (counters == null) {
      throw new IOException("malformed evaluation: the first window shares its counters");
    }
    boolean latency = (flags & LATENCY) != 0;
    return new SlidingWindow(
        length,
        start,
        counters,
        latency ? in.readDouble() : Double.NaN,
        latency ? in.readDouble() : Double.NaN,
        latency ? in.readDouble() : Double.NaN,
        (flags & LATENCY_TAILS) == 0 ? List.of() : readTails(in));
  }

  private static List<LatencyTail> readTails(DataInput in) throws IOException {
    int count = VarInt.readSize(in, MAX_TAILS);
    List<LatencyTail> tails = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tails.add(new LatencyTail(in.readDouble(), VarInt.read(in)));
    }
    return tails;
  }

  @Override
  public TypeSerializerSnapshot<SlidingWindows> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<SlidingWindows> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<SlidingWindows> serializer(int version) {
      return INSTANCE;
    }
  }
}
