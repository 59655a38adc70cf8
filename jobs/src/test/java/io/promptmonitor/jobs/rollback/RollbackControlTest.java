package io.promptmonitor.jobs.rollback;

import static io.promptmonitor.jobs.rollback.FailingPrompts.MINUTE;
import static io.promptmonitor.jobs.rollback.FailingPrompts.NEW;
import static io.promptmonitor.jobs.rollback.FailingPrompts.OLD;
import static io.promptmonitor.jobs.rollback.FailingPrompts.START;
import static io.promptmonitor.jobs.rollback.FailingPrompts.demand;
import static io.promptmonitor.jobs.rollback.FailingPrompts.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.PromptTraffic;
import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.jobs.alerts.EscalationClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The protocol as an operator: state, timers, restarts; what it decides is tested in common. */
class RollbackControlTest {

  private static final String P = "checkout";
  private static final EscalationClock LIVE = EscalationClock.PROCESSING_TIME;
  private static final EscalationClock REPLAY = EscalationClock.EVENT_TIME;

  private FailingPrompts prompts = new FailingPrompts(P);

  private RollbackControlHarness opened(EscalationClock clock) throws Exception {
    return opened(clock, AlertingConfig.defaults());
  }

  private RollbackControlHarness opened(EscalationClock clock, AlertingConfig alerting)
      throws Exception {
    RollbackControlHarness harness = new RollbackControlHarness(prompts, alerting, clock, 1, 0);
    harness.setProcessingTime(START);
    harness.open();
    harness.signals(prompts.signalsAfter(0));
    harness.signal(RegistrySignal.CAUGHT_UP);
    return harness;
  }

  private RollbackControlHarness restored(
      EscalationClock clock, OperatorSubtaskState state, long time) throws Exception {
    return restored(clock, AlertingConfig.defaults(), state, time);
  }

  private RollbackControlHarness restored(
      EscalationClock clock, AlertingConfig alerting, OperatorSubtaskState state, long time)
      throws Exception {
    RollbackControlHarness harness = new RollbackControlHarness(prompts, alerting, clock, 1, 0);
    harness.setProcessingTime(time);
    harness.initializeState(state);
    harness.open();
    return harness;
  }

  /** All clocks come to a minute. */
  private void minute(RollbackControlHarness harness, double minute) throws Exception {
    long time = START + (long) (minute * MINUTE);
    prompts.time(time);
    harness.setProcessingTime(time);
    harness.eventTime(time);
  }

  /** Ten minutes of the new version, half of which fail from the fifth on. */
  private void incident(RollbackControlHarness harness) throws Exception {
    harness.input(window(P, OLD, WindowSize.ONE_HOUR, START - 60 * MINUTE, 1_200, 12));
    for (int minute = 0; minute < 10; minute++) {
      harness.input(
          window(P, NEW, WindowSize.ONE_MINUTE, START + minute * MINUTE, 20, minute < 5 ? 0 : 10));
    }
    minute(harness, 10);
  }

  private void demandAt(RollbackControlHarness harness, int minute) throws Exception {
    harness.input(demand(P, NEW, START + 5 * MINUTE, START + minute * MINUTE));
  }

  /** Minutes of the old version after it is active prompts. */
  private void recovery(RollbackControlHarness harness, int from, int to) throws Exception {
    for (int minute = from; minute < to; minute++) {
      harness.input(window(P, OLD, WindowSize.ONE_MINUTE, START + minute * MINUTE, 20, 0));
    }
  }

  private long lastEvent() {
    List<RegistrySignal> all = prompts.signalsAfter(0);
    return all.get(all.size() - 1).change().event().eventId();
  }

  private static void assertAllSteps(RollbackRecord record) {
    assertThat(record.steps()).extracting(StepResult::step).isEqualTo(RollbackStep.AUTOMATIC);
    assertThat(record.steps()).extracting(StepResult::status).containsOnly(StepResult.Status.DONE);
  }

  /** Nothing is left but the windows of a prompt, and no timer. */
  private static void assertNothingGoesOn(RollbackControlHarness harness) {
    assertThat(harness.numKeyedStateEntries()).as("traffic alone").isEqualTo(1);
    assertThat(harness.timersLeft()).isZero();
  }

  // Live

