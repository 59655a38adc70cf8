package io.promptmonitor.jobs.metrics;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.accumulators.LongCounter;

/**
 * A counter for each of some values.
 *
 * @param <E> the values
 */
public final class CountersByValue<E extends Enum<E>> {

  private final Map<E, LongCounter> counters = new HashMap<>();
  private final Function<E, LongCounter> create;

  /** Counters for {@code expected} now, and for others if they occur. */
  CountersByValue(Collection<E> expected, Function<E, LongCounter> create) {
    this.create = create;
    expected.forEach(value -> counters.put(value, create.apply(value)));
  }

  /** Counts {@code value}, {@code times} times. */
  public void add(E value, long times) {
    counters.computeIfAbsent(value, create).add(times);
  }
}
