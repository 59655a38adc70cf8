package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.notifications.EscalationRow;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Writes where escalations are. */
public final class EscalationRowSerializer extends JsonSerializer<EscalationRow> {

  /** The only instance. */
  public static final EscalationRowSerializer INSTANCE = new EscalationRowSerializer();

  private EscalationRowSerializer() {
    super(EscalationRow.class);
  }

  @Override
  public TypeSerializerSnapshot<EscalationRow> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<EscalationRow> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<EscalationRow> serializer(int version) {
      return INSTANCE;
    }
  }
}
