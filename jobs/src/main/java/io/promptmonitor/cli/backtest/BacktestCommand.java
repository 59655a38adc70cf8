package io.promptmonitor.cli.backtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.DatabaseOption;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.VersionRule;
import io.promptmonitor.common.backtest.Actual;
import io.promptmonitor.common.backtest.Arrival;
import io.promptmonitor.common.backtest.BacktestJson;
import io.promptmonitor.common.backtest.BacktestPlan;
import io.promptmonitor.common.backtest.BacktestResult;
import io.promptmonitor.common.backtest.BacktestText;
import io.promptmonitor.common.backtest.PromptHistory;
import io.promptmonitor.common.backtest.PromptResult;
import io.promptmonitor.common.backtest.RecordedTraffic;
import io.promptmonitor.common.backtest.RowSpan;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.source.file.FileSplit;
import io.promptmonitor.jobs.source.file.InputFileException;
import io.promptmonitor.jobs.source.file.InputFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code promptmon backtest}: what other rules would have done, beside what happened. */
@Command(
    name = "backtest",
    description = {
      "Runs rules over the past: which alerts would have fired, what would have been rolled back,"
          + " who would have been told, compared with what did happen.",
      "The past is the stored windows, the finest that are still there, or files of executions."
          + " docs/backtest.md says what each can tell.",
      "Changes nothing, sends nothing. Exit code: 0 if it ran, 2 if there is nothing to run on."
    },
    mixinStandardHelpOptions = true)
public final class BacktestCommand implements Callable<Integer> {

  private static final int MAX_DEFAULT_PARALLELISM = 4;

  @Spec private CommandSpec spec;

  @Mixin private DatabaseOption database;

  @Option(
      names = "--rules",
      required = true,
      paramLabel = "FILE",
      description = "The candidate: a deployment's configuration (YAML).")
  private Path rules;

