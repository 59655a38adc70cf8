package io.promptmonitor.common.replay;

import io.promptmonitor.common.rollback.PromptTraffic;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A prompt's {@link PromptTraffic} in memory, made only when somebody looks: rows that it would
 * have dropped by then never reach it.
 */
final class LazyTraffic {

  private static final long MINUTES = PromptTraffic.MINUTES * WindowSize.ONE_MINUTE.millis();
  private static final long DAY = WindowSize.ONE_DAY.millis();

  private final PromptTraffic traffic = new PromptTraffic(new HeapTraffic());
  private final Map<String, Deque<WindowUpdate>> waiting = new HashMap<>();
  private final Deque<String> order = new ArrayDeque<>();

  void add(WindowUpdate update) {
    if (!PromptTraffic.takes(update)) {
      return;
    }
    boolean minute = update.size() == WindowSize.ONE_MINUTE;
    String key = update.size().label() + "@" + update.promptVersion().version();
    Deque<WindowUpdate> rows = waiting.get(key);
    if (rows == null) {
      rows = new ArrayDeque<>();
      waiting.put(key, rows);
      order.add(key);
    }
    long kept = update.start() - (minute ? MINUTES : DAY);
    while (!rows.isEmpty() && rows.peekFirst().start() <= kept) {
      rows.removeFirst();
    }
    rows.addLast(update);
  }

  /** The traffic up to now. */
  PromptTraffic traffic() {
    // In the order in which versions were first seen since the last look: it decides which are
    // forgotten if there are many.
    for (String key : order) {
      Deque<WindowUpdate> rows = waiting.remove(key);
      if (rows != null) {
        rows.forEach(traffic::add);
      }
    }
    order.clear();
    return traffic;
  }

  /** What {@link PromptTraffic} keeps, as long as the replay lasts. */
  private static final class HeapTraffic implements PromptTraffic.Store {
    private final Map<String, byte[]> kept = new HashMap<>();

    @Override
    public byte @Nullable [] get(String key) {
      return kept.get(key);
    }

    @Override
    public void put(String key, byte[] bytes) {
      kept.put(key, bytes);
    }

    @Override
    public void remove(String key) {
      kept.remove(key);
    }
  }
}
