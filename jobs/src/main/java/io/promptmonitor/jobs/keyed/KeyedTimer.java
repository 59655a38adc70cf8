package io.promptmonitor.jobs.keyed;

import java.io.IOException;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * A timer of which each key has at most one; it can be moved. Times are milliseconds since the
 * epoch, {@code Long.MAX_VALUE} for never.
 */
public final class KeyedTimer {

  /** How a timer service is told. */
  private interface Timers {
    void change(long time);
  }

  private final ValueState<Long> set;
  private final Timers register;
  private final Timers delete;

  private KeyedTimer(ValueState<Long> set, Timers register, Timers delete) {
    this.set = set;
    this.register = register;
    this.delete = delete;
  }

  /** A timer of event time, whose time is kept in the state {@code name}. */
  public static KeyedTimer ofEventTime(
      KeyedStateStore store, String name, InternalTimerService<VoidNamespace> timers) {
    return new KeyedTimer(
        state(store, name),
        time -> timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time),
        time -> timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, time));
  }

  /** A timer of the machine's clock, whose time is kept in the state {@code name}. */
  public static KeyedTimer ofProcessingTime(
      KeyedStateStore store, String name, InternalTimerService<VoidNamespace> timers) {
    return new KeyedTimer(
        state(store, name),
        time -> timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, time),
        time -> timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, time));
  }

  private static ValueState<Long> state(KeyedStateStore store, String name) {
    return store.getState(new ValueStateDescriptor<>(name, Types.LONG));
  }

  /** Has the current key's timer ring at a time, and at no other. */
  public void set(long time) throws IOException {
    Long before = set.value();
    if (before != null && before == time) {
      return;
    }
    if (before != null) {
      delete.change(before);
      set.clear();
    }
    if (time != Long.MAX_VALUE) {
      register.change(time);
      set.update(time);
    }
  }

  /** Has it ring at a time, unless it rings before. */
  public void setAtLatest(long time) throws IOException {
    Long before = set.value();
    set(before == null ? time : Math.min(before, time));
  }

  /** It has rung, and is not set any more. */
  public void rang() {
    set.clear();
  }
}
