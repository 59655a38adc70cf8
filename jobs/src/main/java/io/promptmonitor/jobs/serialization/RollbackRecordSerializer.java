package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes rollbacks, as the JSON that their table keeps. */
public final class RollbackRecordSerializer extends ImmutableSerializer<RollbackRecord> {

  /** The only instance. */
  public static final RollbackRecordSerializer INSTANCE = new RollbackRecordSerializer();

  private RollbackRecordSerializer() {}

  @Override
  public void serialize(RollbackRecord rollback, DataOutputView out) throws IOException {
    Text.write(out, RollbackJson.write(rollback));
  }

  @Override
  public RollbackRecord deserialize(DataInputView in) throws IOException {
    return RollbackJson.read(Text.read(in), RollbackRecord.class);
  }

  @Override
  public TypeSerializerSnapshot<RollbackRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<RollbackRecord> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RollbackRecord> serializer(int version) {
      return INSTANCE;
    }
  }
}
