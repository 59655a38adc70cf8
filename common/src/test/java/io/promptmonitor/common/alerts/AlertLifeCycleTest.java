package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A series is a text with a letter a minute: H holds, x does not hold, i insufficient data, - no
 * data.
 */
class AlertLifeCycleTest {

  private static final long MINUTE = 60_000;

  private static Verdict verdict(char letter) {
    return switch (letter) {
      case 'H' -> Verdict.HOLDS;
      case 'x' -> Verdict.DOES_NOT_HOLD;
      case 'i' -> Verdict.INSUFFICIENT_DATA;
      default -> Verdict.NO_DATA;
    };
  }

  private static List<AlertTransition> run(VersionRule rule, String series) {
    List<AlertTransition> transitions = new ArrayList<>();
    AlertState state = AlertState.initial();
    for (int i = 0; i < series.length(); i++) {
      AlertStep step =
          AlertLifeCycle.step(
              state, rule, TestRules.evaluation(verdict(series.charAt(i))), i * MINUTE);
      transitions.addAll(step.transitions());
      state = GoldenBytes.read(GoldenBytes.bytes(step.state()::write), AlertState::read);
      assertThat(state).isEqualTo(step.state());
      assertThat(step.wakeUpAt()).isGreaterThan(i * MINUTE);
    }
    return transitions;
  }

  private static VersionRule rule(String keys) {
    return TestRules.versionRule(TestRules.rule(keys));
  }

