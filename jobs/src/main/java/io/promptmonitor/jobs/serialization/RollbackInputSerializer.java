package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes what the rollback protocol takes. */
public final class RollbackInputSerializer extends ImmutableSerializer<RollbackInput> {

  /** The only instance. */
  public static final RollbackInputSerializer INSTANCE = new RollbackInputSerializer();

  private RollbackInputSerializer() {}

  @Override
  public void serialize(RollbackInput input, DataOutputView out) throws IOException {
    WindowUpdate window = input.window();
    RollbackTrigger trigger = input.trigger();
    out.writeBoolean(trigger != null);
    if (trigger != null) {
      RollbackTriggerSerializer.INSTANCE.serialize(trigger, out);
    } else if (window != null) {
      WindowUpdateSerializer.INSTANCE.serialize(window, out);
    }
  }

  @Override
  public RollbackInput deserialize(DataInputView in) throws IOException {
    return in.readBoolean()
        ? RollbackInput.of(RollbackTriggerSerializer.INSTANCE.deserialize(in))
        : RollbackInput.of(WindowUpdateSerializer.INSTANCE.deserialize(in));
  }

  @Override
  public TypeSerializerSnapshot<RollbackInput> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<RollbackInput> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RollbackInput> serializer(int version) {
      return INSTANCE;
    }
  }
}
