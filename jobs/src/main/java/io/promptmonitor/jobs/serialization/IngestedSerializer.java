package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes what sources emit. The record's bytes ({@code payload}) stay where they were read: after
 * the network, {@code payload} is null.
 */
public final class IngestedSerializer extends ImmutableSerializer<Ingested> {

  public static final IngestedSerializer INSTANCE = new IngestedSerializer();

  private static final int EXECUTION = 0;
  private static final int FEEDBACK = 1;
  private static final int DEAD_LETTER = 2;
  private static final int KIND_MASK = 0x03;
  private static final int RAW_TEXT_STRIPPED = 0x04;
  private static final int SUCCESS = 0x08;
  private static final int INPUT_HASH = 0x10;
  private static final int OUTPUT_HASH = 0x20;
  private static final int USER_HASH = 0x40;

  private IngestedSerializer() {}

  @Override
  public void serialize(Ingested ingested, DataOutputView out) throws IOException {
    out.writeByte(flags(ingested));
    Text.write(out, ingested.source());
    VarInt.writeSigned(out, ingested.position());
    VarInt.writeSigned(out, ingested.length());
    if (ingested.execution() != null) {
      writeExecution(out, ingested.execution());
    } else if (ingested.feedback() != null) {
      writeFeedback(out, ingested.feedback());
    } else {
      DeadLetterSerializer.INSTANCE.serialize(
          Objects.requireNonNull(ingested.deadLetter(), "deadLetter"), out);
    }
  }

  @Override
  public Ingested deserialize(DataInputView in) throws IOException {
    int flags = in.readUnsignedByte();
    String source = Text.read(in);
    long position = VarInt.readSigned(in);
    int length = (int) VarInt.readSigned(in);
    boolean rawTextStripped = (flags & RAW_TEXT_STRIPPED) != 0;
    return switch (flags & KIND_MASK) {
      case EXECUTION ->
          Ingested.withoutPayload(
              source, position, readExecution(in, flags), null, null, rawTextStripped, length);
      case FEEDBACK ->
          Ingested.withoutPayload(
              source, position, null, readFeedback(in), null, rawTextStripped, length);
      case DEAD_LETTER ->
          Ingested.withoutPayload(
              source,
              position,
              null,
              null,
              DeadLetterSerializer.INSTANCE.deserialize(in),
              rawTextStripped,
              length);
      default -> throw new IOException("malformed record: unknown kind " + (flags & KIND_MASK));
    };
  }

  private static int flags(Ingested ingested) {
    int flags = ingested.rawTextStripped() ? RAW_TEXT_STRIPPED : 0;
    Execution execution = ingested.execution();
    if (execution == null) {
      return flags | (ingested.feedback() != null ? FEEDBACK : DEAD_LETTER);
    }
    return flags
        | EXECUTION
        | (execution.success() ? SUCCESS : 0)
        | (execution.inputHash() != Execution.NO_HASH ? INPUT_HASH : 0)
        | (execution.outputHash() != Execution.NO_HASH ? OUTPUT_HASH : 0)
        | (execution.userHash() != Execution.NO_HASH ? USER_HASH : 0);
  }

  private static void writeExecution(DataOutput out, Execution execution) throws IOException {
    out.writeLong(execution.executionIdHash());
    writePromptVersion(out, execution.promptVersion());
    VarInt.writeSigned(out, execution.timestamp());
    VarInt.writeSigned(out, execution.latencyMs());
    VarInt.writeSigned(out, execution.inputTokens());
    VarInt.writeSigned(out, execution.outputTokens());
    Text.writeNullable(out, execution.errorType());
    out.writeByte(execution.userFeedback());
    VarInt.writeSigned(out, execution.automatedScore());
    writeHash(out, execution.inputHash());
    writeHash(out, execution.outputHash());
    writeHash(out, execution.userHash());
    Text.writeNullable(out, execution.model());
    Text.writeNullable(out, execution.branch());
  }

  private static Execution readExecution(DataInput in, int flags) throws IOException {
    return new Execution(
        in.readLong(),
        readPromptVersion(in),
        VarInt.readSigned(in),
        (int) VarInt.readSigned(in),
        (int) VarInt.readSigned(in),
        (int) VarInt.readSigned(in),
        (flags & SUCCESS) != 0,
        Text.readNullable(in),
        in.readByte(),
        (int) VarInt.readSigned(in),
        readHash(in, (flags & INPUT_HASH) != 0),
        readHash(in, (flags & OUTPUT_HASH) != 0),
        readHash(in, (flags & USER_HASH) != 0),
        Text.readNullable(in),
        Text.readNullable(in));
  }

  private static void writeFeedback(DataOutput out, Feedback feedback) throws IOException {
    out.writeLong(feedback.executionIdHash());
    writePromptVersion(out, feedback.promptVersion());
    VarInt.writeSigned(out, feedback.executionTimestamp());
    VarInt.writeSigned(out, feedback.timestamp());
    out.writeByte(feedback.userFeedback());
    VarInt.writeSigned(out, feedback.automatedScore());
  }

  private static Feedback readFeedback(DataInput in) throws IOException {
    return new Feedback(
        in.readLong(),
        readPromptVersion(in),
        VarInt.readSigned(in),
        VarInt.readSigned(in),
        in.readByte(),
        (int) VarInt.readSigned(in));
  }

  private static void writePromptVersion(DataOutput out, PromptVersionId promptVersion)
      throws IOException {
    Text.write(out, promptVersion.promptId());
    Text.write(out, promptVersion.version());
  }

  private static PromptVersionId readPromptVersion(DataInput in) throws IOException {
    return new PromptVersionId(Text.read(in), Text.read(in));
  }

  private static void writeHash(DataOutput out, long hash) throws IOException {
    if (hash != Execution.NO_HASH) {
      out.writeLong(hash);
    }
  }

  private static long readHash(DataInput in, boolean present) throws IOException {
    return present ? in.readLong() : Execution.NO_HASH;
  }

  @Override
  public TypeSerializerSnapshot<Ingested> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<Ingested> {

    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Ingested> serializer(int version) {
      return INSTANCE;
    }
  }
}
