package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.AlertEvent;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Writes what happens to alerts. */
public final class AlertEventSerializer extends JsonSerializer<AlertEvent> {

  /** The only instance. */
  public static final AlertEventSerializer INSTANCE = new AlertEventSerializer();

  private AlertEventSerializer() {
    super(AlertEvent.class);
  }

  @Override
  public TypeSerializerSnapshot<AlertEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<AlertEvent> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<AlertEvent> serializer(int version) {
      return INSTANCE;
    }
  }
}
