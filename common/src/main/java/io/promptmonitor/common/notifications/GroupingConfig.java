package io.promptmonitor.common.notifications;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.DurationText;
import java.io.Serializable;
import java.time.Duration;

/**
 * How what is to be said about one prompt becomes few messages: the block {@code notifications} of
 * the configuration.
 *
 * @param groupWait how long a message about a prompt waits for others to join it, by the clock of
 *     escalation; at most 10 minutes
 * @param groupInterval how long after people were told of a rule and version the next episode of
 *     the same waits; from 1 second to 24 hours
 */
public record GroupingConfig(Duration groupWait, Duration groupInterval) implements Serializable {

  private static final Duration MAX_WAIT = Duration.ofMinutes(10);
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MAX_INTERVAL = Duration.ofHours(24);

  private static final GroupingConfig DEFAULTS =
      new GroupingConfig(Duration.ofSeconds(1), Duration.ofMinutes(5));

  public GroupingConfig {
    check(groupWait, Duration.ZERO, MAX_WAIT, "group_wait");
    check(groupInterval, MIN_INTERVAL, MAX_INTERVAL, "group_interval");
  }

  /** What holds where the configuration says nothing: 1 second, 5 minutes. */
  public static GroupingConfig defaults() {
    return DEFAULTS;
  }

  /** Reads the block {@code notifications}. */
  public static GroupingConfig read(ConfigSection section) {
    return new GroupingConfig(
        section.get("group_wait", v -> v.duration(Duration.ZERO, MAX_WAIT), DEFAULTS.groupWait),
        section.get(
            "group_interval", v -> v.duration(MIN_INTERVAL, MAX_INTERVAL), DEFAULTS.groupInterval));
  }

  private static void check(Duration duration, Duration min, Duration max, String name) {
    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          name
              + " must be from "
              + DurationText.format(min)
              + " to "
              + DurationText.format(max)
              + ", found "
              + duration);
    }
  }
}
