package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.execution.PromptVersion;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes prompt versions, the key of all windows. */
public final class PromptVersionSerializer extends ImmutableSerializer<PromptVersion> {

  /** The only instance. */
  public static final PromptVersionSerializer INSTANCE = new PromptVersionSerializer();

  private PromptVersionSerializer() {}

  @Override
  public void serialize(PromptVersion promptVersion, DataOutputView out) throws IOException {
    Text.write(out, promptVersion.promptId());
    Text.write(out, promptVersion.version());
  }

  @Override
  public PromptVersion deserialize(DataInputView in) throws IOException {
    return new PromptVersion(Text.read(in), Text.read(in));
  }

  @Override
  public TypeSerializerSnapshot<PromptVersion> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<PromptVersion> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<PromptVersion> serializer(int version) {
      return INSTANCE;
    }
  }
}
