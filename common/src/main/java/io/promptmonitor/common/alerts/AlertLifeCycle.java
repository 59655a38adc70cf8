package io.promptmonitor.common.alerts;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.NoDataPolicy.Pending;
import io.promptmonitor.common.conditions.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle of an alert: inactive, pending, firing, and resolved, which is inactive again.
 *
 * <p>With data at every evaluation it is that of Prometheus: a condition that holds makes the alert
 * pending, and firing at the first evaluation at which it has held for {@link AlertRule#hold}; one
 * evaluation at which it does not hold cancels a pending alert; a firing one goes on for {@link
 * AlertRule#keepFiringFor} after the first such evaluation and is resolved at the first one from
 * then on, unless the condition holds again.
 *
 * <p>While a rule cannot be decided, a pending alert's clock stands still, from the last evaluation
 * that held until one holds again: for as long as the hold, all pauses of the episode added up;
 * then the alert is cancelled. {@link Pending#CANCEL} cancels it at once. For a firing alert it is
 * as if the condition did not hold.
 *
 * <p>An episode is identified by the time at which its condition began to hold, so that it is the
 * same in a replay.
 */
public final class AlertLifeCycle {

  private AlertLifeCycle() {}

  /**
   * One evaluation.
   *
   * @param state what the last step left, of the same rule and prompt version
   * @param now the time of the evaluation, in milliseconds of event time; after that of the last
   *     one. What comes again, or too late, changes nothing.
   */
  public static AlertStep step(
      AlertState state, VersionRule rule, RuleEvaluation evaluation, long now) {
    Step step = new Step(state, rule, evaluation, now);
    step.take();
    return step.result();
  }

  /**
   * The end of a rule, because it was removed or does not hold for the version any more: a pending
   * alert is cancelled, a firing one resolved. The state is to be dropped.
   */
  public static List<AlertTransition> end(AlertState state, long now) {
    return state.phase() == AlertPhase.INACTIVE
        ? List.of()
        : List.of(ended(state, Cause.RULE_REMOVED, now, state.data(), null));
  }

  /**
   * When a state changes although no evaluation comes any more. The rule is then to be evaluated on
   * {@link EvaluatedWindows#none}, unless there was an evaluation by then: {@link Long#MAX_VALUE}
   * for never. It moves on with most steps; a caller may let an earlier timer ring, ask again and
   * wait for the rest.
   */
  public static long wakeUpAt(AlertState state, AlertRule rule) {
    boolean noDataAlert = rule.kind() == RuleKind.NO_DATA_ALERT;
    return switch (state.phase()) {
      case INACTIVE -> Long.MAX_VALUE;
      case PENDING ->
          noDataAlert
              ? state.episode() + rule.hold().toMillis()
              : state.lastHeld() + rule.hold().toMillis() - state.frozen() + 1;
      case FIRING -> {
        if (state.quietSince() != AlertState.NEVER) {
          yield state.quietSince() + rule.keepFiringFor().toMillis();
        }
        // By then what was seen last has left the window.
        yield noDataAlert ? Long.MAX_VALUE : state.lastHeld() + rule.longestWindow().toMillis() + 1;
      }
    };
  }

  private static AlertTransition ended(
      AlertState state,
      Cause cause,
      long now,
      DataStatus data,
      @Nullable RuleEvaluation evaluation) {
    Change change = state.phase() == AlertPhase.FIRING ? Change.RESOLVED : Change.CANCELLED;
    return new AlertTransition(
        change, cause, now, state.episode(), AlertPhase.INACTIVE, data, evaluation);
  }

  /** One step while it is taken. */
  private static final class Step {

    private final VersionRule versionRule;
    private final AlertRule rule;
    private final RuleEvaluation evaluation;
    private final DataStatus data;
    private final long now;
    private final List<AlertTransition> transitions = new ArrayList<>(0);
    private AlertState state;

    Step(AlertState state, VersionRule rule, RuleEvaluation evaluation, long now) {
      this.state = state;
      this.versionRule = rule;
      this.rule = rule.rule();
      this.evaluation = evaluation;
      this.data = DataStatus.of(evaluation.verdict());
      this.now = now;
    }

    AlertStep result() {
      return new AlertStep(state, transitions, wakeUpAt(state, rule));
    }

    void take() {
      if (state.phase() != AlertPhase.INACTIVE && state.ruleHash() != versionRule.contentHash()) {
        end(Cause.RULE_CHANGED);
      }
      if (state.phase() != AlertPhase.INACTIVE && now <= state.lastHeld()) {
        return;
      }
      DataStatus before = state.data();
      switch (state.phase()) {
        case INACTIVE -> inactive();
        case PENDING -> pending();
        case FIRING -> firing();
      }
      if (data != before && transitions.isEmpty()) {
        add(Change.DATA, causeOfData(), state.phase());
      }
    }

    private void inactive() {
      if (evaluation.verdict() == Verdict.HOLDS) {
        begin();
      } else if (state.data() != data) {
        become(AlertState.inactive(versionRule.contentHash(), data));
      }
    }

    private void begin() {
      boolean fires = rule.hold().isZero();
      become(active(fires ? AlertPhase.FIRING : AlertPhase.PENDING, now, 0, fires ? now : 0));
      add(fires ? Change.FIRING : Change.PENDING, Cause.CONDITION, state.phase());
    }

    private void pending() {
      switch (evaluation.verdict()) {
        case HOLDS -> pendingAndHolds();
        case DOES_NOT_HOLD -> end(Cause.CONDITION);
        default -> pendingAndUnknown();
      }
    }

    private void pendingAndHolds() {
      long hold = rule.hold().toMillis();
      boolean paused = state.data() != DataStatus.SUFFICIENT;
      long frozen = state.frozen() + (paused ? now - state.lastHeld() : 0);
      if (frozen > hold) {
        end(causeOf(state.data()));
        begin();
      } else if (now - state.episode() - frozen >= hold) {
        become(active(AlertPhase.FIRING, state.episode(), frozen, now));
        add(Change.FIRING, Cause.CONDITION, AlertPhase.FIRING);
      } else {
        become(active(AlertPhase.PENDING, state.episode(), frozen, 0));
      }
    }

    private void pendingAndUnknown() {
      long frozen = state.frozen() + now - state.lastHeld();
      if (rule.noData().pending() == Pending.CANCEL || frozen > rule.hold().toMillis()) {
        end(causeOfData());
      } else if (state.data() != data) {
        become(
            new AlertState(
                AlertPhase.PENDING,
                data,
                state.ruleHash(),
                state.episode(),
                state.lastHeld(),
                state.frozen(),
                0,
                AlertState.NEVER));
      }
    }

    private void firing() {
      if (evaluation.verdict() == Verdict.HOLDS) {
        become(active(AlertPhase.FIRING, state.episode(), state.frozen(), state.firingSince()));
        return;
      }
      boolean quiet = state.quietSince() != AlertState.NEVER;
      long quietSince = quiet ? state.quietSince() : now;
      if (now - quietSince >= rule.keepFiringFor().toMillis()) {
        end(data == DataStatus.SUFFICIENT ? Cause.CONDITION : causeOfData());
      } else if (!quiet || state.data() != data) {
        become(
            new AlertState(
                AlertPhase.FIRING,
                data,
                state.ruleHash(),
                state.episode(),
                state.lastHeld(),
                state.frozen(),
                state.firingSince(),
                quietSince));
      }
    }

    /** The state of an alert whose condition holds now. */
    private AlertState active(AlertPhase phase, long episode, long frozen, long firingSince) {
      return new AlertState(
          phase,
          data,
          versionRule.contentHash(),
          episode,
          now,
          frozen,
          firingSince,
          AlertState.NEVER);
    }

    private void end(Cause cause) {
      transitions.add(ended(state, cause, now, data, evaluation));
      become(AlertState.inactive(versionRule.contentHash(), data));
    }

    private void add(Change change, Cause cause, AlertPhase phase) {
      long episode = phase == AlertPhase.INACTIVE ? AlertState.NEVER : state.episode();
      transitions.add(new AlertTransition(change, cause, now, episode, phase, data, evaluation));
    }

    private Cause causeOfData() {
      return causeOf(data);
    }

    private static Cause causeOf(DataStatus data) {
      return switch (data) {
        case SUFFICIENT -> Cause.CONDITION;
        case INSUFFICIENT_DATA -> Cause.INSUFFICIENT_DATA;
        case NO_DATA -> Cause.NO_DATA;
      };
    }

    private void become(AlertState next) {
      state = next;
    }
  }
}
