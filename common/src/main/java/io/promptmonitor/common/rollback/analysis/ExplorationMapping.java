package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.annotation.JsonValue;
import io.promptmonitor.common.registry.Exploration;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code performance_to_exploration_mapping}: from a degraded metric back to the
 * decisions behind the prompt. Its JSON has exactly the keys of the specification, without those of
 * which nothing is known.
 *
 * @param degradation the metric that got worse
 * @param path such as {@code root → B → B.1}; null if it is not known
 * @param decisions what was decided at each depth, from 0 on
 * @param failureCorrelation in what failures concentrate, in words
 * @param recommendations what to do about it, in words
 */
public record ExplorationMapping(
    Degradation degradation,
    @Nullable String path,
    List<ExplorationDecision> decisions,
    List<String> failureCorrelation,
    List<String> recommendations) {

  public ExplorationMapping {
    decisions = List.copyOf(decisions);
    failureCorrelation = List.copyOf(failureCorrelation);
    recommendations = List.copyOf(recommendations);
  }

  static ExplorationMapping of(
      Degradation degradation,
      @Nullable Exploration exploration,
      List<ExplorationDecision> decisions,
      List<String> failureCorrelation,
      List<String> recommendations) {
    return new ExplorationMapping(
        degradation,
        exploration == null ? null : exploration.path(),
        decisions,
        failureCorrelation,
        recommendations);
  }

  /** The block as maps, lists, texts and numbers, with the specification's keys in its order. */
  @JsonValue
  public Map<String, Object> tree() {
    Map<String, Object> detected = new LinkedHashMap<>();
    detected.put("affected_metric", degradation.affectedMetric());
    put(detected, "current_value", degradation.currentValue());
    put(detected, "baseline_value", degradation.baselineValue());
    put(detected, "delta", degradation.delta());
    Map<String, Object> analysis = new LinkedHashMap<>();
    put(analysis, "exploration_path", path);
    for (int depth = 0; depth < decisions.size(); depth++) {
      analysis.put("depth_" + depth + "_decision", tree(decisions.get(depth)));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("degradation_detected", detected);
    tree.put("exploration_analysis", analysis);
    tree.put("failure_correlation", failureCorrelation);
    tree.put("recommendations", recommendations);
    return tree;
  }

  private static Map<String, Object> tree(ExplorationDecision decision) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("selected", decision.selected());
    tree.put("alternatives", decision.alternatives().stream().map(Alternative::text).toList());
    put(tree, "rationale", decision.rationale());
    put(tree, "potential_issue", decision.potentialIssue());
    return tree;
  }

  private static void put(Map<String, Object> tree, String key, @Nullable Object value) {
    if (value != null) {
      tree.put(key, value);
    }
  }
}
