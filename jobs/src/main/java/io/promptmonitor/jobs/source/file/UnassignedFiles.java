package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.encoding.VarInt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What a checkpoint keeps of {@link FileEnumerator}: the files that no reader holds yet. The others
 * are in the readers' state.
 *
 * @param files in the order in which they are to be given out
 */
public record UnassignedFiles(List<FileSplit> files) {

  public UnassignedFiles {
    files = List.copyOf(files);
  }

  /** Writes the files one after the other, each as {@link FileSplitSerializer} does. */
  static final class Serializer implements SimpleVersionedSerializer<UnassignedFiles> {

    static final Serializer INSTANCE = new Serializer();

    private Serializer() {}

    @Override
    public int getVersion() {
      return FileSplitSerializer.INSTANCE.getVersion();
    }

    @Override
    public byte[] serialize(UnassignedFiles unassigned) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(64);
      VarInt.write(out, unassigned.files().size());
      for (FileSplit split : unassigned.files()) {
        FileSplitSerializer.write(out, split);
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public UnassignedFiles deserialize(int version, byte[] bytes) throws IOException {
      FileSplitSerializer.checkVersion(version);
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      int count = VarInt.readSize(in, bytes.length);
      List<FileSplit> files = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        files.add(FileSplitSerializer.read(in));
      }
      return new UnassignedFiles(files);
    }
  }
}
