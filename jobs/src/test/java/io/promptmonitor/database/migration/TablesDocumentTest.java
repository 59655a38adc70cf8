package io.promptmonitor.database.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code docs/tables.md} describes what is there, and its queries run. */
class TablesDocumentTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static String document;

  @BeforeAll
  static void read() throws Exception {
    document =
        Files.readString(Path.of(System.getProperty("promptmonitor.root"), "docs", "tables.md"));
  }

  @Test
  void describesExactlyTheColumnsOfEachTable() {
    String columns =
        postgres.query(
            """
            SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_class t
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE t.relnamespace = 'promptmon'::regnamespace AND t.relkind IN ('r', 'p', 'v', 'm')
              AND NOT t.relispartition AND t.relname <> 'flyway_schema_history'
            ORDER BY t.relname, a.attnum
            """);
    List<String> tables =
        columns.lines().map(line -> line.substring(0, line.indexOf('|'))).distinct().toList();
    assertThat(tables).contains("window_metrics", "registered_version");
    for (String table : tables) {
      List<String> expected =
          columns
              .lines()
              .filter(line -> line.startsWith(table + "|"))
              .map(line -> line.substring(table.length() + 1))
              .map(line -> line.replace("timestamp with time zone", "timestamptz"))
              .toList();
      List<String> described =
          matches("(?m)^\\| `(\\w+)` \\| (\\w[\\w \\[\\]]*) \\| ", section(table))
              .map(match -> match.group(1) + "|" + match.group(2))
              .toList();
      assertThat(described).as(table).isEqualTo(expected);
    }
  }

  @Test
  void describesEveryReasonOfARejection() {
    for (RejectionReason reason : RejectionReason.values()) {
      assertThat(section("dead_letter")).contains("\n| `" + reason.code() + "` | ");
    }
  }

  @Test
  void everyExampleQueryRuns() {
    List<String> queries =
        matches("(?s)```sql\n(.*?)```", document).map(match -> match.group(1)).toList();
    assertThat(queries).hasSizeGreaterThan(4);
    queries.forEach(postgres::query);
  }

  /** The text from a table's heading to the next one's. */
  private static String section(String table) {
    int start = document.indexOf("\n## `" + table + "`");
    assertThat(start).as("the heading of " + table).isNotNegative();
    int end = document.indexOf("\n## ", start + 1);
    return document.substring(start, end < 0 ? document.length() : end);
  }

  private static Stream<MatchResult> matches(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results();
  }
}
