package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.deployment.Deduplication;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.deduplication.ExecutionDeduplication;
import io.promptmonitor.jobs.feedback.FeedbackChanges;
import io.promptmonitor.jobs.panes.PanePreAggregation;
import io.promptmonitor.jobs.routing.RecordRouting;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.windows.WindowRollUp;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The streaming job: executions and changes of the prompt registry in, windows out. Sources and
 * sinks are injected.
 *
 * <pre>
 * source (parsed, watermarks by partition)            registry changes (one reader, no event time)
 *    │                                                              │
 * routing ──► REJECTED ─────────────────────────────────────────────┼──► dead letters
 *    │  └───► FEEDBACK ──keyBy execution──► feedback changes ──┐    │        ▲   ▲
 *    │                                                         │    │        │   │
 * deduplication (chained, or behind a shuffle by id)           │    │        │   │
 *    │                                                         │    │        │   │
 * pane pre-aggregation ──► LATE ────────────────────────────────────┼────────┘   │
 *    │                                                         │    │            │
 *    └──keyBy prompt version──► window roll-up ◄───────────────┘    │            │
 *                                  │  │  │  ▲                       │            │
 *                                  │  │  │  └────── broadcast ──────┘            │
 *                                  │  │  └──► LATE ──────────────────────────────┘
 *                                  │  └─────► SLIDING ──► evaluations of sliding windows
 *                                  └────────► rows of tumbling windows
 * </pre>
 */
public final class MonitorTopology {

  /** Panes that one subtask holds before the shuffle; a pane of few executions takes about 1 KB. */
  private static final int MAX_PANES = 50_000;

  private final MonitorConfig config;
  private final @Nullable RuleSet rules;
  private int maxWindowsInMemory = 200_000;

  /**
   * The streams that leave the topology, to be connected to sinks; the changes of the registry, for
   * whoever else has to know of them.
   */
  public record Outputs(
      DataStream<WindowUpdate> windows,
      DataStream<SlidingWindows> evaluations,
      DataStream<DeadLetter> deadLetters,
      DataStream<RegistrySignal> registryChanges) {}

  /** The topology for a configuration without rules. */
  public MonitorTopology(MonitorConfig config) {
    this(config, null);
  }

  /** The topology for a configuration, with the sliding windows that its rules look at. */
  public MonitorTopology(DeploymentConfig config) {
    this(config.monitor(), RuleSet.of(config.alerting()));
  }

  private MonitorTopology(MonitorConfig config, @Nullable RuleSet rules) {
    this.config = config;
    this.rules = rules;
  }

  /**
   * Windows that one subtask of the roll-up keeps on the heap, as objects, in front of the state
   * backend.
   */
  public MonitorTopology withMaxWindowsInMemory(int windows) {
    this.maxWindowsInMemory = windows;
    return this;
  }

  /**
   * Adds the topology to {@code environment}, from its sources to its outputs.
   *
   * @param source the executions
   * @param registry the changes of the prompt registry; bounded if {@code source} is, or the job
   *     does not end
   */
  public Outputs build(
      StreamExecutionEnvironment environment,
      ExecutionSource source,
      Source<RegistrySignal, ?, ?> registry) {
    DataStream<RegistrySignal> registryChanges =
        environment
            .fromSource(
                registry,
                WatermarkStrategy.noWatermarks(),
                "registry-changes",
                RecordTypeInfo.REGISTRY_SIGNAL)
            .uid("registry-changes")
            .forceNonParallel();
    SingleOutputStreamOperator<Ingested> executions =
        source
            .addTo(environment)
            .process(new RecordRouting())
            .returns(RecordTypeInfo.INGESTED)
            .name("routing")
            .uid("routing");
    SingleOutputStreamOperator<PaneUpdate> panes =
        deduplicated(executions, source)
            .transform(
                "panes",
                RecordTypeInfo.PANE_UPDATE,
                new PanePreAggregation(
                    config.evaluationInterval().toMillis(),
                    config.allowedLateness().toMillis(),
                    MAX_PANES))
            .uid("panes");
    DataStream<PaneUpdate> feedback =
        executions
            .getSideOutput(RecordRouting.FEEDBACK)
            .keyBy(FeedbackChanges::key, Types.LONG)
            .process(new FeedbackChanges(config.feedbackHorizon().toMillis()))
            .returns(RecordTypeInfo.PANE_UPDATE)
            .name("feedback-changes")
            .uid("feedback-changes");
    SingleOutputStreamOperator<WindowUpdate> windows =
        panes
            .union(feedback)
            .keyBy(PaneUpdate::promptVersion, RecordTypeInfo.PROMPT_VERSION)
            .connect(registryChanges.broadcast())
            .transform(
                "window-roll-up",
                RecordTypeInfo.WINDOW_UPDATE,
                new WindowRollUp(
                    config.rollUpSettings(rules == null ? List.of() : rules.windows()),
                    new RuleDemand(rules, config.slidingWindows()),
                    maxWindowsInMemory))
            .uid("window-roll-up");
    DataStream<DeadLetter> deadLetters =
        executions
            .getSideOutput(RecordRouting.REJECTED)
            .union(
                panes.getSideOutput(PanePreAggregation.LATE),
                windows.getSideOutput(WindowRollUp.LATE));
    return new Outputs(
        windows, windows.getSideOutput(WindowRollUp.SLIDING), deadLetters, registryChanges);
  }

  private DataStream<Ingested> deduplicated(
      DataStream<Ingested> executions, ExecutionSource source) {
    if (config.deduplication() == Deduplication.OFF) {
      return executions;
    }
    boolean global = config.deduplication() == Deduplication.GLOBAL;
    DataStream<Ingested> input =
        global
            ? executions.partitionCustom(
                (slot, subtasks) -> slot % subtasks, MonitorTopology::slotOfExecution)
            : executions;
    return input
        .process(
            new ExecutionDeduplication(
                global ? ExecutionDeduplication.Scope.ID : ExecutionDeduplication.Scope.PARTITION,
                config.deduplicationMemory(),
                source.source().getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED))
        .returns(RecordTypeInfo.INGESTED)
        .name("deduplication")
        .uid("deduplication");
  }

  private static int slotOfExecution(Ingested record) {
    return record.execution() == null
        ? 0
        : ExecutionDeduplication.slot(record.execution().executionIdHash());
  }
}
