package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.AlertExemplar;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Writes executions that are evidence for alerts. */
public final class AlertExemplarSerializer extends JsonSerializer<AlertExemplar> {

  /** The only instance. */
  public static final AlertExemplarSerializer INSTANCE = new AlertExemplarSerializer();

  private AlertExemplarSerializer() {
    super(AlertExemplar.class);
  }

  @Override
  public TypeSerializerSnapshot<AlertExemplar> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<AlertExemplar> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<AlertExemplar> serializer(int version) {
      return INSTANCE;
    }
  }
}
