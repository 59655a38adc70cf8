package io.promptmonitor.bench.plain;

import io.promptmonitor.common.encoding.VarInt;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Writes accumulators compactly; sketches that were not touched are written as they were read. */
final class WindowAccumulatorSerializer extends TypeSerializerSingleton<WindowAccumulator> {

  static final TypeSerializer<WindowAccumulator> INSTANCE = new WindowAccumulatorSerializer();

  private static final int MAX_BYTES = 1 << 20;

  private WindowAccumulatorSerializer() {}

  @Override
  public void serialize(WindowAccumulator accumulator, DataOutputView out) throws IOException {
    VarInt.write(out, accumulator.executions);
    VarInt.write(out, accumulator.successes);
    VarInt.write(out, accumulator.latencySum);
    VarInt.write(out, accumulator.inputTokens);
    VarInt.write(out, accumulator.outputTokens);
    VarInt.write(out, accumulator.ratings);
    VarInt.write(out, accumulator.ratingSum);
    VarInt.write(out, accumulator.negativeRatings);
    VarInt.write(out, accumulator.scores);
    VarInt.write(out, accumulator.scoreSum);
    Map<String, Long> errors = accumulator.errors;
    VarInt.write(out, errors == null ? 0 : errors.size());
    if (errors != null) {
      for (Map.Entry<String, Long> error : errors.entrySet()) {
        out.writeUTF(error.getKey());
        VarInt.write(out, error.getValue());
      }
    }
    VarInt.write(out, accumulator.pending);
    for (int i = 0; i < accumulator.pending; i++) {
      VarInt.write(out, accumulator.pendingLatencies[i]);
      out.writeLong(accumulator.pendingUsers[i]);
    }
    writeBytes(out, accumulator.digestBytes());
    writeBytes(out, accumulator.usersBytes());
  }

  private static void writeBytes(DataOutputView out, byte @Nullable [] bytes) throws IOException {
    VarInt.write(out, bytes == null ? 0 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  @Override
  public WindowAccumulator deserialize(DataInputView in) throws IOException {
    WindowAccumulator accumulator = new WindowAccumulator();
    accumulator.executions = VarInt.read(in);
    accumulator.successes = VarInt.read(in);
    accumulator.latencySum = VarInt.read(in);
    accumulator.inputTokens = VarInt.read(in);
    accumulator.outputTokens = VarInt.read(in);
    accumulator.ratings = VarInt.read(in);
    accumulator.ratingSum = VarInt.read(in);
    accumulator.negativeRatings = VarInt.read(in);
    accumulator.scores = VarInt.read(in);
    accumulator.scoreSum = VarInt.read(in);
    int errorTypes = VarInt.readSize(in, MAX_BYTES);
    if (errorTypes > 0) {
      Map<String, Long> errors = new HashMap<>(2 * errorTypes);
      for (int i = 0; i < errorTypes; i++) {
        errors.put(in.readUTF(), VarInt.read(in));
      }
      accumulator.errors = errors;
    }
    int pending = VarInt.readSize(in, WindowAccumulator.PENDING);
    accumulator.pending = pending;
    if (pending > accumulator.pendingLatencies.length) {
      int capacity = Math.min(WindowAccumulator.PENDING, 2 * Integer.highestOneBit(pending));
      accumulator.pendingLatencies = Arrays.copyOf(accumulator.pendingLatencies, capacity);
      accumulator.pendingUsers = Arrays.copyOf(accumulator.pendingUsers, capacity);
    }
    for (int i = 0; i < pending; i++) {
      accumulator.pendingLatencies[i] = (int) VarInt.read(in);
      accumulator.pendingUsers[i] = in.readLong();
    }
    byte[] digest = readBytes(in);
    accumulator.setSketches(digest, readBytes(in));
    return accumulator;
  }

  private static byte @Nullable [] readBytes(DataInputView in) throws IOException {
    int length = VarInt.readSize(in, MAX_BYTES);
    if (length == 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public WindowAccumulator createInstance() {
    return new WindowAccumulator();
  }

  @Override
  public WindowAccumulator copy(WindowAccumulator from) {
    return from.copy();
  }

  @Override
  public WindowAccumulator copy(WindowAccumulator from, WindowAccumulator reuse) {
    return from.copy();
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public WindowAccumulator deserialize(WindowAccumulator reuse, DataInputView in)
      throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public TypeSerializerSnapshot<WindowAccumulator> snapshotConfiguration() {
    return new Snapshot();
  }

  /** There is one version of it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<WindowAccumulator> {
    /** Needed by Flink. */
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
