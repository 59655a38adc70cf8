package io.promptmonitor.jobs.source.registry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/** Gives the one split to the first reader; its state is the split as long as nobody has it. */
final class RegistryEnumerator implements SplitEnumerator<RegistrySplit, Optional<RegistrySplit>> {

  private static final int READER = 0;

  private final SplitEnumeratorContext<RegistrySplit> context;
  private @Nullable RegistrySplit unassigned;

  RegistryEnumerator(
      SplitEnumeratorContext<RegistrySplit> context, Optional<RegistrySplit> unassigned) {
    this.context = context;
    this.unassigned = unassigned.orElse(null);
  }

  @Override
  public void start() {
    // The split is given out when the reader comes.
  }

  @Override
  public void addReader(int reader) {
    RegistrySplit split = unassigned;
    if (reader == READER && split != null) {
      context.assignSplit(split, reader);
      unassigned = null;
    }
    context.signalNoMoreSplits(reader);
  }

  /** The reader has failed before a checkpoint held its split; it will register again. */
  @Override
  public void addSplitsBack(List<RegistrySplit> splits, int reader) {
    if (!splits.isEmpty()) {
      unassigned = splits.get(0);
    }
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String hostname) {
    // The reader is given the split without asking.
  }

  @Override
  public Optional<RegistrySplit> snapshotState(long checkpointId) {
    return Optional.ofNullable(unassigned);
  }

  @Override
  public void close() {}

  /** Writes a split as {@link RegistrySplit.Serializer} does, or no bytes for none. */
  static final class StateSerializer implements SimpleVersionedSerializer<Optional<RegistrySplit>> {

    static final StateSerializer INSTANCE = new StateSerializer();

    private StateSerializer() {}

    @Override
    public int getVersion() {
      return RegistrySplit.Serializer.INSTANCE.getVersion();
    }

    @Override
    public byte[] serialize(Optional<RegistrySplit> unassigned) throws IOException {
      return unassigned.isEmpty()
          ? new byte[0]
          : RegistrySplit.Serializer.INSTANCE.serialize(unassigned.get());
    }

    @Override
    public Optional<RegistrySplit> deserialize(int version, byte[] bytes) throws IOException {
      return bytes.length == 0
          ? Optional.empty()
          : Optional.of(RegistrySplit.Serializer.INSTANCE.deserialize(version, bytes));
    }
  }
}
