package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.EvaluatedWindows;
import io.promptmonitor.common.alerts.ExemplarChoice;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.VersionAlerts;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpOutput;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;

/** One version of a prompt in a {@link Replay}: its windows and its alerts. */
final class VersionReplay implements RollUpOutput {

  private final PromptVersionId promptVersion;
  private final Replay replay;
  private final PromptReplay prompt;
  private final RollUp rollUp;
  private final VersionAlerts alerts;
  private RulesOfVersion rules;
  private long wakeUpAt = Long.MAX_VALUE;

  VersionReplay(PromptVersionId promptVersion, Replay replay, PromptReplay prompt) {
    this.promptVersion = promptVersion;
    this.replay = replay;
    this.prompt = prompt;
    this.rollUp =
        RollUp.load(
            replay.plan(), promptVersion, new HeapStore(), replay.scratch(), replay.facts());
    this.alerts = new VersionAlerts(promptVersion);
    this.rules = replay.rulesOf(promptVersion);
  }

  boolean add(PaneUpdate update, long now) {
    return update.isFeedback()
        ? rollUp.addFeedback(update.time(), update.aggregate().quality(), now, this)
        : rollUp.add(update.time(), update.aggregate(), update.exemplars(), now);
  }

  /** Something changed in the registry: alerts may end or begin, also without executions. */
  void changed(long now) {
    rules = replay.rulesOf(promptVersion);
    if (!alerts.isEmpty() || rules.watchForSilence()) {
      wakeUpAt = Math.min(wakeUpAt, now);
    }
  }

  long nextDue() {
    return Math.min(rollUp.nextDue(), wakeUpAt);
  }

  /** Evaluates what is due. */
  void advance(long now) {
    if (rollUp.nextDue() <= now) {
      rollUp.advance(now, this);
    }
  }

  /** Does what time alone brings about. */
  void wake(long now) {
    if (wakeUpAt <= now) {
      prompt.happened(alerts.wake(rules, replay.interval(), now));
      wakeUpAt = alerts.wakeUpAt(rules, replay.interval());
    }
  }

  void finish() {
    rollUp.advance(RollUp.NEVER, this);
  }

  @Override
  public void window(WindowUpdate update) {
    replay.output().window(update);
    prompt.seen(update);
  }

  @Override
  public void sliding(SlidingWindows evaluation) {
    replay.output().evaluation(evaluation, rules);
    prompt.happened(
        alerts.evaluate(
            rules,
            EvaluatedWindows.of(evaluation),
            evaluation.hasExecutions(),
            ExemplarChoice.of(evaluation),
            evaluation.end()));
    prompt.demanded(alerts.rollbackTriggers());
    wakeUpAt = alerts.wakeUpAt(rules, replay.interval());
  }

  @Override
  public void feedbackWithoutExecution(long executionMinute, long count) {
    replay.output().feedbackWithoutExecution(executionMinute, count);
  }
}
