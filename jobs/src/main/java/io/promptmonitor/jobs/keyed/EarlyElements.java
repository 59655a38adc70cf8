package io.promptmonitor.jobs.keyed;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Elements of a key that the watermark has not passed yet, by their time in milliseconds since the
 * epoch.
 *
 * @param <T> the elements
 */
public final class EarlyElements<T> {

  private final MapState<Long, List<T>> elements;

  private EarlyElements(MapState<Long, List<T>> elements) {
    this.elements = elements;
  }

  /** Those that are kept in the state {@code name}. */
  public static <T> EarlyElements<T> of(
      KeyedStateStore store, String name, TypeInformation<T> type) {
    return new EarlyElements<>(
        store.getMapState(new MapStateDescriptor<>(name, Types.LONG, Types.LIST(type))));
  }

  /** Keeps an element until its time. */
  public void add(long time, T element) throws Exception {
    List<T> sameTime = new ArrayList<>();
    List<T> before = elements.get(time);
    if (before != null) {
      sameTime.addAll(before);
    }
    sameTime.add(element);
    elements.put(time, sameTime);
  }

  /** Takes out the elements of a time, in the order in which they came. */
  public List<T> take(long time) throws Exception {
    List<T> taken = elements.get(time);
    if (taken == null) {
      return List.of();
    }
    elements.remove(time);
    return taken;
  }

  /** The times of the elements. */
  public NavigableSet<Long> times() throws Exception {
    NavigableSet<Long> times = new TreeSet<>();
    elements.keys().forEach(times::add);
    return times;
  }

  /** The earliest of the times; {@code Long.MAX_VALUE} if there are no elements. */
  public long earliest() throws Exception {
    NavigableSet<Long> times = times();
    return times.isEmpty() ? Long.MAX_VALUE : times.first();
  }
}
