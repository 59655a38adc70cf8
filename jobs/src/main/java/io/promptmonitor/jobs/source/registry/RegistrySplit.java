package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.RegistryChange;
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
 * @param caughtUp whether {@link RegistrySignal#CAUGHT_UP} was sent
 */
public record RegistrySplit(long lastEventId, boolean caughtUp) implements SourceSplit {

  /** Nothing has been sent yet. */
  static final RegistrySplit START = new RegistrySplit(0, false);

  static final String ID = "registry";

  @Override
  public String splitId() {
    return ID;
  }

  /** The split after {@code signal} was sent. */
  RegistrySplit after(RegistrySignal signal) {
    RegistryChange change = signal.change();
    return change == null
        ? new RegistrySplit(lastEventId, true)
        : new RegistrySplit(change.event().eventId(), caughtUp);
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
      DataOutputSerializer out = new DataOutputSerializer(16);
      VarInt.write(out, split.lastEventId);
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
      return new RegistrySplit(VarInt.read(in), in.readBoolean());
    }
  }
}
