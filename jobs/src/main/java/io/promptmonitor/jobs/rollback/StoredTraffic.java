package io.promptmonitor.jobs.rollback;

import io.promptmonitor.common.rollback.PromptTraffic;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/** Keeps a prompt's traffic in keyed state, under the current key. */
final class StoredTraffic implements PromptTraffic.Store {

  private final MapState<String, byte[]> state;

  StoredTraffic(MapState<String, byte[]> state) {
    this.state = state;
  }

  @Override
  public byte @Nullable [] get(String key) {
    try {
      return state.get(key);
    } catch (Exception e) {
      throw new FlinkRuntimeException("cannot read the traffic of a prompt", e);
    }
  }

  @Override
  public void put(String key, byte[] bytes) {
    try {
      state.put(key, bytes);
    } catch (Exception e) {
      throw new FlinkRuntimeException("cannot keep the traffic of a prompt", e);
    }
  }

  @Override
  public void remove(String key) {
    try {
      state.remove(key);
    } catch (Exception e) {
      throw new FlinkRuntimeException("cannot forget the traffic of a prompt", e);
    }
  }
}
