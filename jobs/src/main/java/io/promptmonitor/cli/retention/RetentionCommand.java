package io.promptmonitor.cli.retention;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.ProgressLine;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.retention.RetentionLimit;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import io.promptmonitor.database.retention.Retention;
import io.promptmonitor.database.retention.Retention.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code promptmon retention}: removes what is older than it is to be kept. */
@Command(
    name = "retention",
    description = {
      "Removes rows that are older than they are to be kept: of windows by their size, of evidence of alerts,"
          + " dead letters, notifications and alerts.",
      "Nothing else waits for it. What it did not get to, because it was stopped or somebody was writing, goes"
          + " the next time. docs/retention.md says what is kept how long."
    })
public final class RetentionCommand extends DatabaseSubcommand {

  private static final List<Column> COLUMNS =
      List.of(
          new Column("table", Kind.TEXT),
          new Column("windows", Kind.TEXT),
          new Column("keep", Kind.TEXT),
          new Column("before", Kind.TEXT),
          new Column("rows", Kind.NUMBER));

  @Option(names = "--dry-run", description = "Only count what would be removed.")
  private boolean dryRun;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The deployment's configuration (YAML) with the block retention. Default:"
              + " docs/configuration.md says.")
  private @Nullable Path config;

  @Option(
      names = "--now",
      paramLabel = "T",
      converter = TimeConverter.class,
      description =
          "The time by which rows are old, for example 2026-01-31T12:00:00Z. Default: now.")
  private @Nullable Instant now;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "2000",
      description = "At most so many rows in a transaction. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--pause",
      paramLabel = "DURATION",
      defaultValue = "20ms",
      description = "How long to wait between two transactions. Default: ${DEFAULT-VALUE}.")
  private String pause;

  @Mixin private TableFormat format;

  private Pace pace = new Pace(1, Duration.ZERO);
  private DeploymentConfig deployment = DeploymentConfig.defaults();

  /** How many rows went, or would go. */
  private final Map<Removed, Long> outcomes = new LinkedHashMap<>();

  /** What went from a table, or would go. */
  private record Removed(RetentionLimit limit, String table) {

    /** The size of the window; null of other tables. */
    @Nullable String windows() {
      return table.equals("window_metrics") ? limit.kind() : null;
    }

    /** How long rows are kept, as people write it; null if each says so itself. */
    @Nullable String keep() {
      Duration keep = limit.keep();
      return keep == null ? null : DurationText.format(keep);
    }
  }

  @Override
  protected void prepare() {
    if (batchSize < 1 || batchSize > 100_000) {
      throw badUsage("--batch-size must be from 1 to 100000");
    }
    try {
      pace = new Pace(batchSize, DurationText.parse(pause));
    } catch (IllegalArgumentException e) {
      throw badUsage("--pause: " + e.getMessage());
    }
    if (config != null) {
      deployment = DeploymentConfig.read(config);
    }
  }

  @Override
  protected int run(Database database) throws Exception {
    Instant time = (now == null ? Instant.now() : now).truncatedTo(ChronoUnit.MILLIS);
    List<RetentionLimit> limits =
        deployment.retention().limits(deployment.monitor().correctableFor(), time);
    try (Retention retention = Retention.open(database)) {
      if (!dryRun && !retention.lock()) {
        throw new DatabaseException("somebody else is removing old rows from " + database);
      }
      long start = System.nanoTime();
      ProgressLine progress = progressLine();
      try {
        for (RetentionLimit limit : limits) {
          apply(retention, limit, progress);
        }
      } finally {
        progress.clear();
        // Also what went before it failed.
        report(time, Duration.ofNanos(System.nanoTime() - start));
      }
    }
    return PromptMon.EXIT_OK;
  }

  private void apply(Retention retention, RetentionLimit limit, ProgressLine progress)
      throws InterruptedException {
    if (dryRun) {
      progress.show("counting " + limit.kind() + " …");
      add(limit, retention.count(limit));
      return;
    }
    retention.remove(
        limit,
        pace,
        rows -> {
          add(limit, rows);
          progress.show("removing " + limit.kind() + ": " + count(total()) + " rows so far");
        });
  }

  private void add(RetentionLimit limit, Map<String, Long> rows) {
    rows.forEach((table, number) -> outcomes.merge(new Removed(limit, table), number, Long::sum));
  }

  private long total() {
    return outcomes.values().stream().mapToLong(Long::longValue).sum();
  }

  private void report(Instant time, Duration took) throws Exception {
    long rows = total();
    double seconds = took.toMillis() / 1_000.0;
    if (format.isJson()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("now", time.toString());
      values.put("dry_run", dryRun);
      values.put("rows", rows);
      values.put("seconds", seconds);
      List<Map<String, @Nullable Object>> tables = new ArrayList<>();
      outcomes.forEach((removed, number) -> tables.add(values(removed, number)));
      values.put("tables", tables);
      printJson(values);
      return;
    }
    List<List<String>> lines = new ArrayList<>();
    outcomes.forEach((removed, number) -> lines.add(row(removed, number)));
    format.print(COLUMNS, lines, out());
    String what = dryRun ? " would be removed, counted in " : " removed in ";
    print("%n%s rows%s%.1f s".formatted(count(rows), what, seconds));
  }

  private static Map<String, @Nullable Object> values(Removed removed, long rows) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("table", removed.table());
    values.put("window_size", removed.windows());
    values.put("keep", removed.keep());
    values.put("before", removed.limit().before().toString());
    values.put("rows", rows);
    return values;
  }

  private static List<String> row(Removed removed, long rows) {
    String windows = removed.windows();
    String keep = removed.keep();
    return List.of(
        removed.table(),
        windows == null ? "" : windows,
        keep == null ? "expires_at" : keep,
        removed.limit().before().truncatedTo(ChronoUnit.SECONDS).toString(),
        count(rows));
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
