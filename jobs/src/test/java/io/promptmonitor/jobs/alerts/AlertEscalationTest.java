package io.promptmonitor.jobs.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.DataStatus;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.notifications.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Escalation with the default policies: slack and pagerduty, 15 min, 30 min, on_call_engineer. */
class AlertEscalationTest {

  private static final long MINUTE = 60_000;
  private static final long START = Duration.ofDays(20_458).toMillis();
  private static final int MAX_PARALLELISM = 8;
  private static final GroupingConfig GROUPING =
      new GroupingConfig(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /** The operator with both inputs and the clock in the test's hand. */
  private static final class Harness
      extends KeyedTwoInputStreamOperatorTestHarness<
          String, AlertEvent, RegistrySignal, Notification> {

    private final EscalationClock clock;

    Harness(EscalationClock clock, int parallelism, int subtask) throws Exception {
      super(
          new AlertEscalation(AlertingConfig.defaults(), GROUPING, clock),
          event -> event.key().promptVersion().promptId(),
          null,
          Types.STRING,
          MAX_PARALLELISM,
          parallelism,
          subtask);
      this.clock = clock;
    }

    /** Lets the clock of escalation go on to a time. */
    void time(long time) throws Exception {
      if (clock == EscalationClock.EVENT_TIME) {
        processWatermark1(new Watermark(time));
      } else {
        // A clock goes on second by second, and operators ask it for the time.
        for (long t = Math.max(getProcessingTime(), START); t < time; t += 1_000) {
          setProcessingTime(Math.min(t + 1_000, time));
        }
      }
    }

    void event(AlertEvent event) throws Exception {
      processElement1(event, event.time() - 1);
    }

    void signal(RegistrySignal signal) throws Exception {
      processElement2(new StreamRecord<>(signal));
    }

    List<String> shown() {
      return extractOutputValues().stream().map(AlertEscalationTest::shown).toList();
    }

    List<EscalationRow> rows() {
      return Objects.requireNonNullElse(
              getSideOutput(AlertEscalation.ESCALATIONS),
              new ConcurrentLinkedQueue<StreamRecord<EscalationRow>>())
          .stream()
          .map(StreamRecord::getValue)
          .toList();
    }
  }

  private static Harness opened(EscalationClock clock) throws Exception {
    Harness harness = new Harness(clock, 1, 0);
    harness.open();
    harness.setProcessingTime(START);
    harness.signal(RegistrySignal.CAUGHT_UP);
    return harness;
  }

  private static String shown(Notification notification) {
    return (notification.createdAt().toEpochMilli() - START) / 1000
        + "s "
        + notification.channel()
        + notification.alerts().stream()
            .map(alert -> alert.promptId() + ":" + alert.rule() + " " + alert.reason())
            .toList();
  }

  private static AlertEvent event(
      String prompt, String rule, Severity severity, Change change, long minute) {
    return event(prompt, rule, severity, change, minute, minute);
  }

  private static AlertEvent event(
      String prompt, String rule, Severity severity, Change change, long firing, long minute) {
    boolean fires = change == Change.FIRING;
    return new AlertEvent(
        new AlertKey(new PromptVersionId(prompt, "1.0.0"), rule),
        new RuleSummary(
            RuleKind.ALERT_RULE,
            severity,
            "error_rate > 0.05",
            0,
            List.of(Metric.ERROR_RATE),
            List.of(AlertAction.ALERT),
            null,
            List.of()),
        change,
        Cause.CONDITION,
        START + minute * MINUTE,
        START + firing * MINUTE,
        START + firing * MINUTE,
        fires ? AlertPhase.FIRING : AlertPhase.INACTIVE,
        DataStatus.SUFFICIENT,
        null,
        null,
        List.of());
  }

  private static final AlertEvent FIRING = event("p", "bad", Severity.CRITICAL, Change.FIRING, 0);
  private static final AlertEvent RESOLVED =
      event("p", "bad", Severity.CRITICAL, Change.RESOLVED, 0, 50);

  private static Silence silence(long fromMinute, long toMinute) {
    return new Silence(
        "s1",
        List.of(LabelMatcher.parse("prompt=p")),
        START + fromMinute * MINUTE,
        START + toMinute * MINUTE,
        "ann",
        "maintenance");
  }

  private static Instant minute(long minute) {
    return Instant.ofEpochMilli(START + minute * MINUTE);
  }

  @Test
  void repeatsAndEscalatesUntilItIsResolvedByEitherClock() throws Exception {
    for (EscalationClock clock : EscalationClock.values()) {
      try (Harness harness = opened(clock)) {
        harness.event(FIRING);
        harness.time(START + 50 * MINUTE - 1);
        if (clock == EscalationClock.PROCESSING_TIME) {
          harness.setProcessingTime(START + 50 * MINUTE);
        }
        harness.event(RESOLVED);
        harness.time(START + 60 * MINUTE);
        assertThat(harness.shown())
            .as(clock.name())
            .containsExactly(
                "1s pagerduty[p:bad FIRING]",
                "1s slack[p:bad FIRING]",
                "901s pagerduty[p:bad REPEATED]",
                "901s slack[p:bad REPEATED]",
                "1801s on_call_engineer[p:bad ESCALATED]",
                "1801s pagerduty[p:bad ESCALATED]",
                "1801s slack[p:bad ESCALATED]",
                "2701s on_call_engineer[p:bad REPEATED]",
                "2701s pagerduty[p:bad REPEATED]",
                "2701s slack[p:bad REPEATED]",
                "3001s on_call_engineer[p:bad RESOLVED]",
                "3001s pagerduty[p:bad RESOLVED]",
                "3001s slack[p:bad RESOLVED]");
        assertThat(harness.numKeyedStateEntries()).as(clock.name()).isZero();
        assertThat(harness.numEventTimeTimers() + harness.numProcessingTimeTimers()).isZero();
        EscalationRow last = harness.rows().get(harness.rows().size() - 1);
        assertThat(last.messages()).isEqualTo(5);
        assertThat(last.dueAt()).isNull();
        assertThat(last.endedAt()).isEqualTo(START + 50 * MINUTE);
      }
    }
  }

  @Test
  void anAcknowledgedAlertIsNotRepeated() throws Exception {
    try (Harness harness = opened(EscalationClock.PROCESSING_TIME)) {
      harness.event(FIRING);
      harness.time(START + 10 * MINUTE);
      String alertId = Objects.requireNonNull(FIRING.alertId());
      harness.signal(
          new RegistrySignal(
              OperatorCommand.acknowledged(1, minute(10), "ann", "p", alertId, "on it")));
      harness.time(START + 49 * MINUTE);
      assertThat(harness.shown())
          .containsExactly(
              "1s pagerduty[p:bad FIRING]",
              "1s slack[p:bad FIRING]",
              "601s pagerduty[p:bad ACKNOWLEDGED]",
              "601s slack[p:bad ACKNOWLEDGED]");
      EscalationRow row = harness.rows().get(harness.rows().size() - 1);
      assertThat(row.acknowledgedBy()).isEqualTo("ann");
      assertThat(row.comment()).isEqualTo("on it");
      assertThat(row.dueAt()).isNull();
    }
  }

  @Test
  void whatWasSilencedIsSentOnceWhenTheSilenceIsOver() throws Exception {
    try (Harness harness = opened(EscalationClock.PROCESSING_TIME)) {
      harness.signal(new RegistrySignal(OperatorCommand.silenced(1, minute(0), silence(0, 20))));
      harness.event(FIRING);
      harness.time(START + 19 * MINUTE);
      assertThat(harness.shown()).isEmpty();
      assertThat(harness.rows().get(harness.rows().size() - 1).mutedBy())
          .isEqualTo("silence s1 of ann: maintenance");
      harness.time(START + 21 * MINUTE);
      assertThat(harness.shown())
          .containsExactly("1201s pagerduty[p:bad FIRING]", "1201s slack[p:bad FIRING]");
    }
  }

  @Test
  void aSilenceThatIsEndedEarlyLetsGoAtOnce() throws Exception {
    try (Harness harness = opened(EscalationClock.PROCESSING_TIME)) {
      harness.signal(new RegistrySignal(OperatorCommand.silenced(1, minute(0), silence(0, 600))));
      harness.event(FIRING);
      harness.time(START + 5 * MINUTE);
      harness.signal(new RegistrySignal(OperatorCommand.silenceEnded(2, minute(5), "ann", "s1")));
      harness.time(START + 6 * MINUTE);
      assertThat(harness.shown())
          .containsExactly("301s pagerduty[p:bad FIRING]", "301s slack[p:bad FIRING]");
    }
  }

  @Test
  void aCriticalAlertCoversTheWarningOfTheSameMetric() throws Exception {
    try (Harness harness = opened(EscalationClock.EVENT_TIME)) {
      harness.event(FIRING);
      harness.event(event("p", "mild", Severity.WARNING, Change.FIRING, 1));
      harness.time(START + 14 * MINUTE);
      assertThat(harness.shown())
          .containsExactly("1s pagerduty[p:bad FIRING]", "1s slack[p:bad FIRING]");
      harness.event(event("p", "bad", Severity.CRITICAL, Change.RESOLVED, 0, 14));
      harness.time(START + 15 * MINUTE);
      assertThat(harness.shown())
          .endsWith("841s pagerduty[p:bad RESOLVED]", "841s slack[p:bad RESOLVED, p:mild FIRING]");
    }
  }

  @Test
  void theEndOfAReplaySendsWhatWaits() throws Exception {
    try (Harness harness = opened(EscalationClock.EVENT_TIME)) {
      harness.event(FIRING);
      harness.processWatermark1(Watermark.MAX_WATERMARK);
      assertThat(harness.shown()).isEmpty();
      harness.endInput1();
      assertThat(harness.shown())
          .containsExactly("1s pagerduty[p:bad FIRING]", "1s slack[p:bad FIRING]");
    }
  }

  @Test
  void theEndOfAReplayWaitsForTheRegistry() throws Exception {
    try (Harness harness = new Harness(EscalationClock.EVENT_TIME, 1, 0)) {
      harness.open();
      harness.event(FIRING);
      harness.processWatermark1(Watermark.MAX_WATERMARK);
      harness.endInput1();
      assertThat(harness.shown()).isEmpty();
      harness.signal(RegistrySignal.CAUGHT_UP);
      assertThat(harness.shown())
          .containsExactly("1s pagerduty[p:bad FIRING]", "1s slack[p:bad FIRING]");
    }
  }

  @Test
  void aRestartWithMoreSubtasksChangesNothing() throws Exception {
    List<String> undisturbed = run(Integer.MAX_VALUE);
    assertThat(undisturbed).hasSizeGreaterThan(60);
    for (int cut : new int[] {1, 8, 16, 31, 47}) {
      List<String> disturbed = run(cut);
      List<String> missing = new ArrayList<>(undisturbed);
      disturbed.forEach(missing::remove);
      assertThat(missing).as("missing if cut at minute %s", cut).isEmpty();
      assertThat(disturbed).as("cut at minute %s", cut).hasSameSizeAs(undisturbed);
    }
  }

  /** Seven prompts' alerts fire one after the other, and more; rescaled from 1 to 3 at a minute. */
  private static List<String> run(int cut) throws Exception {
    List<String> shown = new ArrayList<>();
    List<Harness> harnesses = new ArrayList<>(List.of(opened(EscalationClock.PROCESSING_TIME)));
    for (int minute = 0; minute < 60; minute++) {
      if (minute == cut) {
        OperatorSubtaskState state = harnesses.get(0).snapshot(minute, minute);
        collect(harnesses.get(0), shown);
        harnesses.clear();
        for (int subtask = 0; subtask < 3; subtask++) {
          Harness restored = new Harness(EscalationClock.PROCESSING_TIME, 3, subtask);
          restored.setProcessingTime(START + (minute - 1) * MINUTE);
          restored.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, 1, 3, subtask));
          restored.open();
          harnesses.add(restored);
        }
      }
      for (Harness harness : harnesses) {
        harness.time(START + minute * MINUTE);
        if (minute == 5) {
          harness.signal(
              new RegistrySignal(OperatorCommand.silenced(1, minute(5), silence(5, 40))));
        }
        if (minute == 20) {
          AlertEvent acknowledged = event("p3", "bad", Severity.CRITICAL, Change.FIRING, 3);
          harness.signal(
              new RegistrySignal(
                  OperatorCommand.acknowledged(
                      2,
                      minute(20),
                      "ann",
                      "p3",
                      Objects.requireNonNull(acknowledged.alertId()),
                      null)));
        }
      }
      for (int i = 0; i < 7; i++) {
        String prompt = i == 0 ? "p" : "p" + i;
        Harness owner =
            harnesses.get(
                harnesses.size() == 1
                    ? 0
                    : KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        prompt, MAX_PARALLELISM, 3));
        if (minute == i) {
          owner.event(event(prompt, "bad", Severity.CRITICAL, Change.FIRING, i));
          owner.event(event(prompt, "mild", Severity.WARNING, Change.FIRING, i));
        }
        if (minute == 45 + i && i != 5) {
          owner.event(event(prompt, "bad", Severity.CRITICAL, Change.RESOLVED, i, minute));
        }
        // It comes and goes.
        if (i == 5 && minute > 15 && minute < 30) {
          Change change = minute % 2 == 0 ? Change.FIRING : Change.RESOLVED;
          owner.event(
              event(prompt, "flaps", Severity.WARNING, change, minute - minute % 2, minute));
        }
      }
    }
    for (Harness harness : harnesses) {
      harness.time(START + 60 * MINUTE);
      collect(harness, shown);
    }
    return shown.stream().sorted().toList();
  }

  private static void collect(Harness harness, List<String> shown) throws Exception {
    harness
        .extractOutputValues()
        .forEach(n -> shown.add(shown(n) + " " + n.notificationId() + " " + n.alerts()));
    harness.rows().forEach(row -> shown.add(row.toString()));
    harness.close();
  }
}