  /** Transitions but for changes of the data only, as {@code 2 FIRING}. */
  private static String shown(List<AlertTransition> transitions) {
    return transitions.stream()
        .filter(t -> t.change() != Change.DATA)
        .map(t -> t.time() / MINUTE + " " + t.change())
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # without a hold it fires at once
          for: 0s, keep_firing_for: 0s | xHHx            | 1 FIRING, 3 RESOLVED
          # a hold is over when now - begin >= for
          for: 3m, keep_firing_for: 0s | HHHHx           | 0 PENDING, 3 FIRING, 4 RESOLVED
          for: 3m, keep_firing_for: 0s | HHHx            | 0 PENDING, 3 CANCELLED
          for: 3m, keep_firing_for: 0s | HHxHHHH         | 0 PENDING, 2 CANCELLED, 3 PENDING, 6 FIRING
          # keep firing
          for: 0s, keep_firing_for: 2m | Hxxx            | 0 FIRING, 3 RESOLVED
          for: 0s, keep_firing_for: 2m | HxxHxxx         | 0 FIRING, 6 RESOLVED
          for: 0s                      | Hxxxxxx         | 0 FIRING, 6 RESOLVED
          # missing data is as quiet for a firing alert
          for: 0s, keep_firing_for: 2m | Hxi-x           | 0 FIRING, 3 RESOLVED
          # the clock of a hold stands still: from the last evaluation that held to the next one
          for: 3m, keep_firing_for: 0s | HH-HHH          | 0 PENDING, 5 FIRING
          for: 3m, keep_firing_for: 0s | HHiHHH          | 0 PENDING, 5 FIRING
          for: 3m, keep_firing_for: 0s | HHH--HH         | 0 PENDING, 6 FIRING
          # for as long as the hold at most, all pauses together
          for: 3m, keep_firing_for: 0s | H--HHHH         | 0 PENDING, 6 FIRING
          for: 3m, keep_firing_for: 0s | H---HHHH        | 0 PENDING, 4 CANCELLED, 4 PENDING, 7 FIRING
          for: 3m, keep_firing_for: 0s | H----HHHH       | 0 PENDING, 4 CANCELLED, 5 PENDING, 8 FIRING
          for: 3m, keep_firing_for: 0s | H-H-HHHH        | 0 PENDING, 4 CANCELLED, 4 PENDING, 7 FIRING
          # as Prometheus
          for: 3m, no_data: ok         | HH-HHHH         | 0 PENDING, 2 CANCELLED, 3 PENDING, 6 FIRING
          # not holding counts, whatever was before
          for: 3m, keep_firing_for: 0s | HH-xHH          | 0 PENDING, 3 CANCELLED, 4 PENDING
          """)
  void transitions(String keys, String series, String expected) {
    assertThat(shown(run(rule(keys), series))).isEqualTo(expected);
  }

  @Test
  void whyItEnded() {
    assertThat(run(rule("for: 2m"), "HH----"))
        .last()
        .extracting(AlertTransition::cause)
        .isEqualTo(Cause.NO_DATA);
    assertThat(run(rule("for: 2m"), "HHiiii"))
        .last()
        .extracting(AlertTransition::cause)
        .isEqualTo(Cause.INSUFFICIENT_DATA);
    assertThat(run(rule("keep_firing_for: 0s"), "H-"))
        .last()
        .extracting(AlertTransition::change, AlertTransition::cause, AlertTransition::data)
        .containsExactly(Change.RESOLVED, Cause.NO_DATA, DataStatus.NO_DATA);
  }

  @Test
  void dataIsShown() {
    List<AlertTransition> transitions = run(rule("for: 2m"), "x-iixH-");
    assertThat(transitions)
        .extracting(AlertTransition::change, AlertTransition::data, AlertTransition::phase)
        .map(tuple -> tuple.toList().toString())
        .containsExactly(
            "[DATA, NO_DATA, INACTIVE]",
            "[DATA, INSUFFICIENT_DATA, INACTIVE]",
            "[DATA, SUFFICIENT, INACTIVE]",
            "[PENDING, SUFFICIENT, PENDING]",
            "[DATA, NO_DATA, PENDING]");
    assertThat(transitions.get(0).reason()).isEqualTo("no executions");
  }

  @Test
  void anEpisodeIsIdentifiedByItsBeginning() {
    List<AlertTransition> transitions = run(rule("for: 1m, keep_firing_for: 0s"), "xHHxHHx");
    assertThat(transitions)
        .extracting(AlertTransition::episode)
        .containsExactly(MINUTE, MINUTE, MINUTE, 4 * MINUTE, 4 * MINUTE, 4 * MINUTE);
  }

  @Test
  void aChangedRuleStartsFresh() {
    VersionRule before = rule("for: 5m");
    VersionRule after = rule("for: 6m");
    AlertState pending =
        AlertLifeCycle.step(AlertState.initial(), before, TestRules.evaluation(Verdict.HOLDS), 0)
            .state();
    AlertStep step =
        AlertLifeCycle.step(pending, after, TestRules.evaluation(Verdict.HOLDS), MINUTE);
    assertThat(step.transitions())
        .extracting(AlertTransition::change, AlertTransition::cause)
        .map(tuple -> tuple.toList().toString())
        .containsExactly("[CANCELLED, RULE_CHANGED]", "[PENDING, CONDITION]");
    assertThat(step.state().episode()).isEqualTo(MINUTE);
  }

  @Test
  void aRuleThatIsGone() {
    AlertState firing =
        AlertLifeCycle.step(
                AlertState.initial(), rule("for: 0s"), TestRules.evaluation(Verdict.HOLDS), 0)
            .state();
    assertThat(AlertLifeCycle.end(firing, 5))
        .singleElement()
        .extracting(AlertTransition::change, AlertTransition::cause, AlertTransition::phase)
        .containsExactly(Change.RESOLVED, Cause.RULE_REMOVED, AlertPhase.INACTIVE);
    assertThat(AlertLifeCycle.end(AlertState.initial(), 5)).isEmpty();
  }

  @Test
  void whatComesAgainOrTooLateChangesNothing() {
    VersionRule rule = rule("for: 2m, keep_firing_for: 0s");
    AlertState state =
        AlertLifeCycle.step(
                AlertState.initial(), rule, TestRules.evaluation(Verdict.HOLDS), 10 * MINUTE)
            .state();
    for (long time : List.of(10 * MINUTE, 9 * MINUTE)) {
      AlertStep step =
          AlertLifeCycle.step(state, rule, TestRules.evaluation(Verdict.DOES_NOT_HOLD), time);
      assertThat(step.state()).isSameAs(state);
      assertThat(step.transitions()).isEmpty();
    }
  }

  @Test
  void silenceForGood() {
    // Evaluations stop; the caller wakes the life cycle when it asked for it.
    for (String keys : List.of("for: 0s", "for: 5m", "for: 5m, no_data: ok")) {
      VersionRule rule = rule(keys);
      AlertState state = AlertState.initial();
      AlertStep step = AlertLifeCycle.step(state, rule, TestRules.evaluation(Verdict.HOLDS), 0);
      int rung = 0;
      while (step.wakeUpAt() != Long.MAX_VALUE) {
        step =
            AlertLifeCycle.step(
                step.state(), rule, rule.evaluate(EvaluatedWindows.none()), step.wakeUpAt());
        assertThat(++rung).isLessThan(5);
      }
      assertThat(step.state().phase()).isEqualTo(AlertPhase.INACTIVE);
    }
  }

  @Test
  void noDataAlert() {
    VersionRule rule =
        TestRules.versionRule(TestRules.rule("no_data: {alert_after: 3m}").noDataAlert());
    assertThat(rule.rule().condition()).isEqualTo("no executions for 3m");
    AlertStep step =
        AlertLifeCycle.step(
            AlertState.initial(), rule, rule.evaluate(EvaluatedWindows.none()), MINUTE);
    assertThat(step.state().phase()).isEqualTo(AlertPhase.PENDING);
    // The last of the three minutes that the window of one minute must be empty.
    assertThat(step.wakeUpAt()).isEqualTo(3 * MINUTE);
    step =
        AlertLifeCycle.step(
            step.state(), rule, rule.evaluate(EvaluatedWindows.none()), step.wakeUpAt());
    assertThat(step.state().phase()).isEqualTo(AlertPhase.FIRING);
    assertThat(step.wakeUpAt()).isEqualTo(Long.MAX_VALUE);
    step =
        AlertLifeCycle.step(step.state(), rule, rule.evaluate(length -> metric -> 1), 5 * MINUTE);
    assertThat(step.transitions())
        .extracting(AlertTransition::change)
        .containsExactly(Change.RESOLVED);
  }

  @Test
  void nothingHappeningIsTheSameObject() {
    VersionRule rule = rule("for: 2m");
    AlertStep step =
        AlertLifeCycle.step(
            AlertState.initial(), rule, TestRules.evaluation(Verdict.DOES_NOT_HOLD), 0);
    assertThat(step.state()).isSameAs(AlertState.initial());
  }

  @Test
  void dedupKey() {
    AlertKey key = new AlertKey(new PromptVersionId("checkout", "1.2.0"), "High");
    assertThat(key.dedupKey(1_700_000_000_000L))
        .isEqualTo(key.dedupKey(1_700_000_000_000L))
        .hasSize(35)
        .isNotEqualTo(key.dedupKey(1_700_000_000_001L));
  }

  @Test
  void bytesStayReadable() {
    AlertState firing =
        new AlertState(
            AlertPhase.FIRING,
            DataStatus.NO_DATA,
            0x0123456789abcdefL,
            1_700_000_000_000L,
            1_700_000_300_000L,
            10_000,
            1_700_000_290_000L,
            1_700_000_310_000L);
    AlertState pending =
        new AlertState(
            AlertPhase.PENDING, DataStatus.SUFFICIENT, -1, -5, 7, 0, 0, AlertState.NEVER);
    GoldenBytes.assertGolden("alert-firing", firing::write);
    GoldenBytes.assertGolden("alert-pending", pending::write);
    assertThat(GoldenBytes.hex(AlertState.initial()::write)).isEqualTo("0100000000000000000000");
  }

  /** Prometheus' own words, looking back over the whole series at each evaluation. */
  private static AlertPhase naive(String series, int at, int hold, int keep) {
    AlertPhase phase = AlertPhase.INACTIVE;
    int begin = 0;
    int quiet = -1;
    for (int i = 0; i <= at; i++) {
      boolean holds = series.charAt(i) == 'H';
      if (holds) {
        quiet = -1;
        if (phase == AlertPhase.INACTIVE) {
          phase = AlertPhase.PENDING;
          begin = i;
        }
        if (i - begin >= hold) {
          phase = AlertPhase.FIRING;
        }
      } else if (phase == AlertPhase.FIRING) {
        quiet = quiet < 0 ? i : quiet;
        phase = i - quiet < keep ? AlertPhase.FIRING : AlertPhase.INACTIVE;
        quiet = phase == AlertPhase.FIRING ? quiet : -1;
      } else {
        phase = AlertPhase.INACTIVE;
      }
    }
    return phase;
  }

  @Property(tries = 500)
  void asANaiveOracleSays(@ForAll long seed) {
    Random random = new Random(seed);
    int hold = random.nextInt(6);
    int keep = random.nextInt(6);
    String letters = random.nextBoolean() ? "HHHx" : "HHHHHx-i";
    String series =
        random
            .ints(60, 0, letters.length())
            .mapToObj(i -> String.valueOf(letters.charAt(i)))
            .collect(Collectors.joining());
    VersionRule rule = rule("no_data: ok, for: " + hold + "m, keep_firing_for: " + keep + "m");
    AlertState state = AlertState.initial();
    for (int i = 0; i < series.length(); i++) {
      state =
          AlertLifeCycle.step(
                  state, rule, TestRules.evaluation(verdict(series.charAt(i))), i * MINUTE)
              .state();
      assertThat(state.phase()).as(series + " at " + i).isEqualTo(naive(series, i, hold, keep));
    }
  }

  /** Whatever happens: transitions alternate, and an episode never fires before its time. */
  @Property(tries = 500)
  void everyEpisodeIsOneStory(@ForAll long seed) {
    Random random = new Random(seed);
    int hold = random.nextInt(6);
    String series =
        random
            .ints(80, 0, 8)
            .mapToObj(i -> String.valueOf("HHHHHx-i".charAt(i)))
            .collect(Collectors.joining());
    AlertPhase phase = AlertPhase.INACTIVE;
    for (AlertTransition transition : run(rule("for: " + hold + "m"), series)) {
      switch (transition.change()) {
        case PENDING -> assertThat(phase).isEqualTo(AlertPhase.INACTIVE);
        case FIRING -> {
          assertThat(phase).isEqualTo(hold == 0 ? AlertPhase.INACTIVE : AlertPhase.PENDING);
          int from = (int) (transition.episode() / MINUTE);
          int to = (int) (transition.time() / MINUTE);
          String span = series.substring(from, to + 1);
          assertThat(span).doesNotContain("x").startsWith("H").endsWith("H");
          // Every minute between two evaluations that held counts, and no other does.
          long held = span.chars().filter(c -> c == 'H').count();
          assertThat(to - from).isBetween(hold, 2 * hold);
          assertThat(held).isGreaterThan(hold / 2);
        }
        case RESOLVED -> assertThat(phase).isEqualTo(AlertPhase.FIRING);
        case CANCELLED -> assertThat(phase).isEqualTo(AlertPhase.PENDING);
        case DATA -> assertThat(transition.phase()).isEqualTo(phase);
      }
      phase = transition.phase();
    }
  }
}
