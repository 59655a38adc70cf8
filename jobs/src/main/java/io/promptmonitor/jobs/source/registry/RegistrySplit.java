package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import java.io.IOException;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * How far the logs of changes and of commands have been sent. They are read together, so there is
 * one split.
 *
 * @param events how far the log of changes has been sent
 * @param commands how far the log of commands has been sent
 * @param caughtUp whether {@link RegistrySignal#CAUGHT_UP} was sent
 */
public record RegistrySplit(Position events, Position commands, boolean caughtUp)
    implements SourceSplit {

  /**
   * A place in a log, behind the last entry that was sent.
   *
   * @param id id of that entry, 0 before the first
   * @param entry what tells the entry from one that another registry has under the same id, in
   *     words; empty before the first
   */
  public record Position(long id, String entry) {

    /** Before the first entry. */
    static final Position START = new Position(0, "");

    /** Behind a change: when it was, what happened to which version, and who did it. */
    static Position behind(RegistryEvent event) {
      return new Position(
          event.eventId(),
          "%s %s %s@%s by %s"
              .formatted(
                  event.at(),
                  event.kind().label(),
                  event.promptId(),
                  event.versionId(),
                  event.actor()));
    }

    /** Behind a command: when it was, and whose; what it was, a newer release may know better. */
    static Position behind(OperatorCommand command) {
      return new Position(command.commandId(), "%s by %s".formatted(command.at(), command.actor()));
    }

    private void write(DataOutputSerializer out) throws IOException {
      VarInt.write(out, id);
      out.writeUTF(entry);
    }

    private static Position read(DataInputDeserializer in) throws IOException {
      return new Position(VarInt.read(in), in.readUTF());
    }
  }

  /** Nothing has been sent yet. */
  static final RegistrySplit START = new RegistrySplit(Position.START, Position.START, false);

  static final String ID = "registry";

  @Override
  public String splitId() {
    return ID;
  }

  /** The split after {@code signal} was sent, for the first time or again. */
  RegistrySplit after(RegistrySignal signal) {
    RegistryChange change = signal.change();
    if (change != null) {
      return change.event().eventId() <= events.id()
          ? this
          : new RegistrySplit(Position.behind(change.event()), commands, caughtUp);
    }
    OperatorCommand command = signal.command();
    if (command != null) {
      return command.commandId() <= commands.id()
          ? this
          : new RegistrySplit(events, Position.behind(command), caughtUp);
    }
    return new RegistrySplit(events, commands, true);
  }

  /** Writes how far the logs have been sent. Version 1 knew no commands. */
  static final class Serializer implements SimpleVersionedSerializer<RegistrySplit> {

    static final Serializer INSTANCE = new Serializer();

    private static final int WITHOUT_COMMANDS = 1;
    private static final int VERSION = 2;

    private Serializer() {}

    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(RegistrySplit split) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(256);
      split.events.write(out);
      out.writeBoolean(split.caughtUp);
      split.commands.write(out);
      return out.getCopyOfBuffer();
    }

    @Override
    public RegistrySplit deserialize(int version, byte[] bytes) throws IOException {
      if (version < WITHOUT_COMMANDS || version > VERSION) {
        throw new IOException(
            "state of the registry source has version %d, expected 1 to %d"
                .formatted(version, VERSION));
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      Position events = Position.read(in);
      boolean caughtUp = in.readBoolean();
      return new RegistrySplit(
          events, version == WITHOUT_COMMANDS ? Position.START : Position.read(in), caughtUp);
    }
  }
}
