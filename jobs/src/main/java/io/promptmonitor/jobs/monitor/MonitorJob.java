package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.UserHashKey;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.notifications.NotificationSink;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.sink.AlertEscalationSink;
import io.promptmonitor.jobs.sink.AlertEventSink;
import io.promptmonitor.jobs.sink.AlertExemplarSink;
import io.promptmonitor.jobs.sink.AlertSink;
import io.promptmonitor.jobs.sink.DeadLetterSink;
import io.promptmonitor.jobs.sink.RollbackSink;
import io.promptmonitor.jobs.sink.RuleStatusSink;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.sink.WindowMetricsSink;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import io.promptmonitor.notifications.DeliveryMode;
import io.promptmonitor.registry.PostgresRollbacks;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.streaming.api.datastream.DataStream;
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
   *
   * @param delivery whether notifications are sent, see {@link #delivery}
   */
  public static void define(
      StreamExecutionEnvironment environment,
      DeploymentConfig config,
      ExecutionSource source,
      DeliveryMode delivery,
      SinkOptions sinks) {
    define(environment, config, source, clock(source), delivery, sinks);
  }

  /**
   * The same by a clock of one's own: executions that are simulated faster than in reality come
   * without end, and yet their time is not that of the machine.
   */
  public static void define(
      StreamExecutionEnvironment environment,
      DeploymentConfig config,
      ExecutionSource source,
      EscalationClock clock,
      DeliveryMode delivery,
      SinkOptions sinks) {
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config).build(environment, source, registry(sinks.database(), source));
    sink(outputs.windows(), new WindowMetricsSink(sinks), "window-metrics");
    sink(outputs.deadLetters(), new DeadLetterSink(sinks), "dead-letters");
    AlertTopology.Outputs alerts =
        new AlertTopology(config, clock, () -> new PostgresRollbacks(sinks.database()))
            .build(outputs.windows(), outputs.evaluations(), outputs.registryChanges());
    sink(alerts.events(), new AlertSink(sinks), "alerts");
    sink(alerts.events(), new AlertEventSink(sinks), "alert-transitions");
    sink(alerts.exemplars(), new AlertExemplarSink(sinks), "alert-evidence");
    sink(alerts.statuses(), new RuleStatusSink(sinks), "rule-statuses");
    sink(alerts.escalations(), new AlertEscalationSink(sinks), "alert-escalations");
    sink(alerts.rollbacks(), new RollbackSink(sinks), "rollbacks");
    NotificationSink.attach(alerts.notifications(), config, delivery, sinks);
  }

  /**
   * Adds the part of the job that computes windows, for executions of an archive: no rule is
   * evaluated, so that nobody is alarmed and nothing is rolled back. Only windows that have ended
   * are written.
   */
  public static void defineBackfill(
      StreamExecutionEnvironment environment,
      DeploymentConfig config,
      ExecutionSource source,
      SinkOptions sinks) {
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config.monitor())
            .build(environment, source, registry(sinks.database(), source));
    DataStream<WindowUpdate> ended =
        outputs
            .windows()
            .filter(WindowUpdate::isFinal)
            .returns(RecordTypeInfo.WINDOW_UPDATE)
            .name("ended-windows")
            .uid("ended-windows");
    sink(ended, WindowMetricsSink.ofBackfill(sinks), "window-metrics");
    sink(outputs.deadLetters(), new DeadLetterSink(sinks), "dead-letters");
  }

  private static <T> void sink(DataStream<T> rows, Sink<T> table, String name) {
    rows.sinkTo(table).name(name).uid(name);
  }

  /** What is replayed from files is escalated as if it happened now, in its own time. */
  private static EscalationClock clock(ExecutionSource source) {
    return source.source().getBoundedness() == Boundedness.BOUNDED
        ? EscalationClock.EVENT_TIME
        : EscalationClock.PROCESSING_TIME;
  }

  /**
   * What becomes of notifications: those about now are sent; those of a replay of the past are only
   * recorded, unless somebody wants them sent.
   */
  public static DeliveryMode delivery(ExecutionSource source, boolean sendInReplay) {
    if (clock(source) == EscalationClock.PROCESSING_TIME) {
      return DeliveryMode.LIVE;
    }
    return sendInReplay ? DeliveryMode.NOTIFYING_REPLAY : DeliveryMode.REPLAY;
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
