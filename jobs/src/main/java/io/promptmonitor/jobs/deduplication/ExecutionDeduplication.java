package io.promptmonitor.jobs.deduplication;

import io.promptmonitor.common.deduplication.RecentIds;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Drops executions whose id is among the recent ones of their partition.
 *
 * <p>State: the recent ids of each partition. After rescaling a partition may be read by another
 * subtask; of an endless source they are therefore union state: each subtask takes up a partition's
 * ids when it sees the first record of it. A source that ends cannot have union state (Flink takes
 * no checkpoint with it once a subtask has finished), and keeps each subtask's ids to itself. Ids
 * of partitions that are {@value #SILENCE_MILLIS} ms behind the watermark are forgotten; a
 * partition that lags behind others holds the watermark back, and keeps its ids.
 */
public final class ExecutionDeduplication extends ProcessFunction<Ingested, Ingested>
    implements CheckpointedFunction {

  /** How far behind the watermark the ids of a partition are forgotten, in milliseconds. */
  static final long SILENCE_MILLIS = 3_600_000;

  private static final long serialVersionUID = 1L;

  /** Which memory an execution's id belongs to. */
  public enum Scope {
    /** That of its partition or file. */
    PARTITION,
    /**
     * One of {@link #SLOTS} memories by the id's hash: all copies of an id come to the same one,
     * from whichever partition.
     */
    ID
  }

  /** Number of memories of the scope {@link Scope#ID}, and the greatest useful parallelism. */
  public static final int SLOTS = 64;

  private final Scope scope;
  private final int capacity;
  private final boolean endless;

  private transient Map<String, Memory> memories;
  private transient Map<String, byte[]> restored;
  private transient ListState<byte[]> state;
  private transient CheckpointedCounters counters;
  private transient LongCounter duplicates;
  private transient @Nullable String lastPartition;
  private transient @Nullable Memory lastMemory;
  private transient long watermark;

  /**
   * Deduplication.
   *
   * @param scope which memory an execution belongs to
   * @param capacity ids that one memory holds
   * @param endless whether the source never ends
   */
  public ExecutionDeduplication(Scope scope, int capacity, boolean endless) {
    this.scope = scope;
    this.capacity = capacity;
    this.endless = endless;
  }

  /** The memory of an id in the scope {@link Scope#ID}, 0 to {@link #SLOTS} - 1. */
  public static int slot(long executionIdHash) {
    return (int) Math.floorMod(executionIdHash, (long) SLOTS);
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    duplicates = counters.counter(JobMetric.DUPLICATES);
    memories = new HashMap<>();
    restored = new HashMap<>();
    watermark = Long.MIN_VALUE;
    ListStateDescriptor<byte[]> descriptor =
        new ListStateDescriptor<>(
            "recent-ids", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    state =
        endless
            ? context.getOperatorStateStore().getUnionListState(descriptor)
            : context.getOperatorStateStore().getListState(descriptor);
    for (byte[] bytes : state.get()) {
      Header header = Header.read(bytes);
      byte[] other = restored.get(header.partition);
      if (other == null || Header.read(other).added < header.added) {
        restored.put(header.partition, bytes);
      }
    }
  }

  @Override
  public void processElement(Ingested record, Context context, Collector<Ingested> out)
      throws IOException {
    Execution execution = record.execution();
    if (execution == null) {
      throw new IllegalArgumentException(
          "only executions are deduplicated, got " + record.source());
    }
    Memory memory = memory(record, execution);
    memory.latest = Math.max(memory.latest, execution.timestamp());
    watermark = context.timerService().currentWatermark();
    if (memory.ids.add(execution.executionIdHash())) {
      out.collect(record);
    } else {
      duplicates.add(1L);
    }
  }

  private Memory memory(Ingested record, Execution execution) throws IOException {
    if (scope == Scope.ID) {
      return memory("slot-" + slot(execution.executionIdHash()));
    }
    String partition = record.source();
    Memory memory = lastMemory;
    if (memory == null || !partition.equals(lastPartition)) {
      memory = memory(partition);
      lastMemory = memory;
      lastPartition = partition;
    }
    return memory;
  }

  private Memory memory(String partition) throws IOException {
    Memory memory = memories.get(partition);
    if (memory == null) {
      byte[] bytes = restored.remove(partition);
      memory = bytes == null ? new Memory(new RecentIds(capacity)) : Memory.read(bytes, capacity);
      memories.put(partition, memory);
    }
    return memory;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    counters.snapshot();
    long silentBefore = watermark == Long.MIN_VALUE ? Long.MIN_VALUE : watermark - SILENCE_MILLIS;
    memories.values().removeIf(memory -> memory.latest < silentBefore);
    lastMemory = null;
    lastPartition = null;
    state.clear();
    for (Map.Entry<String, Memory> entry : memories.entrySet()) {
      state.add(entry.getValue().toBytes(entry.getKey()));
    }
    // Partitions that nobody has taken up yet: every subtask passes them on, and one copy is
    // restored.
    for (Map.Entry<String, byte[]> entry : Map.copyOf(restored).entrySet()) {
      if (Header.read(entry.getValue()).latest < silentBefore) {
        restored.remove(entry.getKey());
      } else {
        state.add(entry.getValue());
      }
    }
  }

  /** What begins the bytes of a memory. */
  private record Header(String partition, long latest, long added) {

    static Header read(byte[] bytes) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      return new Header(in.readUTF(), in.readLong(), in.readLong());
    }
  }

  /** The recent ids of one partition. */
  private static final class Memory {
    final RecentIds ids;

    /** Event time of the latest execution. */
    long latest = Long.MIN_VALUE;

    Memory(RecentIds ids) {
      this.ids = ids;
    }

    byte[] toBytes(String partition) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(32 + 8 * ids.size());
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeUTF(partition);
      out.writeLong(latest);
      out.writeLong(ids.added());
      ids.write(out);
      return bytes.toByteArray();
    }

    static Memory read(byte[] bytes, int capacity) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      in.readUTF();
      long latest = in.readLong();
      in.readLong();
      Memory memory = new Memory(RecentIds.read(in, capacity));
      memory.latest = latest;
      return memory;
    }
  }
}