  @Test
  void aVersionIsSwitchedAtOnceAndWatchedUntilEventTimeHasPassed() throws Exception {
    try (RollbackControlHarness harness = opened(LIVE)) {
      incident(harness);
      assertNothingGoesOn(harness);
      // Live, nobody waits for the watermark.
      demandAt(harness, 11);
      assertThat(prompts.active(P)).isEqualTo(OLD);
      assertThat(harness.records()).hasSize(1);
      assertThat(harness.last().watchUntil()).isEqualTo(Instant.ofEpochMilli(START + 26 * MINUTE));
      assertThat(harness.told()).containsExactly("FIRING Automatic rollback checkout@2.0.0");
      assertThat(harness.numEventTimeTimers()).isEqualTo(1);
      assertThat(harness.numProcessingTimeTimers()).isEqualTo(1);

      harness.signals(prompts.signalsAfter(lastEvent() - 1));
      recovery(harness, 11, 26);
      harness.eventTime(START + 26 * MINUTE - 1);
      assertThat(harness.records()).hasSize(1);
      harness.eventTime(START + 26 * MINUTE);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
      assertThat(harness.last().analysis()).isNotNull();
      assertAllSteps(harness.last());
      assertThat(harness.told())
          .containsExactly(
              "FIRING Automatic rollback checkout@2.0.0",
              "RESOLVED Automatic rollback checkout@2.0.0 CONDITION");
      assertNothingGoesOn(harness);
    }
  }

  @Test
  void theMachinesClockEndsTheWatchIfEventTimeStandsStill() throws Exception {
    try (RollbackControlHarness harness = opened(LIVE)) {
      incident(harness);
      demandAt(harness, 10);
      harness.signals(prompts.signalsAfter(lastEvent() - 1));
      long deadline = START + 26 * MINUTE + 45_000;
      harness.setProcessingTime(deadline - 1);
      assertThat(harness.records()).hasSize(1);
      harness.setProcessingTime(deadline);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
      assertThat(harness.told()).endsWith("RESOLVED Automatic rollback checkout@2.0.0 NO_DATA");
      assertNothingGoesOn(harness);
    }
  }

  @Test
  void aRegistryThatIsAwayIsAskedAgainWithTheNextDemand() throws Exception {
    try (RollbackControlHarness harness = opened(LIVE)) {
      incident(harness);
      prompts.away = new RegistryException(RegistryException.Reason.UNAVAILABLE, "away");
      demandAt(harness, 10);
      assertThat(harness.records()).isEmpty();
      assertThat(harness.numEventTimeTimers()).as("forgets the trigger").isEqualTo(1);
      prompts.away = null;
      harness.input(demand(P, NEW, START + 5 * MINUTE, START + 10 * MINUTE + 10_000));
      assertThat(prompts.active(P)).isEqualTo(OLD);
      assertThat(prompts.switches(P)).isEqualTo(1);
    }
  }

  @Test
  void aTriggerThatSaysNothingAnyMoreIsForgotten() throws Exception {
    try (RollbackControlHarness harness = opened(LIVE)) {
      incident(harness);
      prompts.away = new RegistryException(RegistryException.Reason.UNAVAILABLE, "away");
      demandAt(harness, 10);
      assertThat(harness.numKeyedStateEntries()).isEqualTo(3);
      minute(harness, 24.9);
      assertThat(harness.timersLeft()).isEqualTo(1);
      minute(harness, 25);
      assertNothingGoesOn(harness);
    }
  }

  @Test
  void anOperatorsRollbackIsWatchedAsSoonAsTheRegistryTellsOfIt() throws Exception {
    try (RollbackControlHarness harness = opened(LIVE)) {
      incident(harness);
      prompts.registry.rollback(P, null, "customers complain");
      List<RegistrySignal> news = prompts.signalsAfter(lastEvent() - 1);
      prompts.away = new RegistryException(RegistryException.Reason.UNAVAILABLE, "away");
      harness.signals(news);
      assertThat(harness.records()).isEmpty();
      assertThat(harness.numProcessingTimeTimers()).as("tries again").isEqualTo(1);
      prompts.away = null;
      harness.setProcessingTime(START + 10 * MINUTE + 5_000);
      assertThat(harness.last().kind()).isEqualTo(RollbackRecord.Kind.MANUAL);
      assertThat(harness.told()).containsExactly("FIRING Manual rollback checkout@2.0.0");

      recovery(harness, 10, 25);
      minute(harness, 25);
      assertThat(harness.records()).hasSize(2);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
      assertThat(harness.last().steps())
          .extracting(StepResult::step)
          .endsWith(RollbackStep.MONITOR, RollbackStep.DOCUMENT);
      assertNothingGoesOn(harness);
    }
  }

