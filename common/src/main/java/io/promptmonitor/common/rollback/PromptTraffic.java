package io.promptmonitor.common.rollback;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt's versions did lately: of each version its last {@value #MINUTES} minutes, and the
 * last 24 hours in which it had traffic, however long ago that was. Of the {@value #MAX_VERSIONS}
 * versions that were seen last.
 *
 * <p>Windows are kept in a {@link Store}; times are milliseconds of event time. Not thread-safe.
 */
public final class PromptTraffic {

  /** How many minutes of a version are kept, up to its last one. */
  public static final int MINUTES = 90;

  /** How many versions of a prompt are kept. */
  public static final int MAX_VERSIONS = 8;

  private static final long MINUTE = WindowSize.ONE_MINUTE.millis();
  private static final long HOUR = WindowSize.ONE_HOUR.millis();
  private static final long DAY = 24 * HOUR;
  private static final byte FORMAT = 1;
  private static final int MAX_WINDOWS = 10_000;

  /** Keeps bytes for one prompt. */
  public interface Store {

    /** What was put under a key; null if nothing was. */
    byte @Nullable [] get(String key);

    /** Keeps bytes under a key. */
    void put(String key, byte[] bytes);

    /** Forgets a key. */
    void remove(String key);
  }

  /** A minute of a version. */
  public record Minute(long start, WindowAggregate aggregate) {}

  /** Which windows of a version are kept. */
  private static final class Windows {
    private final NavigableSet<Long> minutes = new TreeSet<>();
    private final NavigableSet<Long> hours = new TreeSet<>();

    long lastSeen() {
      long minute = minutes.isEmpty() ? Long.MIN_VALUE : minutes.last();
      return hours.isEmpty() ? minute : Math.max(minute, hours.last());
    }
  }

  private static final String INDEX = "index";

  private final Store store;
  private final Map<String, Windows> versions;

  /** The traffic that a store holds. */
  public PromptTraffic(Store store) {
    this.store = store;
    byte[] index = store.get(INDEX);
    try {
      this.versions = index == null ? new TreeMap<>() : readIndex(index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a row of a window is of use here. */
  public static boolean takes(WindowUpdate update) {
    return !update.qualityOnly()
        && (update.size() == WindowSize.ONE_MINUTE || update.size() == WindowSize.ONE_HOUR);
  }

  /** Takes a row that {@link #takes} accepts. */
  public void add(WindowUpdate update) {
    String version = update.promptVersion().version();
    Windows windows = versions.computeIfAbsent(version, v -> new Windows());
    boolean minute = update.size() == WindowSize.ONE_MINUTE;
    NavigableSet<Long> starts = minute ? windows.minutes : windows.hours;
    long length = minute ? MINUTES * MINUTE : DAY;
    if (!starts.isEmpty() && update.start() <= starts.last() - length) {
      return; // Corrects what is not kept any more.
    }
    boolean added = starts.add(update.start());
    store.put(key(version, minute, update.start()), bytes(update.aggregate()));
    while (starts.first() <= starts.last() - length) {
      store.remove(key(version, minute, starts.first()));
      starts.pollFirst();
      added = true;
    }
    if (versions.size() > MAX_VERSIONS) {
      forgetOldest();
    }
    if (added) {
      store.put(INDEX, indexBytes());
    }
  }

  private void forgetOldest() {
    // Not an entry of the map: what is removed from a tree may become another one.
    String oldest =
        Collections.min(
                versions.entrySet(), Comparator.comparingLong(entry -> entry.getValue().lastSeen()))
            .getKey();
    Windows windows = Objects.requireNonNull(versions.remove(oldest));
    for (long start : windows.minutes) {
      store.remove(key(oldest, true, start));
    }
    for (long start : windows.hours) {
      store.remove(key(oldest, false, start));
    }
  }

  /** When the traffic of a version begins that is kept; {@link Long#MAX_VALUE} if none is. */
  public long begins(String version) {
    Windows windows = versions.get(version);
    if (windows == null) {
      return Long.MAX_VALUE;
    }
    long minute = windows.minutes.isEmpty() ? Long.MAX_VALUE : windows.minutes.first();
    return windows.hours.isEmpty() ? minute : Math.min(minute, firstOf(windows));
  }

  /** An hour begins before the first execution in it. */
  private static long firstOf(Windows windows) {
    long hour = windows.hours.first();
    Long minute = windows.minutes.ceiling(hour);
    return minute != null && minute < hour + HOUR ? minute : hour;
  }

  /** The minutes of a version that begin from {@code from} to before {@code to}, in their order. */
  public List<Minute> minutes(String version, long from, long to) {
    List<Minute> minutes = new ArrayList<>();
    Windows windows = versions.get(version);
    if (windows != null && from < to) {
      for (long start : windows.minutes.subSet(from, to)) {
        minutes.add(new Minute(start, load(version, true, start)));
      }
    }
    return minutes;
  }

  /** The same minutes as one; empty if there are none. */
  public WindowAggregate merged(String version, long from, long to) {
    WindowAggregate merged = new WindowAggregate();
    minutes(version, from, to).forEach(minute -> merged.merge(minute.aggregate));
    return merged;
  }

  /** All executions of the prompt in the same minutes, whatever the version. */
  public long executions(long from, long to) {
    long executions = 0;
    for (String version : versions.keySet()) {
      for (Minute minute : minutes(version, from, to)) {
        executions += minute.aggregate.executionCount();
      }
    }
    return executions;
  }

  /**
   * The last 24 hours of a version's traffic before a time: the 24 hours up to the last one with
   * traffic that had ended by then, and the minutes since. Empty if there was none.
   */
  public WindowAggregate lastDay(String version, long before) {
    WindowAggregate merged = new WindowAggregate();
    NavigableSet<Long> hours = hoursBefore(version, before);
    for (long start : hours) {
      merged.merge(load(version, false, start));
    }
    long hour = WindowSize.ONE_HOUR.startOf(before);
    merged.merge(merged(version, hours.isEmpty() ? Long.MIN_VALUE : hour, before));
    return merged;
  }

  /** When the traffic of {@link #lastDay} began, to the hour or minute; {@code before} if never. */
  public long lastDayBegins(String version, long before) {
    NavigableSet<Long> hours = hoursBefore(version, before);
    Windows windows = versions.get(version);
    if (!hours.isEmpty() || windows == null) {
      return hours.isEmpty() ? before : hours.first();
    }
    NavigableSet<Long> minutes = windows.minutes.headSet(before, false);
    return minutes.isEmpty() ? before : minutes.first();
  }

  private NavigableSet<Long> hoursBefore(String version, long before) {
    Windows windows = versions.get(version);
    Long last = windows == null ? null : windows.hours.floor(before - HOUR);
    return windows == null || last == null
        ? Collections.emptyNavigableSet()
        : windows.hours.subSet(last - DAY, false, last, true);
  }

  private WindowAggregate load(String version, boolean minute, long start) {
    byte[] bytes = store.get(key(version, minute, start));
    if (bytes == null) {
      throw new IllegalStateException("a window is missing: " + key(version, minute, start));
    }
    try {
      return WindowAggregate.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String key(String version, boolean minute, long start) {
    return (minute ? "m" : "h") + start + "@" + version;
  }

  private static byte[] bytes(WindowAggregate aggregate) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try {
      aggregate.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] indexBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      VarInt.write(out, versions.size());
      for (Map.Entry<String, Windows> entry : versions.entrySet()) {
        out.writeUTF(entry.getKey());
        writeStarts(entry.getValue().minutes, MINUTE, out);
        writeStarts(entry.getValue().hours, HOUR, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeStarts(NavigableSet<Long> starts, long length, DataOutput out)
      throws IOException {
    VarInt.write(out, starts.size());
    long last = 0;
    for (long start : starts) {
      VarInt.writeSigned(out, start / length - last);
      last = start / length;
    }
  }

  private static Map<String, Windows> readIndex(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of a prompt's traffic: " + format);
    }
    Map<String, Windows> versions = new TreeMap<>();
    int size = VarInt.readSize(in, MAX_WINDOWS);
    for (int i = 0; i < size; i++) {
      Windows windows = new Windows();
      versions.put(in.readUTF(), windows);
      readStarts(windows.minutes, MINUTE, in);
      readStarts(windows.hours, HOUR, in);
    }
    return versions;
  }

  private static void readStarts(NavigableSet<Long> starts, long length, DataInput in)
      throws IOException {
    int size = VarInt.readSize(in, MAX_WINDOWS);
    long last = 0;
    for (int i = 0; i < size; i++) {
      last += VarInt.readSigned(in);
      starts.add(last * length);
    }
  }
}
