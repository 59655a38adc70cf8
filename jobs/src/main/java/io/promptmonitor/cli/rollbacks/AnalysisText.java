package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.rollback.RollbackSnapshot.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was measured before and after a rollback, and what was found out, in tables and sentences.
 * What another release has written otherwise is left out.
 */
final class AnalysisText {

  static final List<Column> WINDOWS =
      TableFormat.columns(
          "version",
          "from",
          "until",
          "executions",
          "failures",
          "error_rate",
          "p50",
          "p95",
          "p99",
          "tokens",
          "rating",
          "errors");

  static final List<Column> READINGS = TableFormat.columns("metric", "recovered", "details");

  static final List<Column> CHANGES =
      TableFormat.columns(
          "metric",
          "before",
          "failing",
          "after",
          "failing/before",
          "after/failing",
          "after/before");

  private AnalysisText() {}

  // ---- the snapshot

  static List<String> row(Window window) {
    return List.of(
        window.version(),
        StoredRollbackText.time(window.start()),
        StoredRollbackText.time(window.end()),
        Long.toString(window.executions()),
        Long.toString(window.failures()),
        value("error_rate", window.errorRate()),
        value("latency_p50", window.latencyP50()),
        value("latency_p95", window.latencyP95()),
        value("latency_p99", window.latencyP99()),
        value("avg_total_tokens", window.avgTotalTokens()),
        value("avg_user_feedback", window.avgUserFeedback()),
        errors(window.errors()));
  }

  /** The most frequent ones first. */
  private static String errors(Map<String, Long> errors) {
    return errors.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(error -> error.getKey() + " " + error.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String value(String metric, @Nullable Double value) {
    return value == null ? "" : MetricText.value(metric, value);
  }

  // ---- recovery

  /** The readings that the outcome follows from. */
  static List<List<String>> readings(@Nullable JsonNode recovery) {
    List<List<String>> rows = new ArrayList<>();
    if (recovery != null) {
      for (JsonNode reading : recovery.path("readings")) {
        JsonNode passed = reading.path("passed");
        rows.add(
            List.of(
                reading.path("metric").asText(),
                passed.isBoolean() ? (passed.asBoolean() ? "yes" : "no") : "unknown",
                reading.path("text").asText()));
      }
    }
    return rows;
  }

  // ---- what changed

  static List<List<String>> changes(JsonNode analysis) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode change : analysis.path("what_changed")) {
      String metric = change.path("metric").asText();
      rows.add(
          List.of(
              metric,
              reading(metric, change.path("before")),
              reading(metric, change.path("failing")),
              reading(metric, change.path("after")),
              verdict(change.path("failing_versus_before")),
              verdict(change.path("after_versus_failing")),
              verdict(change.path("after_versus_before"))));
    }
    return rows;
  }

  /** For example {@code 2% (1.5% to 2.7%, n = 2000)}. */
  private static String reading(String metric, JsonNode reading) {
    if (!reading.path("value").isNumber()) {
      return "unknown (n = " + reading.path("n").asLong() + ")";
    }
    String lower = limit(metric, reading.path("lower"));
    String upper = limit(metric, reading.path("upper"));
    String interval =
        lower.isEmpty() && upper.isEmpty()
            ? ""
            : (lower.isEmpty() ? "?" : lower) + " to " + (upper.isEmpty() ? "?" : upper) + ", ";
    return "%s (%sn = %d)"
        .formatted(
            MetricText.value(metric, reading.path("value").asDouble()),
            interval,
            reading.path("n").asLong());
  }

  private static String limit(String metric, JsonNode limit) {
    return limit.isNumber() ? MetricText.value(metric, limit.asDouble()) : "";
  }

  private static String verdict(JsonNode comparison) {
    String verdict = comparison.path("verdict").asText().toLowerCase(Locale.ROOT);
    return verdict.equals("not_distinguishable") ? "alike" : verdict;
  }

  // ---- failures, decisions, recommendations

  static List<String> findings(JsonNode analysis) {
    return texts(analysis.path("failure_correlation").path("findings"), "text");
  }

  /** How many values were compared to find that. */
  static long comparisons(JsonNode analysis) {
    return analysis.path("failure_correlation").path("comparisons").asLong();
  }

  /** What speaks for each decision, those of which nothing does left out. */
  static List<String> decisions(JsonNode analysis) {
    List<String> lines = new ArrayList<>();
    for (JsonNode depth : analysis.path("depth_evidence")) {
      for (JsonNode evidence : depth.path("evidence")) {
        lines.add(
            "\"%s\" at depth %d: %s"
                .formatted(
                    depth.path("selected").asText(),
                    depth.path("depth").asInt(),
                    evidence.asText()));
      }
    }
    return lines;
  }

  /** Each with what led to it. */
  static List<String> recommendations(JsonNode analysis) {
    List<String> lines = new ArrayList<>();
    for (JsonNode recommendation : analysis.path("recommendations")) {
      List<String> evidence = new ArrayList<>();
      recommendation.path("evidence").forEach(e -> evidence.add(e.asText()));
      lines.add(
          recommendation.path("action").asText() + ", because " + String.join("; ", evidence));
    }
    return lines;
  }

  private static List<String> texts(JsonNode array, String field) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.path(field).asText()));
    return texts;
  }
}
