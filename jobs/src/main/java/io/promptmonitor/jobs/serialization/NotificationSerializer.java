package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes notifications as the outbox has them. */
public final class NotificationSerializer extends ImmutableSerializer<Notification> {

  /** The only instance. */
  public static final NotificationSerializer INSTANCE = new NotificationSerializer();

  private NotificationSerializer() {}

  @Override
  public void serialize(Notification notification, DataOutputView out) throws IOException {
    Text.write(out, NotificationJson.write(notification));
  }

  @Override
  public Notification deserialize(DataInputView in) throws IOException {
    return NotificationJson.read(Text.read(in));
  }

  @Override
  public TypeSerializerSnapshot<Notification> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<Notification> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Notification> serializer(int version) {
      return INSTANCE;
    }
  }
}
