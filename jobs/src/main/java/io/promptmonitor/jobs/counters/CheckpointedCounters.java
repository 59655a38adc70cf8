package io.promptmonitor.jobs.counters;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Counts by name that a restart does not falsify: they are part of the checkpoint, like the offsets
 * of the source. Each is seen as a Flink accumulator, summed over all subtasks, and as a gauge of
 * the subtask.
 */
public final class CheckpointedCounters {

  private static final String STATE = "counters";

  private final RuntimeContext context;
  private final ListState<Tuple2<String, Long>> state;
  private final Map<String, LongCounter> counters = new HashMap<>();

  /** The counters of one subtask, with what the checkpoint held. */
  public CheckpointedCounters(RuntimeContext context, OperatorStateStore store) throws Exception {
    this.context = context;
    this.state =
        store.getListState(new ListStateDescriptor<>(STATE, Types.TUPLE(Types.STRING, Types.LONG)));
    for (Tuple2<String, Long> restored : state.get()) {
      counter(restored.f0).add(restored.f1);
    }
  }

  /** The counter of that name, which is registered at its first use. */
  public LongCounter counter(String name) {
    LongCounter counter = counters.get(name);
    if (counter == null) {
      LongCounter created = new LongCounter();
      context.addAccumulator(name, created);
      context.getMetricGroup().gauge(name, created::getLocalValuePrimitive);
      counters.put(name, created);
      counter = created;
    }
    return counter;
  }

  /** Writes the counts into the checkpoint that is being taken. */
  public void snapshot() throws Exception {
    state.clear();
    for (Map.Entry<String, LongCounter> entry : counters.entrySet()) {
      state.add(Tuple2.of(entry.getKey(), entry.getValue().getLocalValuePrimitive()));
    }
  }
}
