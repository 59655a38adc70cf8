package io.promptmonitor.cli;

import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulationSummary;
import io.promptmonitor.common.simulation.SimulationSummary.OfVersion;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The truth about simulated traffic, for people. */
final class SimulationText {

  private static final int MAX_VERSIONS = 25;

  private SimulationText() {}

  static String of(Scenario scenario, long seed, SimulationSummary summary) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "simulated %s from %s with seed %d: %,d records",
        DurationText.format(scenario.duration()),
        scenario.start(),
        seed,
        summary.records());
    line(
        text,
        "  %,d executions, %,d of them failed; %,d feedback events",
        summary.executions(),
        summary.failures(),
        summary.feedbackEvents());
    line(text, "  %,d duplicates, %,d stragglers", summary.duplicates(), summary.stragglers());
    line(text, "  %,d records with raw text", summary.rawTexts());
    String reasons =
        summary.broken().entrySet().stream()
            .map(e -> e.getKey().code() + " " + e.getValue())
            .collect(Collectors.joining(", "));
    line(
        text,
        "  %,d broken records%s",
        summary.brokenRecords(),
        reasons.isEmpty() ? "" : ": " + reasons);
    Map<PromptVersionId, OfVersion> versions = summary.byVersion();
    int width =
        versions.keySet().stream()
            .limit(MAX_VERSIONS)
            .mapToInt(v -> v.toString().length())
            .max()
            .orElse(0);
    String row = "  %-" + Math.max(width, 14) + "s %12s %8s %8s %12s %8s";
    line(text, row, "prompt@version", "executions", "failed", "error %", "mean ms", "ratings");
    versions.entrySet().stream()
        .limit(MAX_VERSIONS)
        .forEach(
            e -> {
              OfVersion v = e.getValue();
              line(
                  text,
                  row,
                  e.getKey(),
                  number("%,d", v.executions()),
                  number("%,d", v.failures()),
                  number("%.2f", 100.0 * v.failures() / v.executions()),
                  number("%,.0f", (double) v.latencyMs() / v.executions()),
                  number("%,d", v.ratings()));
            });
    if (versions.size() > MAX_VERSIONS) {
      line(text, "  … and %,d more", versions.size() - MAX_VERSIONS);
    }
    return text.toString();
  }

  private static String number(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
