package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.VersionDefinition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes what the change stream of the registry carries. */
public final class RegistrySignalSerializer extends ImmutableSerializer<RegistrySignal> {

  /** The only instance. */
  public static final RegistrySignalSerializer INSTANCE = new RegistrySignalSerializer();

  private static final int CAUGHT_UP = 0;
  private static final int CHANGE = 1;
  private static final int COMMAND = 2;

  private static final Map<String, RegistryEvent.Kind> EVENT_KINDS =
      Arrays.stream(RegistryEvent.Kind.values())
          .collect(Collectors.toUnmodifiableMap(RegistryEvent.Kind::label, Function.identity()));
  private static final Map<String, OperatorCommand.Kind> COMMAND_KINDS =
      Arrays.stream(OperatorCommand.Kind.values())
          .collect(Collectors.toUnmodifiableMap(OperatorCommand.Kind::label, Function.identity()));

  private RegistrySignalSerializer() {}

  @Override
  public void serialize(RegistrySignal signal, DataOutputView out) throws IOException {
    RegistryChange change = signal.change();
    OperatorCommand command = signal.command();
    if (change != null) {
      out.writeByte(CHANGE);
      writeEvent(out, change.event());
      VersionDefinition definition = change.definition();
      if (definition != null) {
        RegistryTexts.writeDefinition(out, definition);
      }
    } else if (command != null) {
      out.writeByte(COMMAND);
      writeCommand(out, command);
    } else {
      out.writeByte(CAUGHT_UP);
    }
  }

  @Override
  public RegistrySignal deserialize(DataInputView in) throws IOException {
    int kind = in.readUnsignedByte();
    if (kind == CAUGHT_UP) {
      return RegistrySignal.CAUGHT_UP;
    }
    if (kind == COMMAND) {
      return new RegistrySignal(readCommand(in));
    }
    if (kind != CHANGE) {
      throw new IOException("malformed signal of the registry: unknown kind " + kind);
    }
    RegistryEvent event = readEvent(in);
    return new RegistrySignal(
        new RegistryChange(
            event,
            event.kind() == RegistryEvent.Kind.REGISTERED
                ? RegistryTexts.readDefinition(in)
                : null));
  }

  private static void writeEvent(DataOutput out, RegistryEvent event) throws IOException {
    VarInt.write(out, event.eventId());
    RegistryTexts.writeInstant(out, event.at());
    Text.write(out, event.kind().label());
    Text.write(out, event.promptId());
    Text.write(out, event.versionId().toString());
    RegistryTexts.writeVersion(out, event.fromVersion());
    RegistryTexts.writeVersion(out, event.toVersion());
    Text.write(out, event.actor());
    Text.writeNullable(out, event.reason());
    Text.writeNullable(out, event.decisionId());
  }

  private static RegistryEvent readEvent(DataInput in) throws IOException {
    return new RegistryEvent(
        VarInt.read(in),
        RegistryTexts.readInstant(in),
        RegistryTexts.known(EVENT_KINDS, Text.read(in)),
        Text.read(in),
        RegistryTexts.version(Text.read(in)),
        RegistryTexts.readVersion(in),
        RegistryTexts.readVersion(in),
        Text.read(in),
        Text.readNullable(in),
        Text.readNullable(in));
  }

  private static void writeCommand(DataOutputView out, OperatorCommand command) throws IOException {
    VarInt.write(out, command.commandId());
    RegistryTexts.writeInstant(out, command.at());
    Text.write(out, command.kind().label());
    Text.write(out, command.actor());
    Text.writeNullable(out, command.promptId());
    Text.writeNullable(out, command.alertId());
    Silence silence = command.silence();
    if (silence != null) {
      SilenceSerializer.INSTANCE.serialize(silence, out);
    }
    Text.writeNullable(out, command.silenceId());
    Text.writeNullable(out, command.comment());
  }

  private static OperatorCommand readCommand(DataInputView in) throws IOException {
    long commandId = VarInt.read(in);
    Instant at = RegistryTexts.readInstant(in);
    OperatorCommand.Kind kind = RegistryTexts.known(COMMAND_KINDS, Text.read(in));
    return new OperatorCommand(
        commandId,
        at,
        kind,
        Text.read(in),
        Text.readNullable(in),
        Text.readNullable(in),
        kind == OperatorCommand.Kind.SILENCED ? SilenceSerializer.INSTANCE.deserialize(in) : null,
        Text.readNullable(in),
        Text.readNullable(in));
  }

  @Override
  public TypeSerializerSnapshot<RegistrySignal> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 2 knows commands of operators; everything else it writes as version 1 did. */
  public static final class Snapshot extends FormatSnapshot<RegistrySignal> {

    /** Needed by Flink. */
    public Snapshot() {
      super(2);
    }

    @Override
    protected TypeSerializer<RegistrySignal> serializer(int version) {
      return INSTANCE;
    }
  }
}
