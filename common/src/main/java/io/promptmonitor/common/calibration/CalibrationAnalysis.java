package io.promptmonitor.common.calibration;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Predicted against actual quality over a span of days.
 *
 * @param from the first day (UTC)
 * @param to the last day, inclusive
 * @param overall all versions that can be compared
 * @param versions each version with a prediction, ratings or scores, by prompt and version
 * @param groups techniques, combinations and complexities
 * @param reliability of all versions
 * @param driftTested in how many versions a drift was looked for
 * @param heuristic the version of the heuristic in force; 0 if there is none
 * @param proposals what to change in it
 */
public record CalibrationAnalysis(
    LocalDate from,
    LocalDate to,
    BiasEstimate overall,
    List<OfVersion> versions,
    List<OfGroup> groups,
    Reliability reliability,
    int driftTested,
    int heuristic,
    List<Proposal> proposals)
    implements Serializable {

  /**
   * A version.
   *
   * @param promptId the prompt
   * @param versionId the version
   * @param predictedQuality what was declared; NaN if nothing was
   * @param techniques sorted
   * @param complexity null if it is not known
   * @param estimate how far off the prediction was
   * @param drift since when the bias is another one; null if no shift was found
   */
  public record OfVersion(
      String promptId,
      String versionId,
      double predictedQuality,
      List<String> techniques,
      @Nullable String complexity,
      BiasEstimate estimate,
      @Nullable BiasDrift drift)
      implements Serializable {}

  /** What versions are grouped by. */
  public enum Dimension {
    /** All versions that use the technique, whatever else they use. */
    TECHNIQUE,
    /** All versions that use exactly these techniques, at least two. */
    COMBINATION,
    /** All versions of the same complexity. */
    COMPLEXITY;

    /** As it is written in tables: {@code technique}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The versions that have something in common.
   *
   * @param dimension what they are grouped by
   * @param subject the technique, the sorted techniques or the complexity
   * @param estimate how far off their predictions were
   */
  public record OfGroup(Dimension dimension, List<String> subject, BiasEstimate estimate)
      implements Serializable {

    /** The subject in words: {@code CoT + Few-Shot}. */
    public String name() {
      return String.join(" + ", subject);
    }
  }

  /**
   * Analyses what was found in the days from {@code from} to {@code to}, inclusive.
   *
   * @param versions in any order; those without a prediction or without ratings and scores are
   *     listed, and count for nothing
   * @param current the heuristic in force
   */
  public static CalibrationAnalysis of(
      LocalDate from, LocalDate to, List<PredictedVersion> versions, Heuristic current) {
    List<PredictedVersion> ordered =
        versions.stream()
            .sorted(
                Comparator.comparing(PredictedVersion::promptId)
                    .thenComparing(PredictedVersion::versionId))
            .toList();
    List<BiasEstimate> estimates = ordered.stream().map(BiasEstimate::of).toList();
    int tested = (int) ordered.stream().filter(BiasDrift::canBeFound).count();
    List<OfVersion> ofVersions = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      PredictedVersion v = ordered.get(i);
      ofVersions.add(
          new OfVersion(
              v.promptId(),
              v.versionId(),
              v.predictedQuality(),
              v.techniques(),
              v.complexity(),
              estimates.get(i),
              BiasDrift.find(v, tested)));
    }
    return new CalibrationAnalysis(
        from,
        to,
        BiasEstimate.ofGroup(estimates),
        List.copyOf(ofVersions),
        groups(ordered, estimates),
        Reliability.of(estimates),
        tested,
        current.version(),
        HeuristicUpdate.propose(ordered, estimates, current));
  }

  private static List<OfGroup> groups(
      List<PredictedVersion> versions, List<BiasEstimate> estimates) {
    Map<String, List<BiasEstimate>> techniques = new TreeMap<>();
    Map<String, List<BiasEstimate>> combinations = new TreeMap<>();
    Map<String, List<String>> combined = new TreeMap<>();
    Map<String, List<BiasEstimate>> complexities = new TreeMap<>();
    for (int i = 0; i < versions.size(); i++) {
      BiasEstimate estimate = estimates.get(i);
      if (estimate.basis() == BiasEstimate.Basis.NONE) {
        continue;
      }
      PredictedVersion version = versions.get(i);
      for (String technique : version.techniques()) {
        add(techniques, technique, estimate);
      }
      if (version.techniques().size() > 1) {
        String key = String.join("\0", version.techniques());
        combined.put(key, version.techniques());
        add(combinations, key, estimate);
      }
      if (version.complexity() != null) {
        add(complexities, version.complexity(), estimate);
      }
    }
    List<OfGroup> groups = new ArrayList<>();
    techniques.forEach((name, of) -> groups.add(group(Dimension.TECHNIQUE, List.of(name), of)));
    combinations.forEach(
        (key, of) ->
            groups.add(group(Dimension.COMBINATION, combined.getOrDefault(key, List.of()), of)));
    complexities.forEach((name, of) -> groups.add(group(Dimension.COMPLEXITY, List.of(name), of)));
    return List.copyOf(groups);
  }

  private static void add(
      Map<String, List<BiasEstimate>> groups, String key, BiasEstimate estimate) {
    groups.computeIfAbsent(key, k -> new ArrayList<>()).add(estimate);
  }

  private static OfGroup group(Dimension dimension, List<String> subject, List<BiasEstimate> of) {
    return new OfGroup(dimension, subject, BiasEstimate.ofGroup(of));
  }

  /** The changes that {@link #proposals} propose. */
  public List<Proposal> changes() {
    return proposals.stream().filter(Proposal::isChange).toList();
  }
}
