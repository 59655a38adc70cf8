package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.encoding.RecordJson;
import io.promptmonitor.common.encoding.VarInt;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes records as JSON: for streams of which there is little.
 *
 * @param <T> the record
 */
abstract class JsonSerializer<T extends Record> extends ImmutableSerializer<T> {

  private static final int MAX_BYTES = 100_000_000;

  private final Class<T> type;

  JsonSerializer(Class<T> type) {
    this.type = type;
  }

  @Override
  public final void serialize(T value, DataOutputView out) throws IOException {
    byte[] json = RecordJson.write(value);
    VarInt.write(out, json.length);
    out.write(json);
  }

  @Override
  public final T deserialize(DataInputView in) throws IOException {
    byte[] json = new byte[VarInt.readSize(in, MAX_BYTES)];
    in.readFully(json);
    return RecordJson.read(json, type);
  }
}
