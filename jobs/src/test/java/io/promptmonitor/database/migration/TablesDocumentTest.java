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

/** {@code docs/tables.md} is complete, and its queries run. */
class TablesDocumentTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static String document;

  @BeforeAll
  static void read() throws Exception {
    document =
        Files.readString(Path.of(System.getProperty("promptmonitor.root"), "docs", "tables.md"));
  }

  @Test
  void hasASectionForEachTable() {
    List<String> tables =
        postgres
            .query(
                """
                SELECT relname FROM pg_class
                WHERE relnamespace = 'promptmon'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
                  AND NOT relispartition AND relname <> 'flyway_schema_history'
                """)
            .lines()
            .toList();
    assertThat(tables).contains("window_metrics", "registered_version");
    assertThat(matches("(?m)^## `(\\w+)`", document).map(match -> match.group(1)))
        .containsExactlyInAnyOrderElementsOf(tables);
  }

  /** Columns have one place, the data dictionary. */
  @Test
  void saysOfEachTableInWordsWhatItHolds() {
    matches("(?m)^## `(\\w+)`", document)
        .map(match -> match.group(1))
        .forEach(table -> assertThat(section(table).lines().skip(3)).as(table).isNotEmpty());
    assertThat(document).doesNotContain("| column | type |");
  }

  @Test
  void saysOfEachTableWhoMayReadAndWriteIt() {
    String rights =
        postgres.query(
            """
            SELECT c.relname, r.n, concat_ws(', ',
              CASE WHEN has_any_column_privilege('promptmon_' || r.role, c.oid, 'SELECT') THEN 'reads' END,
              CASE WHEN has_table_privilege('promptmon_' || r.role, c.oid, 'INSERT') THEN 'writes' END) AS may
            FROM pg_class c, unnest(ARRAY['job', 'operator', 'analyst', 'investigator', 'runtime']) WITH ORDINALITY AS r (role, n)
            WHERE c.relnamespace = 'promptmon'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
              AND c.relname NOT IN ('flyway_schema_history', 'registry_lock')
            ORDER BY c.relname, r.n
            """);
    String section = document.substring(document.indexOf("\n## Who may do what"));
    for (String right : rights.lines().toList()) {
      String[] expected = right.split("\\|", -1);
      String row =
          section
              .lines()
              .filter(line -> line.startsWith("| ") && line.contains("`" + expected[0] + "`"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no row of " + expected[0]));
      String cell = row.split("\\|")[1 + Integer.parseInt(expected[1])].strip();
      assertThat(cell.replace(" `prompt_id`", "")).as(row).isEqualTo(expected[2]);
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
