package io.promptmonitor.jobs.metrics;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Gauge;

/**
 * Counts by name that a restart does not falsify: they are part of the checkpoint, like the offsets
 * of the source, and are seen as Flink accumulators, summed over all subtasks.
 *
 * <p>Each is a Flink metric as well, which only tells what was counted since the subtask started: a
 * count that goes back to that of a checkpoint, some way below, would look to Prometheus like one
 * that begins anew and has risen to there at once.
 */
public final class CheckpointedCounters {

  private static final String STATE = "counters";

  private final RuntimeContext context;
  private final ListState<Tuple2<String, Long>> state;
  private final Map<String, LongCounter> counters = new HashMap<>();
  private final Set<String> metrics = new HashSet<>();

  /** The counters of one subtask, with what the checkpoint held. */
  public CheckpointedCounters(RuntimeContext context, OperatorStateStore store) throws Exception {
    this.context = context;
    this.state =
        store.getListState(new ListStateDescriptor<>(STATE, Types.TUPLE(Types.STRING, Types.LONG)));
    for (Tuple2<String, Long> restored : state.get()) {
      count(restored.f0).add(restored.f1);
    }
  }

  /** The counter of what a metric counts. */
  public LongCounter counter(JobMetric metric) {
    LongCounter counter = count(metric.metricName());
    if (metrics.add(metric.metricName())) {
      metric.gauge(context.getMetricGroup(), sinceStart(counter));
    }
    return counter;
  }

  /** The counter of what a metric counts for one value of its label. */
  public LongCounter counter(JobMetric metric, String labelValue) {
    String name = metric.countName(labelValue);
    LongCounter counter = count(name);
    if (metrics.add(name)) {
      metric.gauge(context.getMetricGroup(), labelValue, sinceStart(counter));
    }
    return counter;
  }

  /**
   * The counters for the values of a label that can occur here. They are there from the start: what
   * is counted for the first time would be no rise to Prometheus if there was nothing before.
   */
  public <E extends Enum<E>> CountersByValue<E> counters(
      JobMetric metric, Collection<E> values, Function<E, String> label) {
    return new CountersByValue<>(values, value -> counter(metric, label.apply(value)));
  }

  /** Takes back what another operator has counted, in the sum; metrics never fall. */
  public void takeBack(JobMetric metric, long count) {
    count(metric.metricName()).add(-count);
  }

  private LongCounter count(String name) {
    return counters.computeIfAbsent(
        name,
        absent -> {
          LongCounter created = new LongCounter();
          context.addAccumulator(absent, created);
          return created;
        });
  }

  private static Gauge<Long> sinceStart(LongCounter counter) {
    long restored = counter.getLocalValuePrimitive();
    return () -> counter.getLocalValuePrimitive() - restored;
  }

  /** Writes the counts into the checkpoint that is being taken. */
  public void snapshot() throws Exception {
    state.clear();
    for (Map.Entry<String, LongCounter> entry : counters.entrySet()) {
      state.add(Tuple2.of(entry.getKey(), entry.getValue().getLocalValuePrimitive()));
    }
  }
}
