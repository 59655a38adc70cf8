package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.registry.Exploration;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From what was seen of a failing version back to the decisions of its exploration.
 *
 * <p>A decision is suspected if what was seen has to do with what was selected there, or with what
 * its author thought may turn out wrong: if both have a {@link Topic} in common. This is a hint,
 * not a proof; each hint says what led to it. What was seen but fits no decision leads to none.
 *
 * @param mapping the block {@code performance_to_exploration_mapping}
 * @param evidence what speaks for each decision, by depth
 * @param recommendations those of the mapping, each with its evidence
 */
public record ExplorationTracing(
    ExplorationMapping mapping,
    List<DepthEvidence> evidence,
    List<Recommendation> recommendations) {

  public ExplorationTracing {
    evidence = List.copyOf(evidence);
    recommendations = List.copyOf(recommendations);
  }

  /**
   * Traces a failing version.
   *
   * @param degradation the metric that led to the rollback
   * @param exploration how the prompt was arrived at; null if that is not known
   * @param expected what was expected of the failing version
   * @param changes what became of its metrics
   * @param correlation in what its failures concentrate
   */
  public static ExplorationTracing of(
      Degradation degradation,
      @Nullable Exploration exploration,
      Baselines expected,
      List<MetricChange> changes,
      FailureCorrelation correlation) {
    List<ExplorationDecision> decisions = exploration == null ? List.of() : exploration.decisions();
    List<Clue> clues = Clue.of(changes, correlation);
    List<Suspect> suspects = new ArrayList<>();
    for (int depth = 0; depth < decisions.size(); depth++) {
      suspects.add(Suspect.of(depth, decisions.get(depth), clues));
    }
    List<Recommendation> recommendations = new ArrayList<>();
    suspects.stream()
        .filter(suspect -> suspect.strength() > 0)
        // Of two decisions with as much evidence the deeper one is easier to change.
        .max(Comparator.comparingInt(Suspect::strength).thenComparingInt(Suspect::depth))
        .ifPresent(suspect -> addAlternative(recommendations, suspect, exploration));
    addThresholds(recommendations, suspects, correlation);
    addCalibration(recommendations, exploration, expected, changes);
    return new ExplorationTracing(
        ExplorationMapping.of(
            degradation,
            exploration,
            suspects.stream().map(Suspect::explained).toList(),
            correlation.findings().stream().map(FailureFinding::text).toList(),
            recommendations.stream().map(Recommendation::text).toList()),
        suspects.stream()
            .map(s -> new DepthEvidence(s.depth, s.decision.selected(), s.texts()))
            .toList(),
        recommendations);
  }

  /** A decision with what was seen that has to do with it. */
  private record Suspect(
      int depth, ExplorationDecision decision, Set<Topic> topics, List<Clue> clues, int strength) {

    static Suspect of(int depth, ExplorationDecision decision, List<Clue> clues) {
      Set<Topic> topics = Topic.of(decision.selected());
      if (decision.potentialIssue() != null) {
        topics.addAll(Topic.of(decision.potentialIssue()));
      }
      List<Clue> fitting = new ArrayList<>();
      int strength = 0;
      for (Clue clue : clues) {
        int common = (int) clue.topics().stream().filter(topics::contains).count();
        if (common > 0) {
          fitting.add(clue);
          strength += common;
        }
      }
      return new Suspect(depth, decision, topics, fitting, strength);
    }

    List<String> texts() {
      return clues.stream().map(Clue::text).toList();
    }

    /** Whether both the decision and something that was seen are about it. */
    boolean isAbout(Topic topic) {
      return topics.contains(topic)
          && clues.stream().anyMatch(clue -> clue.topics().contains(topic));
    }

    /** The decision; if its author foresaw no issue, the evidence stands for it. */
    ExplorationDecision explained() {
      if (decision.potentialIssue() != null || clues.isEmpty()) {
        return decision;
      }
      return new ExplorationDecision(
          decision.selected(),
          decision.alternatives(),
          decision.rationale(),
          "May have to do with " + clues.get(0).text());
    }

    String named() {
      return "\"" + decision.selected() + "\" at depth " + depth;
    }
  }

  private static void addAlternative(
      List<Recommendation> recommendations, Suspect suspect, @Nullable Exploration exploration) {
    suspect.decision.alternatives().stream()
        // Of equal scores, and among those without, the author's order stands.
        .reduce((best, next) -> score(next) > score(best) ? next : best)
        .ifPresent(
            best ->
                recommendations.add(
                    new Recommendation(
                        "Try the alternative "
                            + best.text()
                            + before(exploration, suspect.depth)
                            + " instead of "
                            + suspect.named(),
                        suspect.texts())));
  }

  private static double score(Alternative alternative) {
    Double score = alternative.score();
    return score == null ? -1 : score;
  }

  /** Where on the path a depth branches off: {@code after root → B}. */
  private static String before(@Nullable Exploration exploration, int depth) {
    String path = exploration == null ? null : exploration.path();
    if (path == null) {
      return "";
    }
    String[] steps = path.split("→", -1);
    return steps.length <= depth
        ? ""
        : IntStream.rangeClosed(0, depth)
            .mapToObj(i -> steps[i].strip())
            .collect(Collectors.joining(" → ", " after ", ""));
  }

  /** What decides which executions go where failures cluster. */
  private static void addThresholds(
      List<Recommendation> recommendations,
      List<Suspect> suspects,
      FailureCorrelation correlation) {
    for (FailureDimension dimension :
        List.of(FailureDimension.BRANCH, FailureDimension.TOKEN_LENGTH)) {
      Topic topic = dimension == FailureDimension.BRANCH ? Topic.BRANCHING : Topic.COMPLEXITY;
      correlation.findings().stream()
          .filter(finding -> finding.dimension() == dimension)
          .findFirst()
          .ifPresent(
              finding ->
                  recommendations.add(
                      new Recommendation(
                          "Adjust the threshold that "
                              + (dimension == FailureDimension.BRANCH
                                  ? "leads to "
                                  : "decides about ")
                              + dimension.show(finding.value())
                              + suspects.stream()
                                  .filter(suspect -> suspect.isAbout(topic))
                                  .reduce((first, deeper) -> deeper)
                                  .map(suspect -> " (" + suspect.named() + ")")
                                  .orElse(""),
                          List.of(Clue.of(finding).text()))));
    }
  }

  /** A prediction that was too good is worth remembering for the techniques that it was about. */
  private static void addCalibration(
      List<Recommendation> recommendations,
      @Nullable Exploration exploration,
      Baselines expected,
      List<MetricChange> changes) {
    String about = techniques(exploration);
    if (about.isEmpty()) {
      return;
    }
    List<String> evidence = new ArrayList<>();
    for (MetricChange change : changes) {
      MetricReading seen = change.failing();
      if (change.metric().equals(Metric.CALIBRATION_BIAS.column())
          && seen.value() != null
          && seen.lower() != null
          && seen.lower() > 0) {
        evidence.add(
            "the predicted quality was "
                + MetricText.number(seen.value())
                + " above the actual one (at least "
                + MetricText.number(seen.lower())
                + ")");
      }
      Double accuracy = expected.of(Metric.SUCCESS_RATE);
      if (change.metric().equals(Metric.SUCCESS_RATE.column())
          && accuracy != null
          && seen.value() != null
          && seen.upper() != null
          && seen.upper() < accuracy) {
        evidence.add(
            "the expected accuracy was "
                + MetricText.value(change.metric(), accuracy)
                + ", and "
                + MetricText.value(change.metric(), seen.value())
                + " succeeded (at most "
                + MetricText.value(change.metric(), seen.upper())
                + ")");
      }
    }
    if (!evidence.isEmpty()) {
      recommendations.add(new Recommendation("Add a calibration entry for " + about, evidence));
    }
  }

  private static String techniques(@Nullable Exploration exploration) {
    if (exploration == null) {
      return "";
    }
    List<String> names =
        exploration.techniques().isEmpty()
            ? exploration.decisions().stream().map(ExplorationDecision::selected).toList()
            : exploration.techniques();
    return String.join(" + ", names);
  }
}
