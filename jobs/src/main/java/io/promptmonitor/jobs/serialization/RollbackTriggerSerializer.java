package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.RollbackTrigger;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Writes demands for a rollback. */
public final class RollbackTriggerSerializer extends JsonSerializer<RollbackTrigger> {

  /** The only instance. */
  public static final RollbackTriggerSerializer INSTANCE = new RollbackTriggerSerializer();

  private RollbackTriggerSerializer() {
    super(RollbackTrigger.class);
  }

  @Override
  public TypeSerializerSnapshot<RollbackTrigger> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<RollbackTrigger> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RollbackTrigger> serializer(int version) {
      return INSTANCE;
    }
  }
}
