package io.promptmonitor.cli.report;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.JobFailedException;
import io.promptmonitor.cli.ProgressLine;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.batch.report.ReportEdition;
import io.promptmonitor.jobs.batch.report.ReportJob;
import io.promptmonitor.jobs.batch.report.ReportScope;
import io.promptmonitor.jobs.batch.report.StoredDay;
import io.promptmonitor.reports.ReportFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code promptmon report}: the daily reports, in this process or, under {@code flink run}, on a
 * cluster.
 */
@Command(
    name = "report",
    description = {
      "Makes the daily report of each prompt that had executions or was active on a day (UTC), and an"
          + " overview of all: HTML, Markdown and JSON in DIR/DATE, and rows of daily_report.",
      "A report can be made again at any time, for example when late feedback has come; its revision"
          + " is then one higher. While the day goes on and feedback may still come it is"
          + " provisional."
    })
public final class ReportCommand extends DatabaseSubcommand {

  private static final String JOB_NAME = "prompt-monitor-report";
  private static final int MAX_PARALLELISM = 4;
  private static final String YESTERDAY = "yesterday";

  @Option(
      names = "--date",
      paramLabel = "D",
      defaultValue = YESTERDAY,
      description =
          "The day, such as 2026-01-31, today or yesterday (UTC). Default: ${DEFAULT-VALUE}.")
  private String date = YESTERDAY;

  @Option(
      names = "--prompt",
      paramLabel = "P",
      arity = "1..*",
      description = "Only these prompts, also if there is nothing to report of them.")
  private List<String> promptIds = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where the files go: into DIR/DATE, which index.html gives an overview of.")
  private @Nullable Path out;

  @Option(
      names = "--as-of",
      paramLabel = "T",
      converter = TimeConverter.class,
      description =
          "When the report is made, which decides whether it is final. Default: the present time.")
  private @Nullable Instant asOf;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The deployment's configuration (YAML), which says how long feedback is counted.")
  private @Nullable Path config;

  @Mixin private TableFormat format;

  private @Nullable ReportScope scope;
  private Path directory = Path.of("");

  @Override
  protected void prepare() {
    Instant now = asOf == null ? Instant.now().truncatedTo(ChronoUnit.SECONDS) : asOf;
    LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
    LocalDate day = day(today);
    if (day.isAfter(today)) {
      throw badUsage(
          "--date " + day + " is in the future: the last day that can be reported is " + today);
    }
    DeploymentConfig deployment =
        config == null ? DeploymentConfig.defaults() : DeploymentConfig.read(config);
    scope =
        new ReportScope(
            day,
            now,
            deployment.monitor().feedbackHorizon(),
            promptIds.stream().distinct().toList());
    Path parent = Objects.requireNonNull(out);
    if (Files.exists(parent) && !Files.isDirectory(parent)) {
      throw badUsage("--out: expected a directory, but " + parent + " is a file");
    }
    directory = parent.resolve(day.toString());
    try {
      Files.createDirectories(directory);
    } catch (AccessDeniedException e) {
      throw badUsage("--out: " + e.getFile() + " may not be written");
    } catch (IOException e) {
      throw badUsage("--out: cannot create the directory " + directory);
    }
  }

  private LocalDate day(LocalDate today) {
    return switch (date.strip()) {
      case YESTERDAY -> today.minusDays(1);
      case "today" -> today;
      default -> {
        try {
          yield LocalDate.parse(date.strip());
        } catch (DateTimeParseException e) {
          throw badUsage(
              "--date: expected a day such as 2026-01-31, today or yesterday, found \""
                  + VisibleText.of(date)
                  + "\"");
        }
      }
    };
  }

  @Override
  protected int run(Database database) throws Exception {
    ReportScope wanted = Objects.requireNonNull(scope);
    StoredDay day = StoredDay.read(database, wanted);
    if (!day.unknownPrompts().isEmpty()) {
      throw badUsage(
          "unknown prompt "
              + VisibleText.of(day.unknownPrompts().get(0))
              + ": it is not registered and never had executions (promptmon registry list lists"
              + " those that are registered)");
    }
    List<ReportEdition> editions = makeReports(database, wanted, day);
    ReportOverview overview =
        new ReportOverview(wanted.date(), editions.stream().map(ReportEdition::prompt).toList());
    Path index = directory.resolve("index.html");
    // That of all prompts is worth more than one of some.
    if (wanted.promptIds().isEmpty() || !Files.exists(index)) {
      new ReportFiles(directory).write(overview);
    }
    ReportResult result = new ReportResult(wanted, directory, overview, editions);
    if (format.isJson()) {
      printJson(result.toJson());
    } else {
      format.print(ReportResult.COLUMNS, result.rows(), out());
      print(result.where());
    }
    if (!day.hasExecutions()) {
      say("promptmon: " + ReportResult.withoutData(wanted.date(), day));
    }
    return PromptMon.EXIT_OK;
  }

  private List<ReportEdition> makeReports(Database database, ReportScope wanted, StoredDay day)
      throws Exception {
    List<ReportEdition> editions = new ArrayList<>();
    if (day.prompts() == 0) {
      return editions;
    }
    StreamExecutionEnvironment environment = environment();
    ProgressLine progress = progressLine();
    progress.show("reading " + wanted.date());
    try (CloseableIterator<ReportEdition> written =
        ReportJob.define(
                environment, database, wanted, day.deadLetters(), directory.toAbsolutePath())
            .executeAndCollect(JOB_NAME)) {
      while (written.hasNext()) {
        editions.add(written.next());
        progress.show(editions.size() + " of " + day.prompts() + " reports written");
      }
    } catch (RuntimeException e) {
      throw new JobFailedException(e);
    } finally {
      progress.clear();
    }
    return editions;
  }

  /** The cluster's, or one for this process. */
  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment given = StreamExecutionEnvironment.getExecutionEnvironment();
    if (!(given instanceof LocalStreamEnvironment)) {
      return given;
    }
    int parallelism = Math.min(MAX_PARALLELISM, Runtime.getRuntime().availableProcessors());
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    configuration.set(RestOptions.ENABLE_FLAMEGRAPH, false);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
  }
}
