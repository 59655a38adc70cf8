package io.promptmonitor.common.alerts;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of an episode that fires, and when: at once, again every {@code repeat_after}, and
 * after {@code escalate_after} also {@code escalate_to}, until the alert is resolved or somebody
 * acknowledges it.
 *
 * <p>While an alert is muted ({@link Muting}), nothing that is due is sent, nor forgotten: once it
 * is not muted any more, what is due is sent, once. Repetitions that were missed, for example
 * because the job was down, are not made up for.
 *
 * <p>Time is an argument; a caller takes the wall clock live, and event time in replays.
 */
public final class Escalation {

  private Escalation() {}

  /**
   * An alert begins to fire. Nothing is sent yet: {@link #step} does.
   *
   * @param policy for the severity of the rule, with the version's own channels
   */
  public static EscalationState begin(EscalationPolicy policy, long now) {
    return new EscalationState(policy, now, AlertState.NEVER, AlertState.NEVER, AlertState.NEVER);
  }

  /** Sends what is due; to be called at the beginning, at the wake-up, and when muting ends. */
  public static EscalationStep step(EscalationState state, boolean muted, long now) {
    if (muted || state.isAcknowledged()) {
      return new EscalationStep(state, List.of(), wakeUpAt(state, muted));
    }
    EscalationState next = state;
    List<EscalationMessage> messages = new ArrayList<>(1);
    long escalationDue = escalationDue(state);
    if (escalationDue <= now) {
      // Also if nobody was told before, because the alert was muted: it says all there is to say.
      add(messages, Reason.ESCALATED, escalatedChannels(state), now, escalationDue);
      next = next.escalated(now);
    } else if (!state.isTold()) {
      add(messages, Reason.FIRING, state.policy().channels(), now, state.since());
      next = next.told(now);
    } else if (repetitionDue(state) <= now) {
      add(messages, Reason.REPEATED, toldChannels(state), now, repetitionDue(state));
      next = next.told(now);
    }
    return new EscalationStep(next, messages, wakeUpAt(next, false));
  }

  /**
   * Somebody takes the alert on: it is neither repeated nor escalated any more. Whoever was told is
   * told so.
   */
  public static EscalationStep acknowledge(EscalationState state, long now) {
    if (state.isAcknowledged()) {
      return new EscalationStep(state, List.of(), Long.MAX_VALUE);
    }
    List<EscalationMessage> messages = new ArrayList<>(1);
    if (state.isTold()) {
      add(messages, Reason.ACKNOWLEDGED, toldChannels(state), now, now);
    }
    return new EscalationStep(state.acknowledged(now), messages, Long.MAX_VALUE);
  }

  /** The alert is resolved: whoever was told that it fires is told so, muted or not. */
  public static EscalationStep resolve(EscalationState state, long now) {
    List<EscalationMessage> messages = new ArrayList<>(1);
    if (state.isTold()) {
      add(messages, Reason.RESOLVED, toldChannels(state), now, now);
    }
    return new EscalationStep(null, messages, Long.MAX_VALUE);
  }

  /**
   * When the next message is due; {@link Long#MAX_VALUE} for never, and while the alert is muted,
   * the end of which the caller has to notice.
   */
  public static long wakeUpAt(EscalationState state, boolean muted) {
    if (muted || state.isAcknowledged()) {
      return Long.MAX_VALUE;
    }
    return state.isTold()
        ? Math.min(repetitionDue(state), escalationDue(state))
        : Math.min(state.since(), escalationDue(state));
  }

  private static long escalationDue(EscalationState state) {
    return state.isEscalated()
        ? Long.MAX_VALUE
        : after(state.since(), state.policy().escalateAfter());
  }

  private static long repetitionDue(EscalationState state) {
    return after(state.toldAt(), state.policy().repeatAfter());
  }

  private static long after(long time, @Nullable Duration duration) {
    return duration == null ? Long.MAX_VALUE : time + duration.toMillis();
  }

  private static List<String> toldChannels(EscalationState state) {
    return state.isEscalated() ? escalatedChannels(state) : state.policy().channels();
  }

  private static List<String> escalatedChannels(EscalationState state) {
    return Stream.concat(
            state.policy().channels().stream(), Stream.ofNullable(state.policy().escalateTo()))
        .distinct()
        .toList();
  }

  private static void add(
      List<EscalationMessage> messages, Reason reason, List<String> channels, long now, long due) {
    if (!channels.isEmpty()) {
      messages.add(new EscalationMessage(reason, channels, now, due));
    }
  }
}
