package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.batch.BatchSettings;
import io.promptmonitor.jobs.batch.TableQuery;
import io.promptmonitor.jobs.batch.TableSource;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job that makes the daily reports of a day.
 *
 * <pre>
 * window_metrics          which prompts, consistency_rate, registered_version, active_period,
 * (1h, 24h)               alert, rollback_event, what is left of the rollback allowance
 *      │                       │
 *      └───── keyBy prompt ────┘
 *                  │
 *          the report of a prompt ──► daily_report, files
 *                  │
 *                  └──► its edition and what it says at a glance
 * </pre>
 */
public final class ReportJob {

  private ReportJob() {}

  /**
   * Draws the job.
   *
   * @param environment where it is to run; batch mode is set
   * @param deadLetters records of all prompts of the day that were not counted, by reason
   * @param directory where the files of prompts go; on a cluster one that all its machines share
   * @return the reports that were written, in no order
   */
  public static DataStream<ReportEdition> define(
      StreamExecutionEnvironment environment,
      Database database,
      ReportScope scope,
      Map<String, Long> deadLetters,
      Path directory) {
    BatchSettings.apply(environment);
    ReportTables tables = new ReportTables(scope);
    DataStream<WindowUpdate> windows =
        TableSource.read(
            environment, database, tables.windows(environment.getParallelism()), "report-windows");
    DataStream<PromptFact> facts =
        tables.facts().entrySet().stream()
            .<DataStream<PromptFact>>map(
                fact -> facts(environment, database, fact.getValue(), "report-" + fact.getKey()))
            .reduce(DataStream::union)
            .orElseThrow();
    return windows
        .keyBy(window -> window.promptVersion().promptId(), Types.STRING)
        .connect(facts.keyBy(PromptFact::promptId, Types.STRING))
        .process(
            new ReportWriting(database, scope, deadLetters, directory),
            TypeInformation.of(ReportEdition.class))
        .name("report-writing")
        .uid("report-writing");
  }

  /** Few rows, which one reader fetches. */
  private static DataStream<PromptFact> facts(
      StreamExecutionEnvironment environment,
      Database database,
      TableQuery<PromptFact> query,
      String uid) {
    return TableSource.read(environment, database, query, uid).setParallelism(1);
  }
}
