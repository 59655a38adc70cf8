package io.promptmonitor.jobs.batch.calibration;

import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.jobs.serialization.FormatSnapshot;
import io.promptmonitor.jobs.serialization.ImmutableSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.util.InstantiationUtil;

/** Writes analyses by Java serialization: there is one a job, and none is ever kept. */
public final class CalibrationAnalysisSerializer extends ImmutableSerializer<CalibrationAnalysis> {

  private static final long serialVersionUID = 1;

  /** The only instance. */
  static final CalibrationAnalysisSerializer INSTANCE = new CalibrationAnalysisSerializer();

  private CalibrationAnalysisSerializer() {}

  @Override
  public void serialize(CalibrationAnalysis analysis, DataOutputView out) throws IOException {
    byte[] bytes = InstantiationUtil.serializeObject(analysis);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public CalibrationAnalysis deserialize(DataInputView in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    try {
      return InstantiationUtil.deserializeObject(
          bytes, CalibrationAnalysisSerializer.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  @Override
  public TypeSerializerSnapshot<CalibrationAnalysis> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<CalibrationAnalysis> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<CalibrationAnalysis> serializer(int version) {
      return INSTANCE;
    }
  }
}
