package io.promptmonitor.common.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store in memory. */
final class MemoryStore implements RollUpStore {

  private final Map<Long, byte[]> windows = new HashMap<>();
  private final Map<Long, byte[]> hours = new HashMap<>();

  @Override
  public void forEachWindow(EntrySink sink) {
    // In an order that is neither that of time nor that of writing.
    windows.keySet().stream()
        .sorted((a, b) -> Long.compare(a * 0x9E3779B97F4A7C15L, b * 0x9E3779B97F4A7C15L))
        .toList()
        .forEach(key -> sink.accept(key, windows.get(key).clone()));
  }

  @Override
  public void putWindow(long key, byte[] value) {
    windows.put(key, value.clone());
  }

  byte[] window(long key) {
    return windows.get(key).clone();
  }

  @Override
  public void removeWindow(long key) {
    windows.remove(key);
  }

  @Override
  public byte @Nullable [] getHour(long hour) {
    byte[] value = hours.get(hour);
    return value == null ? null : value.clone();
  }

  @Override
  public void putHour(long hour, byte[] value) {
    hours.put(hour, value.clone());
  }

  @Override
  public void removeHour(long hour) {
    hours.remove(hour);
  }

  int windowEntries() {
    return windows.size();
  }

  int hourEntries() {
    return hours.size();
  }

  long bytes() {
    return windows.values().stream().mapToLong(b -> b.length).sum()
        + hours.values().stream().mapToLong(b -> b.length).sum();
  }

  void assertEmpty() {
    assertThat(windows.keySet()).as("windows left").isEmpty();
    assertThat(hours.keySet()).as("hours left").isEmpty();
  }
}
