package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.UserHashKey;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.sink.DeadLetterSink;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.sink.WindowMetricsSink;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The streaming job with its sinks in PostgreSQL. */
public final class MonitorJob {

  /** The environment variable with the secret that user ids are hashed with. */
  public static final String USER_HASH_SECRET_VARIABLE = "PROMPTMON_USER_HASH_SECRET";

  private MonitorJob() {}

  /**
   * Adds the job to {@code environment}: {@code source}, the topology, and the tables, in the
   * database whose registry it follows.
   */
  public static void define(
      StreamExecutionEnvironment environment,
      MonitorConfig config,
      ExecutionSource source,
      SinkOptions sinks) {
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config).build(environment, source, registry(sinks.database(), source));
    outputs
        .windows()
        .sinkTo(new WindowMetricsSink(sinks))
        .name("window-metrics")
        .uid("window-metrics");
    outputs
        .deadLetters()
        .sinkTo(new DeadLetterSink(sinks))
        .name("dead-letters")
        .uid("dead-letters");
  }

  /** The changes of the registry in {@code database}; they end if {@code source} does. */
  public static RegistrySource registry(Database database, ExecutionSource source) {
    return new RegistrySource(
        PostgresRegistryChanges.in(database),
        source.source().getBoundedness(),
        RegistryPolling.DEFAULT);
  }

  /** Watermarks as the configuration wants them. */
  public static EventTimeWatermarks watermarks(MonitorConfig config) {
    return EventTimeWatermarks.of(config.maxOutOfOrderness(), config.evaluationInterval())
        .withIdleness(config.idleTimeout());
  }

  /**
   * Parsers as the configuration wants them.
   *
   * @param userHashSecret what user ids are hashed with, or null for the built-in key, which
   *     everybody can read
   */
  public static IngestParser.Factory parsers(
      MonitorConfig config, @Nullable String userHashSecret) {
    UserHashKey key =
        userHashSecret == null
            ? ParserOptions.defaults().userHashKey()
            : UserHashKey.fromSecret(userHashSecret);
    ParserOptions options =
        new ParserOptions(
            config.automatedScoreScale().min(),
            config.automatedScoreScale().max(),
            config.maxClockSkew(),
            key);
    return IngestParser.Factory.ofJson(options);
  }
}
