package io.promptmonitor.bench;

import io.promptmonitor.bench.Contender.Rules;
import io.promptmonitor.common.deployment.Deduplication;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.rollback.InMemoryRollbacks;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.monitor.AlertTopology;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.file.FileExecutions;
import io.promptmonitor.jobs.source.registry.RegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Our topology between the benchmark's files and sinks that discard. */
final class OurJob implements FlinkRun.Job {

  static final Duration SLIDE = Duration.ofMinutes(1);

  private final List<Path> files;
  private final MonitorConfig config;
  private final Rules rules;

  OurJob(List<Path> files, Contender contender) {
    this.files = files;
    this.rules = contender.rules();
    this.config =
        config(
            contender.deduplication(),
            contender.slidingWindows(),
            rules == Rules.NONE ? SLIDE : MonitorConfig.defaults().slidingInterval());
  }

  /** The default configuration, with sliding windows that are evaluated every minute. */
  static MonitorConfig config(Deduplication deduplication, List<Duration> slidingWindows) {
    return config(deduplication, slidingWindows, SLIDE);
  }

  private static MonitorConfig config(
      Deduplication deduplication, List<Duration> slidingWindows, Duration slide) {
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
        slide,
        defaults.refresh());
  }

  @Override
  public void addTo(StreamExecutionEnvironment environment) {
    DeploymentConfig defaults = DeploymentConfig.defaults();
    DeploymentConfig withRules =
        new DeploymentConfig(config, defaults.alerting(), defaults.grouping(), defaults.channels());
    MonitorTopology topology =
        rules == Rules.NONE ? new MonitorTopology(config) : new MonitorTopology(withRules);
    MonitorTopology.Outputs outputs =
        topology.build(
            environment,
            FileExecutions.of(
                files.stream().map(Path::toString).toList(),
                RunProbe.parsers(),
                EventTimeWatermarks.of(config.maxOutOfOrderness(), config.evaluationInterval())),
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
    if (rules == Rules.ALERTS) {
      AlertTopology.Outputs alerts =
          new AlertTopology(withRules, EscalationClock.EVENT_TIME, OurJob::rollbacks)
              .build(outputs.windows(), outputs.evaluations(), outputs.registryChanges());
      discard(alerts.statuses(), "statuses");
      discard(alerts.notifications(), "notifications");
      discard(alerts.rollbacks(), "rollbacks");
    }
    outputs
        .deadLetters()
        .sinkTo(new ProbeSink<>(deadLetter -> RunProbe.deadLetter()))
        .name("dead-letters")
        .uid("dead-letters");
  }

  /** Of prompts that nobody registered, so that nothing is ever rolled back. */
  private static RollbackRegistry rollbacks() {
    InstantSource clock = InstantSource.system();
    return new InMemoryRollbacks(new InMemoryPromptRegistry(() -> "benchmark", clock), clock);
  }

  private static <T> void discard(DataStream<T> stream, String name) {
    stream.sinkTo(new ProbeSink<>(element -> {})).name(name).uid(name);
  }
}
