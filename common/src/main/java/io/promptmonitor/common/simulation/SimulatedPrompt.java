package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A prompt with its traffic.
 *
 * @param id the prompt's identifier
 * @param ratePerMinute executions per minute, the mean over a day
 * @param rhythm how the rate changes over the day
 * @param versions its versions; at least one has traffic at any time
 */
record SimulatedPrompt(
    String id, double ratePerMinute, DailyRhythm rhythm, List<SimulatedVersion> versions) {

  static final double MAX_RATE = 10_000_000;
  private static final int MAX_LENGTH = 256;

  SimulatedPrompt {
    versions = List.copyOf(versions);
    Set<String> names = new HashSet<>();
    for (SimulatedVersion version : versions) {
      if (!names.add(version.version())) {
        throw new IllegalArgumentException(
            "version \"" + version.version() + "\" of prompt \"" + id + "\" is given twice");
      }
    }
  }

  /**
   * Checks that some version has traffic at every time.
   *
   * @param duration length of the scenario in milliseconds
   * @throws IllegalArgumentException if there is a gap
   */
  void checkCoverage(long duration) {
    checkActive(0);
    for (SimulatedVersion version : versions) {
      if (version.to() < duration) {
        checkActive(version.to());
      }
    }
  }

  private void checkActive(long time) {
    if (versions.stream().noneMatch(v -> v.isActive(time))) {
      throw new IllegalArgumentException(
          "no version of prompt \"" + id + "\" has traffic " + time / 1000 + " s after the start");
    }
  }

  SimulatedPrompt withRate(double rate) {
    return new SimulatedPrompt(id, rate, rhythm, versions);
  }

  static SimulatedPrompt read(ConfigSection section, DailyRhythm rhythm, Behaviour parent) {
    Behaviour behaviour =
        section.get("behaviour", v -> v.section(s -> Behaviour.read(s, parent)), parent);
    return new SimulatedPrompt(
        section.require("id", v -> SimulatedVersion.name(v, MAX_LENGTH), "placeholder"),
        section.get("rate_per_minute", v -> v.decimal(0, MAX_RATE), 60.0),
        section.get("rhythm", v -> v.section(s -> DailyRhythm.read(s, rhythm)), rhythm),
        section.get("versions", v -> readVersions(v, behaviour), oneVersion(behaviour)));
  }

  static List<SimulatedVersion> readVersions(ConfigValue value, Behaviour behaviour) {
    if (value.isList() && value.size() == 0) {
      throw value.invalid("expected at least one version");
    }
    return value.list(v -> v.section(s -> SimulatedVersion.read(s, behaviour)));
  }

  static List<SimulatedVersion> oneVersion(Behaviour behaviour) {
    return List.of(new SimulatedVersion("1.0.0", 0, Long.MAX_VALUE, 1, 0, behaviour));
  }
}
