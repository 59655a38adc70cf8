package io.promptmonitor.bench.plain;

import io.promptmonitor.bench.ProbeSink;
import io.promptmonitor.bench.RunProbe;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.file.FileExecutions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * A window operator of Flink for each window, behind one shuffle.
 *
 * <p>It has the same source, parser and watermarks as our topology, and does less: no
 * deduplication, no corrections, no rows of open windows, no distributions of tokens, branches and
 * models, no consistency. All window operators are chained into one task, so that a record is
 * serialized once, not once for each window.
 */
public final class PlainJob {

  private static final Duration MONDAY = Duration.ofDays(4);

  private final List<Path> files;
  private final MonitorConfig config;

  /** The job for the windows of {@code config}. */
  public PlainJob(List<Path> files, MonitorConfig config) {
    this.files = files;
    this.config = config;
  }

  /** Adds the job to an environment. */
  public void addTo(StreamExecutionEnvironment environment) {
    ExecutionSource source =
        FileExecutions.of(
            files.stream().map(Path::toString).toList(),
            RunProbe.parsers(),
            EventTimeWatermarks.of(config.maxOutOfOrderness(), config.evaluationInterval()));
    SingleOutputStreamOperator<Ingested> shuffled =
        source
            .addTo(environment)
            .filter(record -> record.execution() != null)
            .uid("executions")
            .keyBy(PlainJob::promptVersion, RecordTypeInfo.PROMPT_VERSION)
            .filter(record -> true)
            .uid("shuffled");
    KeyedStream<Ingested, PromptVersionId> executions =
        DataStreamUtils.reinterpretAsKeyedStream(
            shuffled, PlainJob::promptVersion, RecordTypeInfo.PROMPT_VERSION);
    for (WindowSize size : WindowSize.values()) {
      Duration length = Duration.ofMillis(size.millis());
      windows(
              executions,
              size == WindowSize.SEVEN_DAYS
                  ? TumblingEventTimeWindows.of(length, MONDAY)
                  : TumblingEventTimeWindows.of(length),
              "tumbling-" + size.label())
          .sinkTo(
              new ProbeSink<>(
                  metrics ->
                      RunProbe.row(
                          size, true, metrics.executions(), metrics.latencyP99(), metrics.users())))
          .uid("tumbling-sink-" + size.label());
    }
    for (Duration length : config.slidingWindows()) {
      windows(
              executions,
              SlidingEventTimeWindows.of(length, config.slidingInterval()),
              "sliding-" + length)
          .sinkTo(new ProbeSink<>(metrics -> RunProbe.evaluation()))
          .uid("sliding-sink-" + length);
    }
  }

  private static PromptVersionId promptVersion(Ingested record) {
    Execution execution = Objects.requireNonNull(record.execution(), "filtered before");
    return execution.promptVersion();
  }

  private static SingleOutputStreamOperator<PlainMetrics> windows(
      KeyedStream<Ingested, PromptVersionId> executions,
      WindowAssigner<Object, TimeWindow> assigner,
      String name) {
    return executions
        .window(assigner)
        .aggregate(
            new WindowAggregation(),
            new RecordTypeInfo<>(WindowAccumulator.class, WindowAccumulatorSerializer.INSTANCE),
            TypeInformation.of(PlainMetrics.class))
        .name(name)
        .uid(name);
  }
}
