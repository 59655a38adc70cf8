package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.SlidingWindow;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes evaluations of sliding windows. */
public final class SlidingWindowSerializer extends ImmutableSerializer<SlidingWindow> {

  /** The only instance. */
  public static final SlidingWindowSerializer INSTANCE = new SlidingWindowSerializer();

  private SlidingWindowSerializer() {}

  @Override
  public void serialize(SlidingWindow window, DataOutputView out) throws IOException {
    PromptVersionIdSerializer.INSTANCE.serialize(window.promptVersion(), out);
    out.writeLong(window.length());
    out.writeLong(window.start());
    out.writeLong(window.end());
    out.writeDouble(window.predictedQuality());
    window.counters().write(out);
    out.writeDouble(window.latencyP50());
    out.writeDouble(window.latencyP95());
    out.writeDouble(window.latencyP99());
  }

  @Override
  public SlidingWindow deserialize(DataInputView in) throws IOException {
    return new SlidingWindow(
        PromptVersionIdSerializer.INSTANCE.deserialize(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        WindowAggregate.read(in),
        in.readDouble(),
        in.readDouble(),
        in.readDouble());
  }

  @Override
  public TypeSerializerSnapshot<SlidingWindow> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<SlidingWindow> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<SlidingWindow> serializer(int version) {
      return INSTANCE;
    }
  }
}
