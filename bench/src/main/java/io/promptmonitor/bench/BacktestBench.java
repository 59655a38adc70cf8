package io.promptmonitor.bench;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.windows.WindowSize;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures {@code promptmon backtest} with the default rules on rows in an embedded PostgreSQL that
 * it fills first: a version for the first half of the time, another for the second, and an hour of
 * failures of each prompt every week. The time is that of the whole command, reading included.
 */
@Command(
    name = "backtest",
    description = "Fills window_metrics and runs promptmon backtest on it, with the default rules.",
    mixinStandardHelpOptions = true)
public final class BacktestBench implements Callable<Integer> {

  private static final Instant START = Instant.parse("2026-02-02T00:00:00Z");

  @Option(names = "--prompts", defaultValue = "200", description = "Default: ${DEFAULT-VALUE}.")
  private int prompts;

  @Option(names = "--days", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--size",
      defaultValue = "5m",
      description = "The rows: 1m, 5m or 1h. Default: ${DEFAULT-VALUE}.")
  private String size = "5m";

  @Option(
      names = "--per-minute",
      defaultValue = "20",
      description = "Executions of a prompt in a minute. Default: ${DEFAULT-VALUE}.")
  private int perMinute;

  /** Fills, measures, and prints. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new BacktestBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    try (FilledDatabase database = FilledDatabase.create(prompts)) {
      long begin = System.nanoTime();
      long rows =
          database.fill(
              WindowSize.ofLabel(size),
              START,
              START.plus(Duration.ofDays(days)),
              START.plus(Duration.ofDays(days).dividedBy(2)),
              perMinute);
      System.err.printf(Locale.ROOT, "filled in %.0f s%n", seconds(begin));
      Path rules =
          Files.writeString(
              database.directory().resolve("rules.yaml"), AlertingConfig.defaultsYaml());
      for (int threads : new int[] {2, 1}) {
        measure(database, rules, threads, rows);
      }
    }
    return 0;
  }

  private void measure(FilledDatabase database, Path rules, int threads, long rows) {
    StringWriter out = new StringWriter();
    long begin = System.nanoTime();
    int exit =
        PromptMon.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute(
                "backtest",
                "--db",
                database.url(),
                "--rules",
                rules.toString(),
                "--from",
                START.toString(),
                "--to",
                START.plus(Duration.ofDays(days)).toString(),
                "--limit",
                "1",
                "--parallelism",
                Integer.toString(threads));
    double elapsed = seconds(begin);
    System.out.printf(
        Locale.ROOT,
        "%d prompts, %d days, %,d rows of %s, %d threads: %.1f s (exit %d)%n%s%n",
        prompts,
        days,
        rows,
        size,
        threads,
        elapsed,
        exit,
        String.join("\n", out.toString().lines().limit(12).toList()));
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
