package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistrySignal;
import io.promptmonitor.common.registry.VersionDefinition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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

  private static final Map<String, RegistryEvent.Kind> KINDS =
      Arrays.stream(RegistryEvent.Kind.values())
          .collect(Collectors.toUnmodifiableMap(RegistryEvent.Kind::label, Function.identity()));

  private RegistrySignalSerializer() {}

  @Override
  public void serialize(RegistrySignal signal, DataOutputView out) throws IOException {
    RegistryChange change = signal.change();
    out.writeByte(change == null ? CAUGHT_UP : CHANGE);
    if (change != null) {
      writeEvent(out, change.event());
      VersionDefinition definition = change.definition();
      if (definition != null) {
        RegistryTexts.writeDefinition(out, definition);
      }
    }
  }

  @Override
  public RegistrySignal deserialize(DataInputView in) throws IOException {
    int kind = in.readUnsignedByte();
    if (kind == CAUGHT_UP) {
      return RegistrySignal.CAUGHT_UP;
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
        RegistryTexts.known(KINDS, Text.read(in)),
        Text.read(in),
        RegistryTexts.version(Text.read(in)),
        RegistryTexts.readVersion(in),
        RegistryTexts.readVersion(in),
        Text.read(in),
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

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<RegistrySignal> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RegistrySignal> serializer(int version) {
      return INSTANCE;
    }
  }
}
