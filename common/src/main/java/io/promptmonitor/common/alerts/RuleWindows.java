package io.promptmonitor.common.alerts;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The lengths of the windows that are always there for rules that do not name one: whole minutes up
 * to 10, then fewer. Versions come with conditions of their own while the job runs, whose windows
 * must be there already.
 */
public final class RuleWindows {

  /** The lengths, ascending. */
  public static final List<Duration> LADDER =
      Stream.concat(
              IntStream.rangeClosed(1, 10).mapToObj(Duration::ofMinutes),
              Stream.of(
                  Duration.ofMinutes(15),
                  Duration.ofMinutes(20),
                  Duration.ofMinutes(30),
                  Duration.ofHours(1),
                  Duration.ofHours(24)))
          .toList();

  /** The shortest of them. */
  public static final Duration SHORTEST = LADDER.get(0);

  private RuleWindows() {}

  /**
   * The windows of a condition that must hold for a time and does not name a window: those of at
   * most that time, but at least the shortest.
   */
  static List<Duration> upTo(Duration hold) {
    List<Duration> windows = LADDER.stream().filter(length -> length.compareTo(hold) <= 0).toList();
    return windows.isEmpty() ? List.of(SHORTEST) : windows;
  }
}