  // A replay

  @Test
  void inAReplayADemandWaitsForTheWatermark() throws Exception {
    try (RollbackControlHarness harness = opened(REPLAY)) {
      demandAt(harness, 10);
      demandAt(harness, 11);
      // Windows up to the first demand may still come.
      incident(harness);
      assertThat(harness.records()).as("once event time is there").hasSize(1);
      assertThat(harness.last().triggeredAt()).isEqualTo(Instant.ofEpochMilli(START + 10 * MINUTE));
      assertThat(harness.last().snapshot().windows()).hasSize(11);
      assertThat(prompts.active(P)).isEqualTo(OLD);
      recovery(harness, 10, 25);
      harness.eventTime(START + 25 * MINUTE);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
      assertThat(harness.last().switchedAt()).isEqualTo(harness.records().get(0).switchedAt());
      assertThat(harness.numProcessingTimeTimers()).isZero();
      harness.signals(prompts.signalsAfter(lastEvent() - 1));
      minute(harness, 26);
      assertNothingGoesOn(harness);
    }
  }

  @Test
  void theEndOfAReplayDoesWhatWasDemandedAndJudgesByWhatCame() throws Exception {
    try (RollbackControlHarness harness = opened(REPLAY)) {
      incident(harness);
      recovery(harness, 10, 14);
      demandAt(harness, 10);
      demandAt(harness, 11);
      harness.processWatermark1(Watermark.MAX_WATERMARK);
      assertThat(harness.records()).isEmpty();
      harness.endInput1();
      assertThat(harness.records()).hasSize(2);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
      assertAllSteps(harness.last());
      assertThat(prompts.switches(P)).isEqualTo(1);
      assertThat(harness.timersLeft()).isZero();
    }
  }

