package io.promptmonitor.cli.calibration;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.JobFailedException;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.common.calibration.CalibrationJson;
import io.promptmonitor.common.calibration.Correction;
import io.promptmonitor.common.calibration.Heuristic;
import io.promptmonitor.common.calibration.Proposal;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.batch.calibration.CalibrationJob;
import io.promptmonitor.registry.CalibrationHeuristics;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code promptmon calibrate}: compares predicted with actual quality, and corrects predictions.
 */
@Command(
    name = "calibrate",
    description = {
      "Compares the quality that was predicted of versions with ratings and automated scores: by version, technique,"
          + " combination of techniques and complexity, and since when it is off.",
      "Proposes corrections of later predictions, which --apply puts in force. What is found is kept in the table"
          + " calibration_result. docs/calibration.md says how it is computed."
    })
public final class CalibrateCommand extends DatabaseSubcommand {

  private static final int DEFAULT_DAYS = 28;
  private static final int PARALLELISM = 2;

  @Option(
      names = "--from",
      paramLabel = "D",
      converter = DayConverter.class,
      description = "The first day (UTC), for example 2026-03-01. Default: 27 days before --to.")
  private @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "D",
      converter = DayConverter.class,
      description = "The last day (UTC), inclusive. Default: today.")
  private @Nullable LocalDate to;

  @Option(
      names = "--apply",
      description = "Put the proposed corrections in force, for versions registered from now on.")
  private boolean apply;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why they are applied; kept with them.")
  private @Nullable String reason;

  @Mixin private TableFormat format;

  private LocalDate first = LocalDate.EPOCH;
  private LocalDate last = LocalDate.EPOCH;

  @Override
  protected void prepare() {
    last = to == null ? LocalDate.now(ZoneOffset.UTC) : to;
    first = from == null ? last.minusDays(DEFAULT_DAYS - 1) : from;
    if (first.isAfter(last)) {
      throw badUsage("--from " + first + " is after --to " + last);
    }
    if (reason != null && !apply) {
      throw badUsage("--reason goes with --apply only");
    }
  }

  @Override
  protected int run(Database database) throws Exception {
    try (CalibrationHeuristics heuristics = new CalibrationHeuristics(database)) {
      Heuristic current = heuristics.current();
      CalibrationAnalysis analysis = analyse(database, current);
      if (!format.isJson()) {
        new CalibrationText(analysis, format, out()).print();
      }
      Heuristic applied = apply ? apply(heuristics, current, analysis) : null;
      if (format.isJson()) {
        printJson(values(analysis, applied));
      } else if (applied != null) {
        print(
            "version %d of the corrections is in force: versions registered from now on are predicted with it"
                .formatted(applied.version()));
      } else if (!analysis.changes().isEmpty()) {
        print(
            "to put them in force: promptmon calibrate --from %s --to %s --apply"
                .formatted(first, last));
      } else if (apply) {
        print("there is nothing to apply");
      }
    }
    return PromptMon.EXIT_OK;
  }

  private CalibrationAnalysis analyse(Database database, Heuristic current) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, PARALLELISM);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    DataStream<CalibrationAnalysis> analysis =
        CalibrationJob.define(environment, database, first, last, current);
    try (CloseableIterator<CalibrationAnalysis> found = analysis.collectAsync()) {
      JobClient job = environment.executeAsync(CalibrationJob.NAME);
      CalibrationAnalysis one = found.next();
      job.getJobExecutionResult().get();
      return one;
    } catch (ExecutionException e) {
      throw new JobFailedException(e.getCause());
    } catch (RuntimeException e) {
      // What the collected results say if the job failed.
      throw new JobFailedException(e);
    }
  }

  private @Nullable Heuristic apply(
      CalibrationHeuristics heuristics, Heuristic current, CalibrationAnalysis analysis) {
    if (analysis.changes().isEmpty()) {
      return null;
    }
    Map<List<String>, Correction> corrections = new LinkedHashMap<>();
    current.corrections().forEach(c -> corrections.put(c.techniques(), c));
    for (Proposal change : analysis.changes()) {
      if (change.value() == 0) {
        corrections.remove(change.techniques());
      } else {
        corrections.put(change.techniques(), new Correction(change.techniques(), change.value()));
      }
    }
    return heuristics.apply(
        current.version(), new ArrayList<>(corrections.values()), first, last, reason);
  }

  private static Map<String, @Nullable Object> values(
      CalibrationAnalysis analysis, @Nullable Heuristic applied) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("from", analysis.from().toString());
    values.put("to", analysis.to().toString());
    values.put("heuristic_version", analysis.heuristic());
    values.put("drift_tested", analysis.driftTested());
    values.put("changes", analysis.changes().size());
    values.put("applied_version", applied == null ? null : applied.version());
    values.put("results", CalibrationJson.rows(analysis));
    return values;
  }
}
