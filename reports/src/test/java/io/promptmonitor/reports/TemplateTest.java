package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The specification's "Daily Report Template", line by line: all of it is there, in its order. */
class TemplateTest {

  private static final List<String> TEMPLATE =
      List.of(
          "# Prompt Performance Report: support/triage",
          "Date: 2026-03-04",
          "Version: 1.2.0",
          "## Executive Summary",
          "- Total Executions: 11,899",
          "- Success Rate: 95.03%",
          "- Average Latency: 1,187ms",
          "- User Satisfaction: 3.87/5",
          "## Key Metrics",
          "| Metric | Today | vs Yesterday | vs Baseline |",
          "|--------|-------|--------------|-------------|",
          "| Success Rate | 95.03%",
          "| Latency P50 | 812ms",
          "| Latency P95 | 2,214ms",
          "| Avg Tokens | 543.7",
          "## Error Analysis",
          "| Error Type | Count | % of Errors | Trend |",
          "|------------|-------|-------------|-------|",
          "| context_overflow | 318 | 53.81%",
          "| timeout | 141 | 23.86%",
          "## Calibration Status",
          "- Average Delta: 1.42",
          "- Status: minor_drift",
          "- Adjustment Recommended: yes",
          "## Alerts Triggered",
          "- Warning: 1",
          "- Critical: 2",
          "- Rollbacks: 1",
          "## Recommendations",
          "- Do not deploy 1.3.0 again before context_overflow is understood.",
          "- Raise the token budget or shorten the prompt.");

  @Test
  void markdownHasAllOfTheTemplateInItsOrder() {
    List<String> lines = MarkdownReport.of(SampleReports.incident()).lines().toList();
    int next = 0;
    for (String line : lines) {
      if (next < TEMPLATE.size() && line.startsWith(TEMPLATE.get(next))) {
        next++;
      }
    }
    assertThat(next)
        .as("lines found, the next would be: %s", next < TEMPLATE.size() ? TEMPLATE.get(next) : "")
        .isEqualTo(TEMPLATE.size());
  }

  @Test
  void differencesSayTheirUnitIntervalAndVerdict() {
    assertThat(MarkdownReport.of(SampleReports.incident()))
        .contains("| -2.49 pp (worse; 95% interval -2.87 pp to -2.12 pp; was 97.52%) |")
        .contains("| +610ms (worse; 95% interval +551ms to +676ms; was 1,604ms) |")
        .contains("| insufficient data: 7 ratings last week, at least 20 are needed |");
  }
}