  @Test
  void theEndOfAReplayWaitsForTheRegistry() throws Exception {
    try (RollbackControlHarness harness =
        new RollbackControlHarness(prompts, AlertingConfig.defaults(), REPLAY, 1, 0)) {
      harness.open();
      prompts.time(START + 10 * MINUTE);
      demandAt(harness, 10);
      harness.input(window(P, NEW, WindowSize.ONE_MINUTE, START + 9 * MINUTE, 20, 10));
      harness.input(window(P, NEW, WindowSize.ONE_MINUTE, START + 5 * MINUTE, 20, 10));
      harness.processWatermark1(Watermark.MAX_WATERMARK);
      harness.endInput1();
      harness.signals(prompts.signalsAfter(0));
      assertThat(harness.records()).isEmpty();
      harness.signal(RegistrySignal.CAUGHT_UP);
      assertThat(harness.records()).hasSize(2);
      assertThat(harness.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    }
  }

  // Restarts

  @Test
  void whatIsSentAgainAfterARestartIsNotTakenAgain() throws Exception {
    for (EscalationClock clock : EscalationClock.values()) {
      prompts = new FailingPrompts(P);
      OperatorSubtaskState state;
      try (RollbackControlHarness harness = opened(clock)) {
        incident(harness);
        demandAt(harness, 10);
        minute(harness, 12);
        assertThat(harness.records()).hasSize(1);
        state = harness.snapshot(1, 1);
      }
      try (RollbackControlHarness harness = restored(clock, state, START + 12 * MINUTE)) {
        assertThat(harness.timersLeft()).isEqualTo(clock == LIVE ? 2 : 1);
        harness.signals(prompts.signalsAfter(0));
        harness.signal(RegistrySignal.CAUGHT_UP);
        demandAt(harness, 11);
        recovery(harness, 10, 25);
        minute(harness, 24.9);
        assertThat(harness.records()).as("nothing new").isEmpty();
        assertThat(harness.told()).isEmpty();
        minute(harness, 25);
        assertThat(harness.records()).hasSize(1);
        assertAllSteps(harness.last());
        assertThat(harness.told())
            .containsExactly("RESOLVED Automatic rollback checkout@2.0.0 CONDITION");
        assertThat(prompts.switches(P)).isEqualTo(1);
        assertNothingGoesOn(harness);
      }
    }
  }

  /**
   * The switch is in no checkpoint: the job learns of it from the registry, or demands it prompts.
   */
  @Test
  void aSwitchThatARunDidNotLiveToKnowIsTakenUpOnce() throws Exception {
    for (EscalationClock clock : EscalationClock.values()) {
      for (boolean heardFirst : new boolean[] {true, false}) {
        prompts = new FailingPrompts(P);
        OperatorSubtaskState state;
        RollbackRecord first;
        try (RollbackControlHarness harness = opened(clock)) {
          incident(harness);
          state = harness.snapshot(1, 1);
          demandAt(harness, 10);
          minute(harness, 10.1);
          first = harness.last();
        }
        try (RollbackControlHarness harness = restored(clock, state, START + 11 * MINUTE)) {
          prompts.time(START + 11 * MINUTE);
          harness.eventTime(START + 10 * MINUTE - 1);
          if (heardFirst) {
            harness.signals(prompts.signalsAfter(0));
          }
          demandAt(harness, 10);
          harness.eventTime(START + 10 * MINUTE);
          if (!heardFirst) {
            harness.signals(prompts.signalsAfter(0));
          }
          harness.signal(RegistrySignal.CAUGHT_UP);
          String as = clock + (heardFirst ? ", heard first" : ", demanded first");
          assertThat(harness.records()).as(as).hasSize(1);
          assertThat(harness.last().rollbackId()).isEqualTo(first.rollbackId());
          assertThat(harness.last().registryEventId()).isEqualTo(first.registryEventId());
          assertThat(harness.last().watchUntil()).as(as).isEqualTo(first.watchUntil());
          assertThat(harness.told())
              .as(as)
              .containsExactly("FIRING Automatic rollback checkout@2.0.0");
          recovery(harness, 10, 25);
          minute(harness, 25);
          assertThat(harness.records()).as(as).hasSize(2);
          assertAllSteps(harness.last());
          assertThat(prompts.switches(P)).as(as).isEqualTo(1);
          assertNothingGoesOn(harness);
        }
      }
    }
  }

  @Test
  void aCommandThatIsSentAgainAfterARestartDoesNothing() throws Exception {
    AlertingConfig defaults = AlertingConfig.defaults();
    AutoRollback usual = defaults.autoRollback();
    AlertingConfig once =
        new AlertingConfig(
            defaults.alertRules(),
            defaults.escalation(),
            new AutoRollback(
                true,
                usual.triggers(),
                usual.minConfidence(),
                usual.evidence(),
                Duration.ofMinutes(15),
                1));
    RegistrySignal cleared =
        new RegistrySignal(
            OperatorCommand.rollbacksCleared(
                1, Instant.ofEpochMilli(START), "ann", P, "looked at"));
    String firing = "FIRING Manual intervention required checkout@";
    OperatorSubtaskState state;
    try (RollbackControlHarness harness = opened(LIVE, once)) {
      incident(harness);
      demandAt(harness, 10);
      for (int version = 3; version <= 4; version++) {
        int deployed = version * 20;
        minute(harness, deployed);
        prompts.deploy(P, version + ".0.0");
        harness.signals(prompts.signalsAfter(lastEvent() - 4));
        minute(harness, deployed + 2);
        demandOf(harness, version + ".0.0", deployed + 2);
        assertThat(harness.last().refusal()).isEqualTo(Refusal.MANUAL_INTERVENTION_REQUIRED);
        assertThat(harness.told()).endsWith(firing + version + ".0.0");
        if (version == 3) {
          prompts.clear(P);
          harness.signal(cleared);
          assertThat(harness.told())
              .endsWith("RESOLVED Manual intervention required checkout@3.0.0 CONDITION");
          minute(harness, deployed + 3);
          demandOf(harness, "3.0.0", deployed + 3);
          assertThat(prompts.active(P)).isEqualTo(OLD);
        }
      }
      state = harness.snapshot(1, 1);
    }
    try (RollbackControlHarness harness = restored(LIVE, once, state, START + 82 * MINUTE)) {
      harness.signal(cleared);
      demandOf(harness, "4.0.0", 82);
      assertThat(harness.told()).isEmpty();
      assertThat(harness.records()).isEmpty();
      assertThat(prompts.active(P)).isEqualTo("4.0.0");
      harness.signal(
          new RegistrySignal(
              OperatorCommand.rollbacksCleared(2, Instant.EPOCH, "ann", P, "again")));
      assertThat(harness.told())
          .containsExactly("RESOLVED Manual intervention required checkout@4.0.0 CONDITION");
    }
  }

  private void demandOf(RollbackControlHarness harness, String version, int minute)
      throws Exception {
    harness.input(demand(P, version, START + minute * MINUTE, START + minute * MINUTE));
  }

  @Test
  void restartsWithMoreAndFewerSubtasksChangeNothing() throws Exception {
    List<String> undisturbed = run(Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertThat(undisturbed).hasSize(4 * PROMPTS.length);
    for (int[] cuts : new int[][] {{9, 10}, {11, 12}, {12, 17}, {14, 24}, {24, 27}}) {
      assertThat(run(cuts[0], cuts[1])).as("cut at %s", cuts).isEqualTo(undisturbed);
    }
  }

  private static final String[] PROMPTS = {"p0", "p1", "p2", "p3", "p4", "p5", "p6"};

  /**
   * All prompts fail one after the other and recover; rescaled from 1 to 2 at one minute, and back
   * at another one. Each time, the registry tells everything prompts.
   */
  private List<String> run(int up, int down) throws Exception {
    prompts = new FailingPrompts(PROMPTS);
    List<String> shown = new ArrayList<>();
    List<RollbackControlHarness> harnesses = new ArrayList<>(List.of(opened(LIVE)));
    long told = lastEvent();
    for (int minute = 1; minute < 35; minute++) {
      long time = START + minute * MINUTE;
      if (minute == up || minute == down) {
        harnesses = rescaled(harnesses, minute == up ? 2 : 1, time - MINUTE, shown);
        told = 0;
      }
      prompts.time(time);
      for (RollbackControlHarness harness : harnesses) {
        harness.setProcessingTime(time);
        harness.signals(prompts.signalsAfter(told));
      }
      told = lastEvent();
      for (int i = 0; i < PROMPTS.length; i++) {
        RollbackControlHarness owner = harnesses.get(owner(PROMPTS[i], harnesses.size()));
        String active = minute <= 10 + i ? NEW : OLD;
        int failures = active.equals(NEW) && minute > 5 ? 10 : 0;
        owner.input(window(PROMPTS[i], active, WindowSize.ONE_MINUTE, time - MINUTE, 20, failures));
        if (minute >= 10 + i && minute < 13 + i) {
          owner.input(demand(PROMPTS[i], NEW, START + 5 * MINUTE, time));
        }
      }
      for (RollbackControlHarness harness : harnesses) {
        harness.eventTime(time);
      }
    }
    for (RollbackControlHarness harness : harnesses) {
      assertThat(harness.timersLeft()).isZero();
      collect(harness, shown);
    }
    for (String promptId : PROMPTS) {
      assertThat(prompts.switches(promptId)).isEqualTo(1);
    }
    return shown.stream().sorted().toList();
  }

  private List<RollbackControlHarness> rescaled(
      List<RollbackControlHarness> before, int parallelism, long time, List<String> shown)
      throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[before.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = before.get(i).snapshot(time, time);
      collect(before.get(i), shown);
    }
    OperatorSubtaskState state = AbstractStreamOperatorTestHarness.repackageState(states);
    List<RollbackControlHarness> after = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      RollbackControlHarness harness =
          new RollbackControlHarness(
              prompts, AlertingConfig.defaults(), LIVE, parallelism, subtask);
      harness.setProcessingTime(time);
      harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              state, RollbackControlHarness.MAX_PARALLELISM, before.size(), parallelism, subtask));
      harness.open();
      after.add(harness);
    }
    return after;
  }

  private static int owner(String promptId, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        promptId, RollbackControlHarness.MAX_PARALLELISM, parallelism);
  }

  private static void collect(RollbackControlHarness harness, List<String> shown) throws Exception {
    harness.records().forEach(record -> shown.add(record.toString()));
    shown.addAll(harness.told());
    harness.close();
  }

  // What is kept

  @Test
  void theTrafficThatIsKeptIsBounded() throws Exception {
    int bound = PromptTraffic.MAX_VERSIONS * (PromptTraffic.MINUTES + 24) + 1;
    try (RollbackControlHarness harness = opened(LIVE)) {
      for (int minute = 0; minute < 30 * 60; minute++) {
        long start = START + minute * MINUTE;
        for (int version = 1; version <= PromptTraffic.MAX_VERSIONS + 2; version++) {
          harness.input(window(P, version + ".0.0", WindowSize.ONE_MINUTE, start, 1, 0));
          if (minute % 60 == 59) {
            harness.input(
                window(P, version + ".0.0", WindowSize.ONE_HOUR, start - 59 * MINUTE, 1, 0));
          }
        }
      }
      assertThat(harness.trafficEntries(P)).isLessThanOrEqualTo(bound);
      assertThat(harness.trafficEntries("another")).isZero();
      assertNothingGoesOn(harness);
    }
  }
}
