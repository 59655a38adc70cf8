package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WindowMetricsTableTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final List<String> OTHER_COLUMNS =
      List.of(
          "prompt_id text",
          "prompt_version text",
          "window_size text",
          "window_start timestamp with time zone",
          "window_end timestamp with time zone",
          "is_final boolean",
          "revision integer",
          "updated_at timestamp with time zone");

  private static String sqlType(Metric.Type type) {
    return switch (type) {
      case COUNT -> "bigint";
      case NUMBER -> "double precision";
      case COUNTS_BY_NAME -> "jsonb";
      case BYTES -> "bytea";
    };
  }

  @Test
  void everyMetricHasItsColumnAndNothingElseIsThere() {
    List<String> columns =
        postgres
            .query(
                """
                SELECT column_name || ' ' || data_type FROM information_schema.columns
                WHERE table_schema = 'promptmon' AND table_name = 'window_metrics'
                """)
            .lines()
            .toList();
    List<String> expected = new ArrayList<>(OTHER_COLUMNS);
    Stream.of(Metric.values())
        .map(m -> m.column() + " " + sqlType(m.type()))
        .forEach(expected::add);
    assertThat(columns).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void jsonKeepsNamesAsTheyAreAndTopErrorsTheirOrder() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("time\"out\\ \u2028 \uD83D\uDE00", 3L);
    counts.put("a", 2L);
    String object = WindowMetricsTable.object(counts);
    String array = WindowMetricsTable.array(counts);
    assertThat(postgres.query("SELECT $j$" + object + "$j$::jsonb ->> 'a'")).isEqualTo("2");
    assertThat(postgres.query("SELECT $j$" + array + "$j$::jsonb -> 0 ->> 'error_type'"))
        .isEqualTo("time\"out\\ \u2028 \uD83D\uDE00");
    assertThat(postgres.query("SELECT $j$" + array + "$j$::jsonb -> 1 ->> 'count'")).isEqualTo("2");
  }

  @Test
  void theQualityStatementWritesTheQualityMetricsOnly() {
    String set = new WindowMetricsTable().statements().get(1).replaceFirst(" WHERE .*", "");
    String others =
        Stream.of(Metric.values())
            .filter(m -> !m.isQuality())
            .map(Metric::column)
            .collect(Collectors.joining("|", "\\b(", ")\\b"));
    assertThat(set).doesNotContainPattern(others).doesNotContain("is_final").contains("revision");
  }

  @Test
  void prunesAndFindsByIndex() {
    String plan =
        postgres.query(
            """
            EXPLAIN SELECT * FROM window_metrics WHERE window_size = '5m'
              AND window_start >= '2025-03-03' AND window_start < '2025-03-04'
            """);
    assertThat(plan).contains("window_metrics_5m").doesNotContain("window_metrics_1m");
  }
}
