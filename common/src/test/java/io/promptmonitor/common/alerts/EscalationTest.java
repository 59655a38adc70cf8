package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EscalationTest {

  private static final long MINUTE = 60_000;

  private static final EscalationPolicy CRITICAL =
      AlertingConfig.defaults().policy(Severity.CRITICAL);
  private static final EscalationPolicy WARNING =
      AlertingConfig.defaults().policy(Severity.WARNING);

  private static String shown(EscalationMessage message) {
    return message.time() / MINUTE + " " + message.reason() + " " + message.channels();
  }

  /** Lets the escalation ring whenever it wants, up to a time. */
  private static List<String> run(EscalationState state, long until) {
    List<String> shown = new ArrayList<>();
    long wakeUpAt = Escalation.wakeUpAt(state, false);
    EscalationState current = state;
    while (wakeUpAt <= until) {
      EscalationStep step = Escalation.step(current, false, wakeUpAt);
      step.messages().forEach(message -> shown.add(shown(message)));
      assertThat(step.wakeUpAt()).isGreaterThan(wakeUpAt);
      wakeUpAt = step.wakeUpAt();
      current = Objects.requireNonNull(step.state());
    }
    return shown;
  }

  @Test
  void critical() {
    assertThat(run(Escalation.begin(CRITICAL, 0), 60 * MINUTE))
        .containsExactly(
            "0 FIRING [slack, pagerduty]",
            "15 REPEATED [slack, pagerduty]",
            "30 ESCALATED [slack, pagerduty, on_call_engineer]",
            "45 REPEATED [slack, pagerduty, on_call_engineer]",
            "60 REPEATED [slack, pagerduty, on_call_engineer]");
  }

  @Test
  void warning() {
    assertThat(run(Escalation.begin(WARNING, 0), 130 * MINUTE))
        .containsExactly("0 FIRING [slack]", "60 REPEATED [slack]", "120 REPEATED [slack]");
  }

  @Test
  void aVersionsOwnChannelsAreToldAsWell() {
    assertThat(run(Escalation.begin(WARNING.with(List.of("slack", "email")), 0), 0))
        .containsExactly("0 FIRING [slack, email]");
  }

  @Test
  void acknowledged() {
    EscalationState told =
        Objects.requireNonNull(Escalation.step(Escalation.begin(CRITICAL, 0), false, 0).state());
    EscalationStep step = Escalation.acknowledge(told, 5 * MINUTE);
    assertThat(step.messages())
        .map(EscalationTest::shown)
        .containsExactly("5 ACKNOWLEDGED [slack, pagerduty]");
    EscalationState acknowledged = Objects.requireNonNull(step.state());
    assertThat(run(acknowledged, 100 * MINUTE)).isEmpty();
    assertThat(Escalation.acknowledge(acknowledged, 6 * MINUTE).messages()).isEmpty();
    assertThat(Escalation.resolve(acknowledged, 7 * MINUTE).messages())
        .map(EscalationTest::shown)
        .containsExactly("7 RESOLVED [slack, pagerduty]");
  }

  @Test
  void resolved() {
    EscalationState begun = Escalation.begin(CRITICAL, 0);
    assertThat(Escalation.resolve(begun, MINUTE).messages()).as("nobody was told").isEmpty();
    EscalationState told = Objects.requireNonNull(Escalation.step(begun, false, 0).state());
    EscalationStep step = Escalation.resolve(told, MINUTE);
    assertThat(step.state()).isNull();
    assertThat(step.wakeUpAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsDueWhileMutedIsSentOnceAfterwards() {
    EscalationState begun = Escalation.begin(CRITICAL, 0);
    EscalationStep muted = Escalation.step(begun, true, 0);
    assertThat(muted.messages()).isEmpty();
    assertThat(muted.wakeUpAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(Escalation.step(begun, false, 20 * MINUTE).messages())
        .map(EscalationTest::shown)
        .containsExactly("20 FIRING [slack, pagerduty]");
    assertThat(Escalation.step(begun, false, 40 * MINUTE).messages())
        .map(EscalationTest::shown)
        .containsExactly("40 ESCALATED [slack, pagerduty, on_call_engineer]");
  }

  @Test
  void missedRepetitionsAreNotMadeUpFor() {
    EscalationState told =
        Objects.requireNonNull(Escalation.step(Escalation.begin(WARNING, 0), false, 0).state());
    EscalationStep late = Escalation.step(told, false, 300 * MINUTE);
    assertThat(late.messages())
        .containsExactly(
            new EscalationMessage(Reason.REPEATED, List.of("slack"), 300 * MINUTE, 60 * MINUTE));
    assertThat(late.wakeUpAt()).isEqualTo(360 * MINUTE);
  }

  @Test
  void bytesStayReadable() {
    EscalationState state =
        new EscalationState(
            CRITICAL, 1_700_000_000_000L, 1_700_000_900_000L, AlertState.NEVER, 1_700_001_000_000L);
    GoldenBytes.assertGolden("escalation", state::write);
    assertThat(GoldenBytes.read(GoldenBytes.golden("escalation"), EscalationState::read))
        .isEqualTo(state);
    EscalationState fresh = Escalation.begin(WARNING, -5);
    assertThat(GoldenBytes.read(GoldenBytes.bytes(fresh::write), EscalationState::read))
        .isEqualTo(fresh);
  }

  @Test
  void policiesThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EscalationPolicy(List.of("a"), null, Duration.ofMinutes(1), null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EscalationPolicy(List.of("a"), Duration.ZERO, null, null));
  }

  /** Whenever it is looked at, whatever is muted: never more often than the policy says. */
  @Property(tries = 300)
  void neverTooOften(@ForAll long seed) {
    Random random = new Random(seed);
    EscalationState state = Escalation.begin(CRITICAL, 0);
    long now = 0;
    long last = Long.MIN_VALUE;
    int escalated = 0;
    for (int i = 0; i < 50; i++) {
      EscalationStep step = Escalation.step(state, random.nextInt(4) == 0, now);
      assertThat(step.messages()).hasSizeLessThanOrEqualTo(1);
      for (EscalationMessage message : step.messages()) {
        assertThat(message.dueAt()).isLessThanOrEqualTo(now);
        if (message.reason() == Reason.ESCALATED) {
          escalated++;
          assertThat(now).isGreaterThanOrEqualTo(30 * MINUTE);
        } else if (last != Long.MIN_VALUE) {
          assertThat(now - last).isGreaterThanOrEqualTo(15 * MINUTE);
        }
        last = now;
      }
      state = Objects.requireNonNull(step.state());
      now += random.nextInt(12) * MINUTE;
    }
    assertThat(escalated).isLessThanOrEqualTo(1);
  }
}
