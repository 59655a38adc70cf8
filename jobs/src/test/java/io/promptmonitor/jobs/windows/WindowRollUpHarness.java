package io.promptmonitor.jobs.windows;

import static io.promptmonitor.jobs.TestRecords.execution;

import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The operator with both of its inputs in a test's hand. */
final class WindowRollUpHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        PromptVersionId, PaneUpdate, RegistrySignal, WindowUpdate> {

  static final long PANE = 10_000;
  static final long MINUTE = 60_000;
  static final long DAY = Duration.ofDays(1).toMillis();
  static final long MONDAY = Duration.ofDays(20_458).toMillis();
  static final int MAX_PARALLELISM = 8;

  static final RollUpSettings SETTINGS =
      new RollUpSettings(
          PANE,
          MINUTE,
          DAY,
          Map.of(WindowSize.ONE_HOUR, 5 * MINUTE, WindowSize.ONE_DAY, 15 * MINUTE),
          List.of(5 * MINUTE, 60 * MINUTE),
          PANE);

  private static final RuleDemand LATENCIES =
      new RuleDemand(null, List.of(Duration.ofMinutes(5), Duration.ofMinutes(60)));

  private long lastEventId;

  WindowRollUpHarness(RollUpSettings settings, int maxWindows) throws Exception {
    this(settings, maxWindows, 1, 0);
  }

  /** One subtask of several. */
  WindowRollUpHarness(RollUpSettings settings, int maxWindows, int parallelism, int subtask)
      throws Exception {
    this(settings, LATENCIES, maxWindows, parallelism, subtask);
  }

  /** One subtask that evaluates sliding windows for rules. */
  WindowRollUpHarness(
      RollUpSettings settings, RuleDemand rules, int maxWindows, int parallelism, int subtask)
      throws Exception {
    super(
        new WindowRollUp(settings, rules, maxWindows),
        PaneUpdate::promptVersion,
        null,
        RecordTypeInfo.PROMPT_VERSION,
        MAX_PARALLELISM,
        parallelism,
        subtask);
  }

  /** An element of the first input. */
  void pane(PaneUpdate update) throws Exception {
    processElement1(update, update.time());
  }

  /** A watermark of the first input. */
  void watermark(long watermark) throws Exception {
    processWatermark1(new Watermark(watermark));
  }

  /** The next change of the registry: version 1.0.0 of a prompt. */
  void register(String promptId, double predictedQuality) throws Exception {
    register(++lastEventId, promptId, predictedQuality);
  }

  /** The next change of the registry: version 1.0.0 of a prompt. */
  void register(String promptId, Performance performance) throws Exception {
    register(++lastEventId, promptId, performance);
  }

  /** A change of the registry with any id. */
  void register(long eventId, String promptId, double predictedQuality) throws Exception {
    register(eventId, promptId, new Performance(predictedQuality, null, null, null));
  }

  private void register(long eventId, String promptId, Performance performance) throws Exception {
    SemanticVersion version = SemanticVersion.parse("1.0.0");
    VersionDefinition definition =
        new VersionDefinition(
            version,
            PromptHash.of("text"),
            null,
            null,
            null,
            performance,
            RollbackPolicy.defaults(),
            null);
    RegistryEvent event =
        new RegistryEvent(
            eventId,
            Instant.EPOCH,
            RegistryEvent.Kind.REGISTERED,
            promptId,
            version,
            null,
            null,
            "tester",
            null,
            null);
    processElement2(new StreamRecord<>(new RegistrySignal(new RegistryChange(event, definition))));
  }

  /** Says that all changes there were at the start have come. */
  void caughtUp() throws Exception {
    processElement2(new StreamRecord<>(RegistrySignal.CAUGHT_UP));
  }

  /** Executions of one pane, by their latencies. */
  static PaneUpdate pane(PromptVersionId promptVersion, long start, int... latencies) {
    WindowAggregate aggregate = new WindowAggregate();
    Exemplars exemplars = new Exemplars();
    for (int latency : latencies) {
      Execution execution = execution(latency, promptVersion, start, latency);
      aggregate.add(execution);
      exemplars.add(execution);
    }
    return PaneUpdate.executions(promptVersion, start, aggregate, exemplars);
  }

  /** A rating of an execution. */
  static PaneUpdate feedback(PromptVersionId promptVersion, long executed, int rating) {
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.quality().add((byte) rating, Execution.NO_SCORE);
    return PaneUpdate.feedback(promptVersion, executed, aggregate, "feedback-0", 77);
  }
}
