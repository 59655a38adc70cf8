package io.promptmonitor.jobs.batch.calibration;

import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.common.calibration.Heuristic;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.batch.BatchSettings;
import io.promptmonitor.jobs.batch.TableSource;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.time.LocalDate;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The batch job that compares predicted with actual quality. */
public final class CalibrationJob {

  /** The job's name. */
  public static final String NAME = "promptmon calibrate";

  private CalibrationJob() {}

  /**
   * Adds the job to {@code environment}: what it finds goes to the table {@code
   * calibration_result}.
   *
   * @param from the first day (UTC)
   * @param to the last day, inclusive
   * @param current the heuristic in force
   * @return the one analysis, for whoever wants to show it
   */
  public static DataStream<CalibrationAnalysis> define(
      StreamExecutionEnvironment environment,
      Database database,
      LocalDate from,
      LocalDate to,
      Heuristic current) {
    BatchSettings.apply(environment);
    DataStream<CalibrationAnalysis> analysis =
        TableSource.read(environment, database, VersionDay.between(from, to), "quality-days")
            .transform(
                "calibration",
                new RecordTypeInfo<>(
                    CalibrationAnalysis.class, CalibrationAnalysisSerializer.INSTANCE),
                new CalibrationOperator(from, to, current))
            .uid("calibration")
            .setParallelism(1)
            .setMaxParallelism(1);
    analysis
        .sinkTo(new CalibrationResultSink(database))
        .name("calibration-results")
        .uid("calibration-results")
        .setParallelism(1);
    return analysis;
  }
}
