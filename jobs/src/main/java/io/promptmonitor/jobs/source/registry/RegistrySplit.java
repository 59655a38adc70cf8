package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistrySignal;
import java.io.IOException;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * How far the log of changes has been sent. There is one log, so there is one split.
 *
 * @param lastEventId id of the last change that was sent, 0 before the first
 * @param lastEvent the {@link #fingerprint} of that change, empty before the first
 * @param caughtUp whether {@link RegistrySignal#CAUGHT_UP} was sent
 */
public record RegistrySplit(long lastEventId, String lastEvent, boolean caughtUp)
    implements SourceSplit {

  /** Nothing has been sent yet. */
  static final RegistrySplit START = new RegistrySplit(0, "", false);

  static final String ID = "registry";

  @Override
  public String splitId() {
    return ID;
  }

  /** The split after {@code signal} was sent. */
  RegistrySplit after(RegistrySignal signal) {
    RegistryChange change = signal.change();
    return change == null
        ? new RegistrySplit(lastEventId, lastEvent, true)
        : new RegistrySplit(change.event().eventId(), fingerprint(change.event()), caughtUp);
  }

  /**
   * What tells an event from one that another registry has under the same id, in words: when it
   * was, what happened to which version, and who did it.
   */
  static String fingerprint(RegistryEvent event) {
    return "%s %s %s@%s by %s"
        .formatted(
            event.at(), event.kind().label(), event.promptId(), event.versionId(), event.actor());
  }

  /** Writes how far the log has been sent. Version 1 is the only one so far. */
  static final class Serializer implements SimpleVersionedSerializer<RegistrySplit> {

    static final Serializer INSTANCE = new Serializer();

    private static final int VERSION = 1;

    private Serializer() {}

    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(RegistrySplit split) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(128);
      VarInt.write(out, split.lastEventId);
      out.writeUTF(split.lastEvent);
      out.writeBoolean(split.caughtUp);
      return out.getCopyOfBuffer();
    }

    @Override
    public RegistrySplit deserialize(int version, byte[] bytes) throws IOException {
      if (version != VERSION) {
        throw new IOException(
            "state of the registry source has version %d, expected %d".formatted(version, VERSION));
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      return new RegistrySplit(VarInt.read(in), in.readUTF(), in.readBoolean());
    }
  }
}
