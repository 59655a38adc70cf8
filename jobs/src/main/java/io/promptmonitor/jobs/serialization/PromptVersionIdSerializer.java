package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.execution.PromptVersionId;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes prompt versions, the key of all windows. */
public final class PromptVersionIdSerializer extends ImmutableSerializer<PromptVersionId> {

  /** The only instance. */
  public static final PromptVersionIdSerializer INSTANCE = new PromptVersionIdSerializer();

  private PromptVersionIdSerializer() {}

  @Override
  public void serialize(PromptVersionId promptVersion, DataOutputView out) throws IOException {
    Text.write(out, promptVersion.promptId());
    Text.write(out, promptVersion.version());
  }

  @Override
  public PromptVersionId deserialize(DataInputView in) throws IOException {
    return new PromptVersionId(Text.read(in), Text.read(in));
  }

  @Override
  public TypeSerializerSnapshot<PromptVersionId> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<PromptVersionId> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PromptVersionId> serializer(int version) {
      return INSTANCE;
    }
  }
}
