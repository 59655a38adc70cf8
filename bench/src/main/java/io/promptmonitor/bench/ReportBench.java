package io.promptmonitor.bench;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.windows.WindowSize;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures {@code promptmon report} for a day of many prompts, on rows in an embedded PostgreSQL
 * that it fills first: the 24h rows of eight days and the 1h rows of the last. The time is that of
 * the whole command in a warm JVM: reading, reports, files and rows of {@code daily_report}.
 */
@Command(
    name = "report",
    description = "Fills window_metrics and runs promptmon report on it.",
    mixinStandardHelpOptions = true)
public final class ReportBench implements Callable<Integer> {

  private static final Instant DAY = Instant.parse("2026-02-09T00:00:00Z");

  @Option(names = "--prompts", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}.")
  private int prompts;

  @Option(
      names = "--per-minute",
      defaultValue = "20",
      description = "Executions of a prompt in a minute. Default: ${DEFAULT-VALUE}.")
  private int perMinute;

  @Option(names = "--runs", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
  private int runs;

  /** Fills, measures, and prints. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ReportBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PeakHeap heap = PeakHeap.watch();
    try (FilledDatabase database = FilledDatabase.create(prompts)) {
      long rows = fill(database, WindowSize.ONE_DAY, DAY.minus(Duration.ofDays(7)));
      rows += fill(database, WindowSize.ONE_HOUR, DAY);
      for (int run = 1; run <= runs; run++) {
        StringWriter out = new StringWriter();
        long begin = System.nanoTime();
        int exit =
            PromptMon.commandLine()
                .setOut(new PrintWriter(out, true))
                .execute(
                    "report",
                    "--db",
                    database.url(),
                    "--date",
                    DAY.toString().substring(0, 10),
                    "--out",
                    database.directory().resolve("reports").toString());
        System.out.printf(
            Locale.ROOT,
            "run %d: %,d prompts, %,d rows: %.1f s (exit %d), at most %,d MB live after a collection%n",
            run,
            prompts,
            rows,
            (System.nanoTime() - begin) / 1e9,
            exit,
            heap.liveBytes() >> 20);
      }
    }
    return 0;
  }

  private long fill(FilledDatabase database, WindowSize size, Instant from) throws Exception {
    Instant to = DAY.plus(Duration.ofDays(1));
    return database.fill(size, from, to, DAY.minus(Duration.ofDays(3)), perMinute);
  }
}
