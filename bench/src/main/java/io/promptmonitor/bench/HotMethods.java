package io.promptmonitor.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Where the time went, from the samples of a flight recording. */
final class HotMethods {

  private static final int SHOWN = 30;

  private final Map<String, Integer> byThread = new HashMap<>();
  private final Map<String, Integer> self = new HashMap<>();
  private final Map<String, Integer> ours = new HashMap<>();
  private final Map<String, Integer> withCallees = new HashMap<>();
  private int samples;

  private HotMethods() {}

  /** The samples of a recording from a point of time on. */
  static HotMethods of(Path recording, Instant from) throws IOException {
    HotMethods methods = new HotMethods();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        String type = event.getEventType().getName();
        boolean isSample =
            type.equals("jdk.ExecutionSample") || type.equals("jdk.NativeMethodSample");
        if (isSample && !event.getStartTime().isBefore(from) && event.getStackTrace() != null) {
          methods.add(event);
        }
      }
    }
    return methods;
  }

  private void add(RecordedEvent event) {
    List<RecordedFrame> frames = event.getStackTrace().getFrames();
    String top = name(frames.get(0));
    if (isWaiting(top)) {
      return;
    }
    samples++;
    RecordedThread thread = event.getThread("sampledThread");
    String threadName = thread == null ? "?" : String.valueOf(thread.getJavaName());
    byThread.merge(threadName.replaceAll("\\(?#?\\d+[/\\d)]*#?\\d*$", ""), 1, Integer::sum);
    self.merge(top, 1, Integer::sum);
    ours.merge(nearestOfOurs(frames), 1, Integer::sum);
    Set<String> seen = new HashSet<>();
    for (RecordedFrame frame : frames) {
      String name = name(frame);
      if (!isPlumbing(frame) && seen.add(name)) {
        withCallees.merge(name, 1, Integer::sum);
      }
    }
  }

  /** The innermost of this project's methods, which the time is to be blamed on. */
  private static String nearestOfOurs(List<RecordedFrame> frames) {
    return frames.stream()
        .filter(frame -> frame.getMethod().getType().getName().startsWith("io.promptmonitor."))
        .findFirst()
        .map(HotMethods::name)
        .orElse("(none)");
  }

  /** Native methods that only wait count as samples too. */
  private static boolean isWaiting(String method) {
    return method.startsWith("sun.nio.ch.")
        || method.startsWith("EPoll.")
        || method.startsWith("Net.accept")
        || method.startsWith("Native.epollWait");
  }

  /** What is below every sample. */
  private static boolean isPlumbing(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.startsWith("java.util.concurrent.") || type.startsWith("java.lang.Thread");
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }

  /** The shares of threads, of methods by themselves, and of methods with what they call. */
  String toText() {
    StringBuilder text = new StringBuilder(samples + " samples\n");
    section(text, "by thread", byThread);
    section(text, "by method, without what it calls", self);
    section(text, "by the innermost method of this project", ours);
    section(text, "by method, with what it calls", withCallees);
    return text.toString();
  }

  private void section(StringBuilder text, String title, Map<String, Integer> counts) {
    text.append('\n').append(title).append('\n');
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(
            entry ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%6.1f %%  %s%n",
                        100.0 * entry.getValue() / samples,
                        entry.getKey())));
  }
}
