package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes pane updates: what crosses the shuffle. */
public final class PaneUpdateSerializer extends ImmutableSerializer<PaneUpdate> {

  /** The only instance. */
  public static final PaneUpdateSerializer INSTANCE = new PaneUpdateSerializer();

  private PaneUpdateSerializer() {}

  @Override
  public void serialize(PaneUpdate update, DataOutputView out) throws IOException {
    PromptVersionIdSerializer.INSTANCE.serialize(update.promptVersion(), out);
    out.writeLong(update.time());
    Text.writeNullable(out, update.feedbackSource());
    if (update.isFeedback()) {
      VarInt.writeSigned(out, update.feedbackPosition());
    }
    update.aggregate().write(out);
    if (!update.isFeedback()) {
      update.exemplars().write(out);
    }
  }

  @Override
  public PaneUpdate deserialize(DataInputView in) throws IOException {
    var promptVersion = PromptVersionIdSerializer.INSTANCE.deserialize(in);
    long time = in.readLong();
    String feedbackSource = Text.readNullable(in);
    long feedbackPosition = feedbackSource == null ? 0 : VarInt.readSigned(in);
    WindowAggregate aggregate = WindowAggregate.read(in);
    return feedbackSource == null
        ? PaneUpdate.executions(promptVersion, time, aggregate, Exemplars.read(in))
        : PaneUpdate.feedback(promptVersion, time, aggregate, feedbackSource, feedbackPosition);
  }

  @Override
  public TypeSerializerSnapshot<PaneUpdate> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<PaneUpdate> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PaneUpdate> serializer(int version) {
      return INSTANCE;
    }
  }
}
