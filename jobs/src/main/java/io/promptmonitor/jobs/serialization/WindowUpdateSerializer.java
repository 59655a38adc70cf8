package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes rows of tumbling windows; the window's size is written as its label, which outlives a
 * change of the enum.
 */
public final class WindowUpdateSerializer extends ImmutableSerializer<WindowUpdate> {

  /** The only instance. */
  public static final WindowUpdateSerializer INSTANCE = new WindowUpdateSerializer();

  private WindowUpdateSerializer() {}

  @Override
  public void serialize(WindowUpdate update, DataOutputView out) throws IOException {
    PromptVersionIdSerializer.INSTANCE.serialize(update.promptVersion(), out);
    Text.write(out, update.size().label());
    out.writeLong(update.start());
    out.writeBoolean(update.isFinal());
    VarInt.write(out, update.revision());
    out.writeBoolean(update.qualityOnly());
    out.writeDouble(update.predictedQuality());
    update.aggregate().write(out);
  }

  @Override
  public WindowUpdate deserialize(DataInputView in) throws IOException {
    return new WindowUpdate(
        PromptVersionIdSerializer.INSTANCE.deserialize(in),
        WindowSize.ofLabel(Text.read(in)),
        in.readLong(),
        in.readBoolean(),
        VarInt.readSize(in, Integer.MAX_VALUE),
        in.readBoolean(),
        in.readDouble(),
        WindowAggregate.read(in));
  }

  @Override
  public TypeSerializerSnapshot<WindowUpdate> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<WindowUpdate> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<WindowUpdate> serializer(int version) {
      return INSTANCE;
    }
  }
}