  @Option(
      names = "--from",
      paramLabel = "T",
      converter = TimeConverter.class,
      description = "From this time on, for example 2026-01-31 or 2026-01-31T12:00:00Z (UTC).")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "T",
      converter = TimeConverter.class,
      description = "To before this time.")
  private @Nullable Instant to;

  @Option(names = "--prompt", paramLabel = "P", description = "Only this prompt.")
  private @Nullable String promptId;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Executions instead of stored windows: files with one JSON record a line, plain or .gz,"
              + " or directories of such. They are held in memory. --from and --to may be left out.")
  private @Nullable List<String> input;

  @Option(
      names = "--versions",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Version files instead of the registry, in the order of their deployment. With --input,"
              + " no database is asked then, and nothing compared.")
  private @Nullable List<Path> versionFiles;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "List at most so many alerts and rollbacks each. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description =
          "Prompts that are run at once. Default: the number of processors, at most "
              + MAX_DEFAULT_PARALLELISM
              + ".")
  private @Nullable Integer parallelism;

  @Option(names = "--json", description = "Print everything as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    check();
    DeploymentConfig candidate = DeploymentConfig.read(rules);
    Map<String, List<RegistryChange>> versions =
        versionFiles == null ? null : FileVersions.read(versionFiles);
    RecordedTraffic traffic = input == null ? null : traffic(candidate, input);
    BacktestResult result;
    if (traffic != null && versions != null) {
      result = onFiles(candidate, traffic, versions, null);
    } else {
      try (DatabaseOption.Opened opened = database.open()) {
        result =
            traffic == null
                ? onRows(candidate, versions, opened.database())
                : onFiles(candidate, traffic, null, opened.database());
      }
    }
    print(result);
    return PromptMon.EXIT_OK;
  }

  private void check() {
    if (input == null && (from == null || to == null)) {
      throw badUsage("--from and --to are needed, unless executions are given with --input");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw badUsage("--to must be after --from");
    }
    if (limit < 1) {
      throw badUsage("--limit must be at least 1");
    }
    if (parallelism != null && parallelism < 1) {
      throw badUsage("--parallelism must be at least 1");
    }
  }

  private ParameterException badUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  // Files

  private RecordedTraffic traffic(DeploymentConfig candidate, List<String> paths) {
    try {
      List<Path> files =
          InputFiles.list(paths).stream().map(FileSplit::path).map(Path::of).toList();
      RecordedTraffic traffic = RecordedTraffic.read(files, candidate.monitor());
      if (traffic.unusable() > 0) {
        say(traffic.unusable() + " lines are no records that can be used, and were passed over");
      }
      if (traffic.isEmpty()) {
        throw badUsage("--input: there is no execution in " + String.join(", ", paths));
      }
      return traffic;
    } catch (InputFileException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--input cannot be read: " + e.getMessage(), e);
    }
  }

  private BacktestResult onFiles(
      DeploymentConfig candidate,
      RecordedTraffic traffic,
      @Nullable Map<String, List<RegistryChange>> versions,
      @Nullable Database db)
      throws Exception {
    Instant first = Instant.ofEpochMilli(traffic.first()).truncatedTo(ChronoUnit.MINUTES);
    Instant last =
        Instant.ofEpochMilli(traffic.last()).truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
    Instant begin = from == null ? first : from;
    Instant end = to == null ? last : to;
    if (!begin.isBefore(last) || !first.isBefore(end)) {
      throw badUsage(
          "--input: the executions are from "
              + first
              + " to "
              + last
              + ", none in the time asked for");
    }
    BacktestPlan plan =
        new BacktestPlan(candidate, begin.toEpochMilli(), end.toEpochMilli(), List.of());
    StoredHistory stored = db == null ? null : StoredHistory.read(db, begin, end);
    List<String> prompts = List.copyOf(traffic.prompts().keySet());
    return run(
        plan,
        chosen(prompts, "no execution of prompt " + promptId + " in the files"),
        stored,
        versions,
        () -> new FileSource(traffic, plan));
  }

  // Rows

  private BacktestResult onRows(
      DeploymentConfig candidate, @Nullable Map<String, List<RegistryChange>> versions, Database db)
      throws Exception {
    Instant begin = Objects.requireNonNull(from);
    Instant end = Objects.requireNonNull(to);
    StoredHistory stored = StoredHistory.read(db, begin, end);
    int parts = parts(candidate, versions == null ? stored.changes() : versions);
    long lead = begin.toEpochMilli() - BacktestPlan.LEAD;
    BacktestPlan plan;
    List<String> prompts;
    try (StoredRows rows = new StoredRows(db, 0)) {
      List<RowSpan> spans =
          RowSpan.plan(
              begin.toEpochMilli(),
              end.toEpochMilli(),
              rows.first(begin.toEpochMilli(), end.toEpochMilli()));
      String none =
          "there are no rows of 1m, 5m or 1h in window_metrics from " + begin + " to " + end;
      if (spans.isEmpty()) {
        throw badUsage(none);
      }
      plan =
          new BacktestPlan(
              candidate,
              begin.toEpochMilli(),
              end.toEpochMilli(),
              RowSpan.plan(lead, end.toEpochMilli(), rows.first(lead, end.toEpochMilli())));
      prompts = chosen(rows.promptIds(spans), none + " of the prompt " + promptId);
    }
    List<RowSpan> spans = plan.spans();
    return run(
        plan, prompts, stored, versions, () -> new RowSource(new StoredRows(db, parts), spans));
  }

  /** The parts of aggregates that any rule of any version looks at. */
  private static int parts(DeploymentConfig candidate, Map<String, List<RegistryChange>> changes) {
    RuleSet rules = RuleSet.of(candidate.alerting());
    List<VersionRule> all = new ArrayList<>(rules.forVersion(null));
    for (List<RegistryChange> ofPrompt : changes.values()) {
      RegistryView view = FileVersions.view(ofPrompt);
      view.versions().values().forEach(version -> all.addAll(rules.forVersion(version)));
    }
    int parts = 0;
    for (VersionRule rule : all) {
      for (Metric metric : rule.rule().metrics()) {
        MetricPart part = metric.part();
        parts |= part == null ? 0 : part.mask();
      }
    }
    return parts;
  }

  // Both

  private List<String> chosen(List<String> prompts, String none) {
    if (promptId == null) {
      return prompts;
    }
    if (!prompts.contains(promptId)) {
      throw badUsage(none);
    }
    return List.of(promptId);
  }

  private BacktestResult run(
      BacktestPlan plan,
      List<String> prompts,
      @Nullable StoredHistory stored,
      @Nullable Map<String, List<RegistryChange>> versions,
      BacktestRun.Opener source)
      throws Exception {
    List<PromptHistory> histories = new ArrayList<>();
    for (String id : prompts) {
      List<RegistryChange> ofFiles = versions == null ? null : versions.getOrDefault(id, List.of());
      histories.add(
          stored == null
              ? new PromptHistory(
                  id, ofFiles == null ? List.of() : ofFiles, false, List.of(), Actual.nothing())
              : stored.of(id, ofFiles));
    }
    int threads =
        parallelism == null
            ? Math.min(MAX_DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors())
            : parallelism;
    Collection<PromptResult> results = BacktestRun.run(plan, histories, threads, source);
    return new BacktestResult(plan, results, stored == null ? null : stored::actual);
  }

  private void print(BacktestResult result) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(BacktestJson.of(result)));
    } else {
      BacktestText.of(result, limit).forEach(line -> out.println(VisibleText.of(line)));
    }
    out.flush();
  }

  private void say(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("promptmon: " + message);
    err.flush();
  }

  /** The executions of files. */
  private record FileSource(RecordedTraffic traffic, BacktestPlan plan)
      implements BacktestRun.Source {
    @Override
    public List<Arrival> of(String promptId) {
      return Objects.requireNonNull(traffic.prompts().get(promptId)).stream()
          .filter(arrival -> arrival.end() > plan.from() - BacktestPlan.LEAD)
          .filter(arrival -> arrival.end() <= plan.to())
          .toList();
    }

    @Override
    public void close() {
      // Others go on with the same files.
    }
  }

  /** The rows of spans. */
  private record RowSource(StoredRows rows, List<RowSpan> spans) implements BacktestRun.Source {
    @Override
    public List<? extends Arrival> of(String promptId) throws SQLException {
      return rows.of(promptId, spans);
    }

    @Override
    public void close() throws SQLException {
      rows.close();
    }
  }
}
