package io.promptmonitor.bench;

import io.promptmonitor.common.deployment.Deduplication;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.file.FileExecutions;
import io.promptmonitor.jobs.source.registry.RegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Our topology between the benchmark's files and sinks that discard. */
final class OurJob implements FlinkRun.Job {

  static final Duration SLIDE = Duration.ofMinutes(1);

  private final List<Path> files;
  private final MonitorConfig config;

  OurJob(List<Path> files, Deduplication deduplication, List<Duration> slidingWindows) {
    this.files = files;
    this.config = config(deduplication, slidingWindows);
  }

  /** The default configuration, with sliding windows that are evaluated every minute. */
  static MonitorConfig config(Deduplication deduplication, List<Duration> slidingWindows) {
    MonitorConfig defaults = MonitorConfig.defaults();
    return new MonitorConfig(
        defaults.evaluationInterval(),
        defaults.maxOutOfOrderness(),
        defaults.allowedLateness(),
        defaults.idleTimeout(),
        defaults.feedbackHorizon(),
        deduplication,
        defaults.deduplicationMemory(),
        defaults.automatedScoreScale(),
        defaults.maxClockSkew(),
        slidingWindows,
        SLIDE,
        defaults.refresh());
  }

  @Override
  public void addTo(StreamExecutionEnvironment environment) {
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config)
            .build(
                environment,
                FileExecutions.of(
                    files.stream().map(Path::toString).toList(),
                    RunProbe.parsers(),
                    EventTimeWatermarks.of(
                        config.maxOutOfOrderness(), config.evaluationInterval())),
                new RegistrySource(
                    RegistryChanges.none(), Boundedness.BOUNDED, RegistryPolling.DEFAULT));
    outputs
        .windows()
        .sinkTo(
            new ProbeSink<>(
                update -> RunProbe.row(update.size(), update.isFinal(), update.aggregate())))
        .name("windows")
        .uid("windows");
    outputs
        .evaluations()
        .sinkTo(new ProbeSink<>(evaluation -> RunProbe.evaluations(evaluation.windows().size())))
        .name("evaluations")
        .uid("evaluations");
    outputs
        .deadLetters()
        .sinkTo(new ProbeSink<>(deadLetter -> RunProbe.deadLetter()))
        .name("dead-letters")
        .uid("dead-letters");
  }
}
