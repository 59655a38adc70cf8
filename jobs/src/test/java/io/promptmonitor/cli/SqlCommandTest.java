package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final String EVERYTHING = "SELECT * FROM kinds ORDER BY n";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void createTable() {
    postgres.execute(
        """
        CREATE TABLE promptmon.kinds
          (n bigint, rate double precision, name text, ok boolean, at timestamptz, doc jsonb,
           bytes bytea);
        INSERT INTO promptmon.kinds VALUES
          (1, 0.25, 'greeting', true, '2025-03-03 01:00:00+01', '[{"count": 2}]', '\\x0102'),
          (1234, NULL, E'two\\nlines, "quoted" \\x1b[31m', false, '2025-03-03 00:00:00.5+00', '{}',
           '\\x000102030405060708090a'),
          (NULL, 'NaN', '', NULL, NULL, NULL, NULL);
        """);
  }

  private int sql(String... arguments) {
    List<String> all = new ArrayList<>(List.of("sql", "--db", postgres.url()));
    all.addAll(List.of(arguments));
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void aTableIsAligned() {
    assertThat(sql(EVERYTHING)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out)
        .hasToString(
            """
               n  rate  name                             ok     at                        doc             bytes
            ----  ----  -------------------------------  -----  ------------------------  --------------  ------------------------------
               1  0.25  greeting                         true   2025-03-03 00:00:00+00    [{"count": 2}]  \\x0102 (2 bytes)
            1234  NULL  two\\nlines, "quoted" \\u001b[31m  false  2025-03-03 00:00:00.5+00  {}              \\x0001020304050607… (11 bytes)
            NULL   NaN                                   NULL   NULL                      NULL            NULL
            """);
    assertThat(err).hasToString("3 rows\n");
  }

  @Test
  void csvIsAsPostgresWritesIt() {
    assertThat(sql("--csv", EVERYTHING)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out)
        .hasToString(
            """
            n,rate,name,ok,at,doc,bytes
            1,0.25,greeting,t,2025-03-03 00:00:00+00,"[{""count"": 2}]",\\x0102
            1234,,"two
            lines, ""quoted"" \u001b[31m",f,2025-03-03 00:00:00.5+00,{},\\x000102030405060708090a
            ,NaN,"",,,,
            """);
    assertThat(err).hasToString("3 rows\n");
  }

  @Test
  void jsonHasAnObjectForEachRow() {
    assertThat(sql("--json", EVERYTHING)).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out)
        .hasToString(
            """
            [
            {"n":1,"rate":0.25,"name":"greeting","ok":true,"at":"2025-03-03 00:00:00+00","doc":[{"count": 2}],"bytes":"\\\\x0102"},
            {"n":1234,"rate":null,"name":"two\\nlines, \\"quoted\\" \\u001B[31m","ok":false,"at":"2025-03-03 00:00:00.5+00","doc":{},"bytes":"\\\\x000102030405060708090a"},
            {"n":null,"rate":"NaN","name":"","ok":null,"at":null,"doc":null,"bytes":null}
            ]
            """);
  }

  @Test
  void anEmptyResultHasItsColumns() {
    assertThat(sql("SELECT 1 AS one WHERE false")).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out).hasToString("one\n---\n");
    assertThat(err).hasToString("0 rows\n");
    out.getBuffer().setLength(0);
    assertThat(sql("--json", "SELECT 1 AS one WHERE false")).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out).hasToString("[]\n");
  }

  @Test
  void aLongTableIsCutAndSaysSo() {
    assertThat(sql("--max-rows", "2", "SELECT generate_series(1, 5000) AS n")).isZero();
    assertThat(out).hasToString("n\n-\n1\n2\n");
    assertThat(err).hasToString("2 rows shown, there are more: see --max-rows, --csv and --json\n");
  }

  @Test
  void csvIsNotCut() {
    assertThat(sql("--csv", "SELECT generate_series(1, 5000) AS n")).isZero();
    assertThat(out.toString()).hasLineCount(5001).endsWith("\n5000\n");
  }

  @Test
  void theQueryMayComeFromAFileOrStandardInput(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("q.sql"), "-- a remark\nSELECT 1 AS one;\n");
    assertThat(sql("--csv", "-f", file.toString())).isZero();
    InputStream former = System.in;
    try {
      System.setIn(new ByteArrayInputStream("SELECT 2 AS two".getBytes(StandardCharsets.UTF_8)));
      assertThat(sql("--csv", "-")).isZero();
    } finally {
      System.setIn(former);
    }
    assertThat(out).hasToString("one\n1\ntwo\n2\n");
  }

  @Test
  void anErrorPointsAtItsPlace() {
    assertThat(sql("SELECT prompt_id,\n\tlatency_p59\nFROM window_metrics"))
        .isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err)
        .hasToString(
            """
            promptmon: line 2, column 2: column "latency_p59" does not exist (Perhaps you meant to reference the column "window_metrics.latency_p50" or the column "window_metrics.latency_p99".)
               latency_p59
               ^
            """);
  }

  @Test
  void anErrorWithoutAPlaceIsOneLine() {
    assertThat(sql("SELECT 1/0")).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err).hasToString("promptmon: division by zero\n");
  }

  @Test
  void nothingCanBeChanged() {
    for (String statement :
        List.of(
            "DELETE FROM window_metrics",
            "COMMIT; DELETE FROM window_metrics",
            "CREATE TABLE t (i int)")) {
      err.getBuffer().setLength(0);
      assertThat(sql(statement)).isEqualTo(PromptMon.EXIT_USAGE);
      assertThat(err.toString()).endsWith("in a read-only transaction\n").hasLineCount(1);
    }
  }

  @Test
  void badUsageIsOneLine(@TempDir Path directory) {
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("  "),
            List.of("-f", directory.resolve("nothing.sql").toString()),
            List.of("SELECT 1", "-f", "q.sql"),
            List.of("--csv", "--json", "SELECT 1"))) {
      err.getBuffer().setLength(0);
      assertThat(sql(arguments.toArray(String[]::new))).isEqualTo(PromptMon.EXIT_USAGE);
      assertThat(err.toString()).startsWith("promptmon: ").hasLineCount(1);
    }
  }

  @Test
  void neitherABadUrlNorAMissingServerTellsThePassword() {
    assertThat(execute("sql", "--db", "mysql://me:secret@host/db", "SELECT 1"))
        .isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(execute("sql", "--db", "postgresql://me:secret@127.0.0.1:1/db", "SELECT 1"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString())
        .hasLineCount(2)
        .contains("--db")
        .contains("cannot connect to the database me@127.0.0.1:1/db: ")
        .doesNotContain("secret");
  }
}
