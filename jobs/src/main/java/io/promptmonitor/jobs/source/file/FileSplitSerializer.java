package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.encoding.VarInt;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes how far a file has been read. Version 1 is the only one so far. */
final class FileSplitSerializer implements SimpleVersionedSerializer<FileSplit> {

  static final FileSplitSerializer INSTANCE = new FileSplitSerializer();

  private static final int VERSION = 1;

  private FileSplitSerializer() {}

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(FileSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    write(out, split);
    return out.getCopyOfBuffer();
  }

  @Override
  public FileSplit deserialize(int version, byte[] bytes) throws IOException {
    checkVersion(version);
    return read(new DataInputDeserializer(bytes));
  }

  static void checkVersion(int version) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "state of the file source has version %d, expected %d".formatted(version, VERSION));
    }
  }

  static void write(DataOutputSerializer out, FileSplit split) throws IOException {
    out.writeUTF(split.path());
    VarInt.write(out, split.size());
    VarInt.write(out, split.nextLine());
    VarInt.write(out, split.nextOffset());
  }

  static FileSplit read(DataInputDeserializer in) throws IOException {
    return new FileSplit(in.readUTF(), VarInt.read(in), VarInt.read(in), VarInt.read(in));
  }
}
