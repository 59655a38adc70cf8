package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.comparison.MetricEstimate;
import io.promptmonitor.common.metrics.FailureBreakdown;
import io.promptmonitor.common.metrics.Metric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docs/rollback-analysis.md} says what is so. */
class RollbackAnalysisDocumentTest {

  private String document;

  @BeforeEach
  void read() throws Exception {
    document =
        Files.readString(
            Path.of(
                System.getProperty("promptmonitor.root", ".."), "docs", "rollback-analysis.md"));
  }

  @Test
  void itsExampleIsWhatTheAnalysisSays() throws Exception {
    Matcher json = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(document);
    assertThat(json.find()).isTrue();
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(json.group(1)))
        .isEqualTo(
            mapper.readTree(
                Objects.requireNonNull(
                    getClass().getResourceAsStream("/rollback/mapping-of-an-incident.json"))));
    List<MetricChange> changes =
        WhatChanged.of(
            Executions.span(2_000, 40, 800, 4),
            Executions.span(400, 160, 800, 1),
            Executions.span(500, 9, 800, 4));
    assertThat(document)
        .contains(
            changes.stream()
                .filter(change -> change.metric().equals("error_rate"))
                .map(MetricChange::text)
                .collect(Collectors.joining()));
  }

  @Test
  void everyDimensionAndLengthIsExplained() {
    for (FailureDimension dimension : FailureDimension.values()) {
      assertThat(document).contains("| `" + dimension.key() + "` | ");
    }
    assertThat(document)
        .contains(
            IntStream.range(0, FailureBreakdown.TOKEN_RANGES)
                .mapToObj(FailureBreakdown::nameOfTokenRange)
                .collect(Collectors.joining(", ")));
  }

  @Test
  void everyMetricHasItsInterval() {
    String table =
        document.substring(
            document.indexOf("| metrics | interval"), document.indexOf("With z = 1.96"));
    assertThat(Pattern.compile("`([a-z_0-9]+)`").matcher(table).results().map(m -> m.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Metric.values())
                .filter(MetricEstimate::isCompared)
                .map(Metric::column)
                .toList());
  }

  @Test
  void everyTopicIsListedWithItsWords() {
    for (Topic topic : Topic.values()) {
      Matcher row =
          Pattern.compile(
                  "^\\| " + topic.name().toLowerCase(Locale.ROOT) + " \\| (.*?) \\| ",
                  Pattern.MULTILINE)
              .matcher(document);
      assertThat(row.find()).as(topic.name()).isTrue();
      assertThat(row.group(1)).isEqualTo(String.join(", ", topic.beginnings()));
    }
  }
}
