package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.time.Duration;
import java.util.List;

/**
 * A version of a prompt, and when it gets traffic. Times are milliseconds since the scenario's
 * start.
 *
 * <p>Of the versions with traffic at a time, the last in the list gets its share and the others
 * divide the rest in the same way, so that the first gets all that remains.
 *
 * @param version name of the version
 * @param from when it first gets traffic
 * @param to when it gets no more; {@link Long#MAX_VALUE} for never
 * @param share its share of the traffic that later versions in the list leave, 0 to 1
 * @param ramp over how long its share grows from 0, in milliseconds
 * @param behaviour how its executions turn out
 */
record SimulatedVersion(
    String version, long from, long to, double share, long ramp, Behaviour behaviour) {

  private static final Duration MAX_TIME = Duration.ofDays(366);
  private static final int MAX_LENGTH = 64;

  SimulatedVersion {
    if (from >= to) {
      throw new IllegalArgumentException("\"to\" must be after \"from\"");
    }
  }

  boolean isActive(long time) {
    return from <= time && time < to;
  }

  /** Its share at a time when it is active. */
  double shareAt(long time) {
    return time - from >= ramp ? share : share * (time - from) / ramp;
  }

  /** Which of {@code versions} an execution runs, by a uniform random number from 0 to 1. */
  static SimulatedVersion pick(List<SimulatedVersion> versions, long time, double uniform) {
    double rest = uniform;
    SimulatedVersion picked = null;
    for (int i = versions.size() - 1; i >= 0; i--) {
      SimulatedVersion version = versions.get(i);
      if (!version.isActive(time)) {
        continue;
      }
      picked = version;
      double share = version.shareAt(time);
      if (rest < share) {
        return version;
      }
      rest = (rest - share) / (1 - share);
    }
    if (picked == null) {
      throw new IllegalStateException("no version has traffic at " + time + " ms");
    }
    return picked;
  }

  static SimulatedVersion read(ConfigSection section, Behaviour parent) {
    return new SimulatedVersion(
        section.require("version", v -> name(v, MAX_LENGTH), "placeholder"),
        section.get("from", SimulatedVersion::time, 0L),
        section.get("to", SimulatedVersion::time, Long.MAX_VALUE),
        section.get("share", v -> v.decimal(0, 1), 1.0),
        section.get("ramp", SimulatedVersion::time, 0L),
        section.get("behaviour", v -> v.section(s -> Behaviour.read(s, parent)), parent));
  }

  /** A time since the scenario's start, in milliseconds. */
  static long time(ConfigValue value) {
    return value.duration(Duration.ZERO, MAX_TIME).toMillis();
  }

  /** An identifier, as an execution record may have it. */
  static String name(ConfigValue value, int maxLength) {
    String name = value.text();
    if (name.length() > maxLength || name.chars().anyMatch(Character::isISOControl)) {
      throw value.invalid(
          "must have at most " + maxLength + " characters, and no control characters");
    }
    return name;
  }
}
