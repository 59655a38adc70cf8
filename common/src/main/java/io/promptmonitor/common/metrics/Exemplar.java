package io.promptmonitor.common.metrics;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.Execution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An execution that is shown as evidence of what was wrong: what identifies it and how it went, and
 * no text of the call.
 *
 * @param executionIdHash see {@link Execution#executionIdHash}
 * @param timestamp event time, milliseconds since the epoch (UTC)
 * @param latencyMs latency in milliseconds, 0 or more
 * @param success whether the call succeeded
 * @param errorType kind of the failure, or null
 * @param inputHash see {@link Execution#inputHash}
 * @param outputHash see {@link Execution#outputHash}
 * @param model name of the model, or null
 * @param branch the conditional path taken, or null
 */
public record Exemplar(
    long executionIdHash,
    long timestamp,
    int latencyMs,
    boolean success,
    @Nullable String errorType,
    long inputHash,
    long outputHash,
    @Nullable String model,
    @Nullable String branch) {

  private static final int SUCCESS = 1;
  private static final int ERROR_TYPE = 1 << 1;
  private static final int INPUT_HASH = 1 << 2;
  private static final int OUTPUT_HASH = 1 << 3;
  private static final int MODEL = 1 << 4;
  private static final int BRANCH = 1 << 5;

  /** What is shown of an execution. */
  public static Exemplar of(Execution execution) {
    return new Exemplar(
        execution.executionIdHash(),
        execution.timestamp(),
        execution.latencyMs(),
        execution.success(),
        execution.errorType(),
        execution.inputHash(),
        execution.outputHash(),
        execution.model(),
        execution.branch());
  }

  /** Writes the exemplar. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(
        (success ? SUCCESS : 0)
            | (errorType == null ? 0 : ERROR_TYPE)
            | (inputHash == Execution.NO_HASH ? 0 : INPUT_HASH)
            | (outputHash == Execution.NO_HASH ? 0 : OUTPUT_HASH)
            | (model == null ? 0 : MODEL)
            | (branch == null ? 0 : BRANCH));
    out.writeLong(executionIdHash);
    VarInt.writeSigned(out, timestamp);
    VarInt.write(out, latencyMs);
    writeText(errorType, out);
    writeHash(inputHash, out);
    writeHash(outputHash, out);
    writeText(model, out);
    writeText(branch, out);
  }

  private static void writeText(@Nullable String text, DataOutput out) throws IOException {
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static void writeHash(long hash, DataOutput out) throws IOException {
    if (hash != Execution.NO_HASH) {
      out.writeLong(hash);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static Exemplar read(DataInput in) throws IOException {
    int flags = in.readUnsignedByte();
    return new Exemplar(
        in.readLong(),
        VarInt.readSigned(in),
        VarInt.readSize(in, Integer.MAX_VALUE),
        (flags & SUCCESS) != 0,
        (flags & ERROR_TYPE) == 0 ? null : in.readUTF(),
        (flags & INPUT_HASH) == 0 ? Execution.NO_HASH : in.readLong(),
        (flags & OUTPUT_HASH) == 0 ? Execution.NO_HASH : in.readLong(),
        (flags & MODEL) == 0 ? null : in.readUTF(),
        (flags & BRANCH) == 0 ? null : in.readUTF());
  }

  /** Writes a list of exemplars. */
  public static void writeAll(List<Exemplar> exemplars, DataOutput out) throws IOException {
    VarInt.write(out, exemplars.size());
    for (Exemplar exemplar : exemplars) {
      exemplar.write(out);
    }
  }

  /** Reads what {@link #writeAll} wrote, at most {@code max} exemplars. */
  public static List<Exemplar> readAll(DataInput in, int max) throws IOException {
    int size = VarInt.readSize(in, max);
    List<Exemplar> exemplars = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      exemplars.add(read(in));
    }
    return exemplars;
  }
}
