package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.LabelMatcher.Label;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.encoding.VarInt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes silences; labels by their names, which outlive a change of the enum. */
public final class SilenceSerializer extends ImmutableSerializer<Silence> {

  /** The only instance. */
  public static final SilenceSerializer INSTANCE = new SilenceSerializer();

  private static final int MAX_MATCHERS = 1_000;

  private static final Map<String, Label> LABELS =
      Arrays.stream(Label.values())
          .collect(Collectors.toUnmodifiableMap(Label::text, Function.identity()));

  private SilenceSerializer() {}

  @Override
  public void serialize(Silence silence, DataOutputView out) throws IOException {
    Text.write(out, silence.id());
    VarInt.write(out, silence.matchers().size());
    for (LabelMatcher matcher : silence.matchers()) {
      Text.write(out, matcher.label().text());
      out.writeBoolean(matcher.negated());
      Text.write(out, matcher.pattern());
    }
    VarInt.writeSigned(out, silence.startsAt());
    VarInt.writeSigned(out, silence.endsAt());
    Text.write(out, silence.createdBy());
    Text.write(out, silence.comment());
  }

  @Override
  public Silence deserialize(DataInputView in) throws IOException {
    String id = Text.read(in);
    int size = VarInt.readSize(in, MAX_MATCHERS);
    List<LabelMatcher> matchers = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      matchers.add(
          new LabelMatcher(
              RegistryTexts.known(LABELS, Text.read(in)), in.readBoolean(), Text.read(in)));
    }
    return new Silence(
        id, matchers, VarInt.readSigned(in), VarInt.readSigned(in), Text.read(in), Text.read(in));
  }

  @Override
  public TypeSerializerSnapshot<Silence> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<Silence> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<Silence> serializer(int version) {
      return INSTANCE;
    }
  }
}
