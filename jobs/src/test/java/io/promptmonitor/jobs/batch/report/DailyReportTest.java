package io.promptmonitor.jobs.batch.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.reports.JsonReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daily reports of a simulated fortnight, from the tables to the files. The files of the last
 * day are kept in the resources; with {@code -Dpromptmonitor.golden.write=true} they are written
 * anew.
 */
class DailyReportTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();
  @RegisterExtension static final TestCluster cluster = new TestCluster();

  private static final Path GOLDEN =
      Path.of("src/test/resources/io/promptmonitor/jobs/batch/report/golden");
  private static final String NAME = "billing@2fexplain-invoice";

  @TempDir static Path directory;

  private static Path records;
  private static String printed;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void run() throws Exception {
    records = directory.resolve("records.jsonl");
    Fortnight.run(postgres, cluster, records);
    DailyReportTest first = new DailyReportTest();
    assertThat(first.report("--date", "2026-03-01", "--as-of", "2026-03-03"))
        .as("%s", first.err)
        .isZero();
    printed = first.out.toString();
  }

  private int report(String... arguments) {
    List<String> all = new ArrayList<>(List.of("report", "--db", postgres.url()));
    all.addAll(List.of("--out", directory.resolve("reports").toString()));
    all.addAll(List.of(arguments));
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static Path file(String name) {
    return directory.resolve("reports").resolve("2026-03-01").resolve(name);
  }

  private static DailyReport lastDay() throws IOException {
    return JsonReport.read(Files.readString(file(NAME + ".json")));
  }

  @Test
  void saysWhatItSaid() throws Exception {
    List<String> names =
        List.of(
            NAME + ".md",
            NAME + ".html",
            NAME + ".json",
            "index.md",
            "index.html",
            "overview.json");
    if (Boolean.getBoolean("promptmonitor.golden.write")) {
      Files.createDirectories(GOLDEN);
      for (String name : names) {
        Files.writeString(GOLDEN.resolve(name), Files.readString(file(name)));
      }
    }
    for (String name : names) {
      assertThat(file(name)).hasSameTextualContentAs(GOLDEN.resolve(name));
    }
  }

  @Test
  void printsALineAPrompt() {
    assertThat(printed.lines().toList().get(2))
        .matches(
            "billing/explain-invoice +[\\d,]+ +9\\d\\.\\d\\d% +1 critical, 1 warning +1 +final +1");
    assertThat(printed).contains("billing/detect-language").endsWith("index.html\n");
  }

  @Test
  void figuresAreThoseOfTheTables() {
    assertThat(
            postgres.query(
                "SELECT executions, success_rate_n, success_rate, avg_total_tokens, feedback_count, user_satisfaction FROM"
                    + " daily_report WHERE prompt_id = 'billing/explain-invoice'"))
        .isEqualTo(
            postgres.query(
                "SELECT sum(execution_count), sum(execution_count),"
                    + " sum(success_count)::double precision / sum(execution_count)::double precision,"
                    + " sum(total_tokens)::double precision / sum(execution_count)::double precision,"
                    + " sum(feedback_count), round(sum(avg_user_feedback * feedback_count))::double precision"
                    + " / sum(feedback_count)::double precision"
                    + " FROM window_metrics WHERE prompt_id = 'billing/explain-invoice'"
                    + " AND window_size = '24h' AND window_start = '2026-03-01T00:00:00Z'"));
    assertThat(
            postgres.query(
                "SELECT critical_alerts, warning_alerts, rollbacks, active_version, is_final,"
                    + " report #>> '{rollbacks,allowance,used}',"
                    + " report #>> '{alerts,episodes,0,acknowledged_by}', report #> '{coverage,rejected}',"
                    + " report #>> '{coverage,late}' FROM daily_report"
                    + " WHERE prompt_id = 'billing/explain-invoice'"))
        .isEqualTo("1|1|1|1.0.0|t|1|erin|{\"missing_field\": 2}|1");
  }

  @Test
  void percentilesAreThoseOfTheExecutions() throws Exception {
    DailyReport report = lastDay();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet exact =
            statement.executeQuery(
                "SELECT quantile_cont(performance.latency_ms, [0.49, 0.51, 0.94, 0.96, 0.985, 0.995])"
                    + " FROM read_json_auto('"
                    + records
                    + "') WHERE prompt_id = 'billing/explain-invoice'"
                    + " AND strftime(\"timestamp\"::TIMESTAMP, '%Y-%m-%d') = '2026-03-01'")) {
      exact.next();
      Object[] limits = (Object[]) exact.getArray(1).getArray();
      for (int i = 0; i < 3; i++) {
        assertThat(report.keyMetrics().get(i + 1).today().value())
            .as(report.keyMetrics().get(i + 1).title())
            .isBetween(
                ((Number) limits[2 * i]).doubleValue(), ((Number) limits[2 * i + 1]).doubleValue());
      }
    }
  }

  @Test
  void againIsTheSameWithAHigherRevision() throws Exception {
    String content =
        "SELECT report - 'revision' - 'feedback' FROM daily_report WHERE prompt_id = '%s'"
            .formatted(Fortnight.OTHER_PROMPT);
    String first = postgres.query(content);
    assertThat(
            report(
                "--date",
                "2026-03-01",
                "--as-of",
                "2026-03-03",
                "--json",
                "--prompt",
                Fortnight.OTHER_PROMPT))
        .isZero();
    assertThat(out.toString()).contains("\"revision\":2").contains("\"is_final\":true");
    assertThat(postgres.query(content)).isEqualTo(first);
  }

  @Test
  void severalAtOnceEachHaveARevisionOfTheirOwn() throws Exception {
    DailyReport report = lastDay();
    LocalDate day = LocalDate.parse("2026-02-01");
    TreeSet<Integer> expected = new TreeSet<>();
    ConcurrentSkipListSet<Integer> revisions = new ConcurrentSkipListSet<>();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        runs.add(
            threads.submit(
                () -> {
                  try (ReportEditions editions = new ReportEditions(postgres.database())) {
                    for (int n = 0; n < 5; n++) {
                      revisions.add(
                          editions
                              .write("p", day, previous -> edition(report, day, previous))
                              .revision());
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
    for (int revision = 1; revision <= 20; revision++) {
      expected.add(revision);
    }
    assertThat(revisions).isEqualTo(expected);
  }

  private static DailyReport edition(
      DailyReport like, LocalDate day, ReportEditions.@Nullable Previous previous) {
    return new DailyReport(
        "p",
        day,
        previous == null ? 1 : previous.revision() + 1,
        like.activeVersion(),
        like.completeness(),
        like.summary(),
        like.versions(),
        like.keyMetrics(),
        like.errors(),
        like.tokens(),
        like.calibration(),
        like.feedback(),
        like.compliance(),
        like.alerts(),
        like.rollbacks(),
        like.coverage(),
        like.recommendations(),
        like.hours());
  }

  @Test
  void aDayWithoutDataIsReportedAsSuch() throws Exception {
    assertThat(report("--date", "2025-01-01")).isZero();
    assertThat(err.toString())
        .contains(
            "no executions are stored of 2025-01-01; the days of which there are some are from"
                + " 2026-02-16 to 2026-03-01");
    assertThat(directory.resolve("reports/2025-01-01/index.html")).exists();
  }

  @Test
  void whatCannotBeReportedIsOneLine() throws Exception {
    assertThat(report("--date", "2026-03-01", "--prompt", "no/such")).isEqualTo(2);
    assertThat(report("--date", "2026-03-02", "--as-of", "2026-03-01")).isEqualTo(2);
    assertThat(report("--date", "1 March")).isEqualTo(2);
    Path taken = Files.writeString(directory.resolve("taken"), "");
    assertThat(execute("report", "--db", postgres.url(), "--out", taken.toString())).isEqualTo(2);
    assertThat(
            execute(
                "report",
                "--db",
                "postgresql://me:sesame@127.0.0.1:1/db",
                "--out",
                directory.toString()))
        .isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(5)
        .anyMatch(
            line -> line.startsWith("promptmon: unknown prompt no/such: it is not registered"))
        .anyMatch(
            line ->
                line.contains(
                    "2026-03-02 is in the future: the last day that can be reported is 2026-03-01"))
        .anyMatch(
            line ->
                line.contains(
                    "expected a day such as 2026-01-31, today or yesterday, found \"1 March\""))
        .anyMatch(line -> line.contains("expected a directory, but"))
        .anyMatch(
            line -> line.startsWith("promptmon: cannot connect to the database me@127.0.0.1:1/db"));
    assertThat(err.toString()).doesNotContain("sesame");
  }
}
