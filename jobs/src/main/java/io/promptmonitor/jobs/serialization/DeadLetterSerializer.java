package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.RejectionReason;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes dead letters. The reason is written by its code, which outlives a change of the enum. */
public final class DeadLetterSerializer extends ImmutableSerializer<DeadLetter> {

  public static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();

  private static final Map<String, RejectionReason> REASONS =
      Arrays.stream(RejectionReason.values())
          .collect(Collectors.toUnmodifiableMap(RejectionReason::code, Function.identity()));

  private DeadLetterSerializer() {}

  @Override
  public void serialize(DeadLetter deadLetter, DataOutputView out) throws IOException {
    Text.write(out, deadLetter.source());
    VarInt.writeSigned(out, deadLetter.position());
    Text.write(out, deadLetter.reason().code());
    Text.write(out, deadLetter.detail());
    VarInt.writeSigned(out, deadLetter.length());
    Text.writeNullable(out, deadLetter.sha256());
    out.writeLong(deadLetter.eventTime());
  }

  @Override
  public DeadLetter deserialize(DataInputView in) throws IOException {
    return new DeadLetter(
        Text.read(in),
        VarInt.readSigned(in),
        reason(Text.read(in)),
        Text.read(in),
        (int) VarInt.readSigned(in),
        Text.readNullable(in),
        in.readLong());
  }

  private static RejectionReason reason(String code) throws IOException {
    RejectionReason reason = REASONS.get(code);
    if (reason == null) {
      throw new IOException("unknown rejection reason \"" + code + "\" in a dead letter");
    }
    return reason;
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<DeadLetter> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<DeadLetter> serializer(int version) {
      return INSTANCE;
    }
  }
}
