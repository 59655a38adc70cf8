package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong for a while. Times are milliseconds since the scenario's start.
 *
 * @param from when it begins
 * @param to when it is over
 * @param prompt the prompt it hits, or null for all
 * @param version the version it hits, or null for all
 * @param branch the conditional path it hits, or null for all
 * @param model the model it hits, or null for all
 * @param errorRate share of the executions hit that fail, or NaN for no change
 * @param errorType how they fail, or null for the usual ways
 * @param latencyFactor multiplies the latency of those that succeed
 * @param trafficFactor multiplies the rate of executions; 0 is an outage
 * @param scoreShift is added to the automated scores
 * @param ratings weights of the ratings 1 to 5, or null for no change
 */
public record Incident(
    long from,
    long to,
    @Nullable String prompt,
    @Nullable String version,
    @Nullable String branch,
    @Nullable String model,
    double errorRate,
    @Nullable String errorType,
    double latencyFactor,
    double trafficFactor,
    double scoreShift,
    @Nullable List<Double> ratings) {

  public Incident {
    if (from >= to) {
      throw new IllegalArgumentException("\"to\" must be after \"from\"");
    }
    if (trafficFactor != 1 && (version != null || branch != null || model != null)) {
      throw new IllegalArgumentException(
          "\"traffic_factor\" is for a whole prompt, not for a version, branch or model");
    }
  }

  /** Executions of everything fail more often. */
  public static Incident ofErrors(long from, long to, double errorRate) {
    return new Incident(from, to, null, null, null, null, errorRate, null, 1, 1, 0, null);
  }

  /** Executions of everything take longer, by a factor. */
  public static Incident ofLatency(long from, long to, double factor) {
    return new Incident(from, to, null, null, null, null, Double.NaN, null, factor, 1, 0, null);
  }

  boolean isActive(long time) {
    return from <= time && time < to;
  }

  /** Whether it begins or ends after {@code begin} and before {@code end}. */
  boolean beginsOrEnds(long begin, long end) {
    return (begin < from && from < end) || (begin < to && to < end);
  }

  boolean hitsPrompt(String id) {
    return prompt == null || prompt.equals(id);
  }

  boolean hits(String ofVersion, @Nullable String ofBranch, String ofModel) {
    return (version == null || version.equals(ofVersion))
        && (branch == null || branch.equals(ofBranch))
        && (model == null || model.equals(ofModel));
  }

  static Incident read(ConfigSection section, List<SimulatedPrompt> prompts) {
    List<String> ids = prompts.stream().map(SimulatedPrompt::id).toList();
    String prompt = section.getOrNull("prompt", v -> v.choice(ids));
    Set<String> versions = new LinkedHashSet<>();
    Set<String> branches = new LinkedHashSet<>();
    Set<String> models = new LinkedHashSet<>();
    Set<String> errors = new LinkedHashSet<>();
    for (SimulatedPrompt candidate : prompts) {
      if (prompt == null || prompt.equals(candidate.id())) {
        for (SimulatedVersion version : candidate.versions()) {
          versions.add(version.version());
          branches.addAll(version.behaviour().branches().names());
          models.addAll(version.behaviour().models().names());
          errors.addAll(version.behaviour().failures().types().keySet());
        }
      }
    }
    return new Incident(
        section.require("from", SimulatedVersion::time, 0L),
        section.require("to", SimulatedVersion::time, Long.MAX_VALUE),
        prompt,
        readName(section, "version", versions),
        readName(section, "branch", branches),
        readName(section, "model", models),
        section.get("error_rate", v -> v.decimal(0, 1), Double.NaN),
        readName(section, "error_type", errors),
        section.get("latency_factor", v -> v.decimal(0.01, 1_000), 1.0),
        section.get("traffic_factor", v -> v.decimal(0, 1_000), 1.0),
        section.get("score_shift", v -> v.decimal(-10, 10), 0.0),
        section.getOrNull("ratings", Behaviour.Ratings::readRatings));
  }

  private static @Nullable String readName(ConfigSection section, String key, Set<String> known) {
    return section.getOrNull(key, (ConfigValue v) -> v.choice(known.stream().toList()));
  }
}
