package io.promptmonitor.jobs.alerts;

import static io.promptmonitor.jobs.TestRecords.PROMPT;
import static io.promptmonitor.jobs.TestRecords.execution;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertEvaluationTest {

  private static final long PANE = 10_000;
  private static final long MINUTE = 60_000;
  private static final long START = Duration.ofDays(20_458).toMillis();
  private static final int MAX_PARALLELISM = 8;

  private static final String RULES =
      """
      alert_rules:
        - {name: held, condition: error_rate > 0.1 for 5 minutes, window: 5m, severity: critical,
           actions: [alert, auto_rollback]}
        - {name: silent, condition: error_rate > 0.5, window: 5m, severity: warning,
           actions: [alert], no_data: {alert_after: 3m}}
      auto_rollback:
        triggers: []
      """;

  private static RuleSet ruleSet(String yaml) {
    return RuleSet.of(
        ConfigReader.read(
            "rules.yaml", yaml, top -> AlertingConfig.read(top, Duration.ofMillis(PANE))));
  }

  /** The operator with both inputs in the test's hand. */
  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<
          PromptVersionId, SlidingWindows, RegistrySignal, AlertEvent> {

    Harness(int parallelism, int subtask) throws Exception {
      this(RULES, parallelism, subtask);
    }

    Harness(String rules, int parallelism, int subtask) throws Exception {
      super(
          new AlertEvaluation(ruleSet(rules), PANE),
          SlidingWindows::promptVersion,
          null,
          RecordTypeInfo.PROMPT_VERSION,
          MAX_PARALLELISM,
          parallelism,
          subtask);
    }

    void evaluation(PromptVersionId version, long end, int executions, int failures)
        throws Exception {
      processElement1(windows(version, end, executions, failures), end - 1);
    }

    void watermark(long watermark) throws Exception {
      processWatermark1(new Watermark(watermark));
    }

    void signal(RegistrySignal signal) throws Exception {
      processElement2(new StreamRecord<>(signal));
    }

    /** A version is active from the start, and not executed for ten minutes. */
    void deployAndStaySilent() throws Exception {
      signal(change(1, RegistryEvent.Kind.REGISTERED, "1.0.0", null));
      signal(change(2, RegistryEvent.Kind.STAGED, "1.0.0", null));
      signal(change(3, RegistryEvent.Kind.DEPLOYED, "1.0.0", null));
      signal(RegistrySignal.CAUGHT_UP);
      watermark(START);
      watermark(START + 10 * MINUTE);
    }

    List<String> shown() {
      return extractOutputValues().stream()
          .filter(event -> event.change() != Change.DATA)
          .map(AlertEvaluationTest::shown)
          .toList();
    }
  }

  private static Harness opened() throws Exception {
    Harness harness = new Harness(1, 0);
    harness.open();
    return harness;
  }

  private static String shown(AlertEvent event) {
    return (event.time() - START) / 1000
        + " "
        + event.key().promptVersion()
        + " "
        + event.key().rule()
        + " "
        + event.change();
  }

  private static SlidingWindows windows(
      PromptVersionId version, long end, int executions, int failures) {
    WindowAggregate counters = new WindowAggregate();
    for (int i = 0; i < executions; i++) {
      Execution good = execution(i, version, end - 1, 100);
      counters.add(i < failures ? failed(good) : good);
    }
    List<SlidingWindow> windows =
        Stream.of(MINUTE, 5 * MINUTE, 1_440 * MINUTE)
            .map(
                length ->
                    new SlidingWindow(
                        length,
                        end - length,
                        counters,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        List.of()))
            .toList();
    return new SlidingWindows(
        version, end, Double.NaN, executions > 0, windows, List.of(), List.of());
  }

  private static Execution failed(Execution e) {
    return new Execution(
        e.executionIdHash(),
        e.promptVersion(),
        e.timestamp(),
        e.latencyMs(),
        e.inputTokens(),
        e.outputTokens(),
        false,
        "timeout",
        e.userFeedback(),
        e.automatedScore(),
        e.inputHash(),
        e.outputHash(),
        e.userHash(),
        e.model(),
        e.branch());
  }

  private static RegistrySignal change(
      long id, RegistryEvent.Kind kind, String version, @Nullable String from) {
    SemanticVersion of = SemanticVersion.parse(version);
    boolean registered = kind == RegistryEvent.Kind.REGISTERED;
    boolean switches = kind == RegistryEvent.Kind.DEPLOYED;
    RegistryEvent event =
        new RegistryEvent(
            id,
            Instant.EPOCH,
            kind,
            PROMPT.promptId(),
            of,
            from == null ? null : SemanticVersion.parse(from),
            switches ? of : null,
            "tester",
            null,
            null);
    return new RegistrySignal(
        new RegistryChange(
            event,
            registered
                ? new VersionDefinition(
                    of,
                    PromptHash.of("text"),
                    null,
                    null,
                    null,
                    new Performance(null, null, null, null),
                    RollbackPolicy.defaults(),
                    null)
                : null));
  }

  @Test
  void aRuleThatHoldsForFiveMinutesFiresAndDemandsARollback() throws Exception {
    try (Harness harness = opened()) {
      harness.signal(RegistrySignal.CAUGHT_UP);
      for (long time = PANE; time <= 6 * MINUTE; time += PANE) {
        harness.evaluation(PROMPT, START + time, 100, 20);
        harness.watermark(START + time - 1);
      }
      assertThat(harness.shown())
          .containsExactly("10 greeting@1.0.0 held PENDING", "310 greeting@1.0.0 held FIRING");
      List<RollbackTrigger> triggers =
          harness.getSideOutput(AlertEvaluation.ROLLBACKS).stream()
              .map(StreamRecord::getValue)
              .toList();
      assertThat(triggers)
          .as("as long as the rule holds")
          .extracting(trigger -> (trigger.time() - START) / PANE)
          .isEqualTo(LongStream.rangeClosed(31, 36).boxed().toList());
      assertThat(triggers.subList(0, 1))
          .singleElement()
          .satisfies(
              trigger -> {
                assertThat(trigger.promptVersion()).isEqualTo(PROMPT);
                assertThat(trigger.time()).isEqualTo(START + 310_000);
                assertThat(trigger.pendingSince()).isEqualTo(START + PANE);
                assertThat(trigger.reading()).isNotNull();
                EvidenceSample sample = trigger.sample();
                assertThat(sample).isNotNull();
                assertThat(sample.counted() * 5).isEqualTo(sample.executions());
              });
    }
  }

  @Test
  void stateAndTimersAreGoneOnceTheWindowsAreEmpty() throws Exception {
    try (Harness harness = opened()) {
      harness.signal(RegistrySignal.CAUGHT_UP);
      harness.evaluation(PROMPT, START + PANE, 100, 20);
      harness.watermark(START + PANE);
      assertThat(harness.numKeyedStateEntries()).isEqualTo(2);
      assertThat(harness.numEventTimeTimers()).isEqualTo(1);
      harness.evaluation(PROMPT, START + 2 * PANE, 100, 0);
      harness.evaluation(PROMPT, START + 3 * PANE, 0, 0);
      harness.watermark(START + 60 * MINUTE);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
      assertThat(harness.shown())
          .containsExactly("10 greeting@1.0.0 held PENDING", "20 greeting@1.0.0 held CANCELLED");
    }
  }

  @Test
  void anAlertEndsByItselfIfNoEvaluationComesAnyMore() throws Exception {
    try (Harness harness = opened()) {
      harness.signal(RegistrySignal.CAUGHT_UP);
      for (long time = PANE; time <= 6 * MINUTE; time += PANE) {
        harness.evaluation(PROMPT, START + time, 100, 20);
      }
      harness.watermark(START + 24 * 60 * MINUTE);
      assertThat(harness.shown()).last().asString().endsWith("held RESOLVED");
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void theEndOfTheInputIsNotATimeAtWhichAnythingHappens() throws Exception {
    try (Harness harness = opened()) {
      harness.signal(RegistrySignal.CAUGHT_UP);
      harness.evaluation(PROMPT, START + PANE, 100, 20);
      harness.watermark(Long.MAX_VALUE);
      assertThat(harness.shown()).containsExactly("10 greeting@1.0.0 held PENDING");
    }
  }

  @Test
  void anActiveVersionThatIsNeverExecutedRaisesItsAlert() throws Exception {
    try (Harness harness = opened()) {
      harness.deployAndStaySilent();
      assertThat(harness.shown())
          .containsExactly(
              "0 greeting@1.0.0 no data: silent PENDING",
              "120 greeting@1.0.0 no data: silent FIRING");
      // Another version takes its place.
      harness.signal(change(4, RegistryEvent.Kind.REGISTERED, "2.0.0", null));
      harness.signal(change(5, RegistryEvent.Kind.STAGED, "2.0.0", null));
      harness.signal(change(6, RegistryEvent.Kind.DEPLOYED, "2.0.0", "1.0.0"));
      harness.watermark(START + 11 * MINUTE);
      AlertEvent ended =
          harness.extractOutputValues().stream()
              .filter(event -> event.change() == Change.RESOLVED)
              .findFirst()
              .orElseThrow();
      assertThat(ended.cause()).isEqualTo(Cause.RULE_REMOVED);
      assertThat(ended.key().promptVersion()).isEqualTo(PROMPT);
    }
  }

  @Test
  void rulesThatWereChangedWhileTheJobWasAwayReachSilentVersions() throws Exception {
    OperatorSubtaskState state;
    try (Harness harness = opened()) {
      harness.deployAndStaySilent();
      assertThat(harness.shown()).last().asString().endsWith("no data: silent FIRING");
      state = harness.snapshot(1, 1);
    }
    String without = RULES.replace(", no_data: {alert_after: 3m}", "");
    try (Harness restored = new Harness(without, 1, 0)) {
      restored.initializeState(state);
      restored.open();
      restored.watermark(START + 11 * MINUTE);
      assertThat(restored.shown()).containsExactly("660 greeting@1.0.0 no data: silent RESOLVED");
      state = restored.snapshot(2, 2);
    }
    try (Harness restored = new Harness(1, 0)) {
      restored.initializeState(state);
      restored.open();
      restored.watermark(START + 12 * MINUTE);
      assertThat(restored.shown()).containsExactly("720 greeting@1.0.0 no data: silent PENDING");
    }
  }

  @Test
  void nothingIsEvaluatedBeforeTheRegistryHasCaughtUp() throws Exception {
    try (Harness harness = opened()) {
      harness.evaluation(PROMPT, START + PANE, 100, 20);
      harness.watermark(START + PANE);
      assertThat(harness.getOutput()).isEmpty();
      harness.signal(RegistrySignal.CAUGHT_UP);
      assertThat(harness.shown()).containsExactly("10 greeting@1.0.0 held PENDING");
      assertThat(harness.getOutput()).contains(new Watermark(START + PANE));
    }
  }

  @Test
  void aRestartWithMoreSubtasksChangesNothing() throws Exception {
    List<PromptVersionId> versions = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      versions.add(new PromptVersionId("prompt-" + i, "1.0.0"));
    }
    List<String> undisturbed = run(versions, Integer.MAX_VALUE);
    assertThat(undisturbed).anyMatch(line -> line.endsWith("FIRING"));
    assertThat(undisturbed).anyMatch(line -> line.endsWith("RESOLVED"));
    assertThat(undisturbed).anyMatch(line -> line.endsWith("CANCELLED"));
    for (int cut : new int[] {3, 31, 40, 62, 75}) {
      assertThat(run(versions, cut)).as("cut at %s", cut).isEqualTo(undisturbed);
    }
  }

  /**
   * All versions fail from some time to another; the operator is rescaled from 1 to 3 at a pane.
   */
  private static List<String> run(List<PromptVersionId> versions, int cut) throws Exception {
    List<String> shown = new ArrayList<>();
    List<Harness> harnesses = new ArrayList<>(List.of(opened()));
    harnesses.get(0).signal(RegistrySignal.CAUGHT_UP);
    for (int pane = 1; pane <= 90; pane++) {
      if (pane == cut) {
        OperatorSubtaskState state = harnesses.get(0).snapshot(pane, pane);
        shown.addAll(harnesses.get(0).shown());
        harnesses.get(0).close();
        harnesses.clear();
        for (int subtask = 0; subtask < 3; subtask++) {
          Harness restored = new Harness(3, subtask);
          restored.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, 1, 3, subtask));
          restored.open();
          harnesses.add(restored);
        }
      }
      for (int i = 0; i < versions.size(); i++) {
        boolean fails = pane > 4 * i && pane < 40 + 2 * i && (i != 3 || pane % 20 != 0);
        PromptVersionId version = versions.get(i);
        for (Harness harness : harnesses) {
          if (harnesses.size() == 1 || owner(version) == harnesses.indexOf(harness)) {
            harness.evaluation(version, START + pane * PANE, 100, fails ? 30 : 1);
          }
        }
      }
      for (Harness harness : harnesses) {
        harness.watermark(START + pane * PANE - 1);
      }
    }
    for (Harness harness : harnesses) {
      shown.addAll(harness.shown());
      harness.close();
    }
    return shown.stream().sorted().toList();
  }

  private static int owner(PromptVersionId version) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(version, MAX_PARALLELISM, 3);
  }
}
