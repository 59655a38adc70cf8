package io.promptmonitor.common.alerts;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.encoding.RecordJson;
import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.PromptVersionId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one prompt version: evaluates its rules, follows each alert through its life cycle,
 * and says what happened. A state machine on event time; not thread-safe.
 *
 * <p>It keeps every rule it has evaluated, because whoever shows where rules are must learn of one
 * that is gone. A version of which nothing is going on, and no window holds anything, is forgotten,
 * and its rules are reported as gone: when it comes back, all of them are reported anew.
 */
public final class VersionAlerts {

  private static final byte FORMAT = 1;
  private static final int MAX_RULES = 100_000;
  private static final int MAX_SUMMARY = 1_000_000;

  /** A rule that was evaluated; the summary is kept while an episode is going on. */
  private record Followed(AlertState state, @Nullable RuleSummary summary) {}

  private final PromptVersionId promptVersion;
  private final Map<String, Followed> followed = new TreeMap<>();
  private long lastEvaluation = AlertState.NEVER;
  private boolean changed;
  private List<RollbackTrigger> rollbackTriggers = List.of();

  /** The alerts of a version of which nothing is known yet. */
  public VersionAlerts(PromptVersionId promptVersion) {
    this.promptVersion = promptVersion;
  }

  /**
   * One evaluation of all rules.
   *
   * @param rules the rules that hold for the version now
   * @param hasExecutions whether any window holds anything, of the rules' or not
   * @param exemplars executions from which evidence is chosen
   * @param now end of the windows
   * @return what happened, in the order of the rules
   */
  public List<AlertEvent> evaluate(
      RulesOfVersion rules,
      EvaluatedWindows windows,
      boolean hasExecutions,
      ExemplarChoice exemplars,
      long now) {
    List<AlertEvent> events = new ArrayList<>(0);
    rollbackTriggers = List.of();
    endOthers(rules, now, events);
    boolean active = false;
    for (int i = 0; i < rules.rules().size(); i++) {
      VersionRule rule = rules.rules().get(i);
      RuleEvaluation evaluation = rule.evaluate(windows);
      step(rule, rules.summaries().get(i), evaluation, exemplars, now, events);
      active |= isActive(rule);
    }
    if (active) {
      lastEvaluation = now;
      changed = true;
    } else if (!hasExecutions) {
      followed.forEach((rule, alert) -> events.add(removed(rule, alert, now)));
      followed.clear();
      lastEvaluation = AlertState.NEVER;
      changed = true;
    }
    return events;
  }

  /**
   * What time alone brings about: the rules see empty windows, if there are none because the
   * version has had no executions for long, or ever.
   *
   * @param interval time between two evaluations while there is anything in any window
   */
  public List<AlertEvent> wake(RulesOfVersion rules, long interval, long now) {
    rollbackTriggers = List.of();
    return isSilent(rules, interval, now)
        ? evaluate(rules, EvaluatedWindows.none(), false, ExemplarChoice.none(), now)
        : List.of();
  }

  private boolean isSilent(RulesOfVersion rules, long interval, long now) {
    if (followed.isEmpty()) {
      // There may be nothing to tell of a version that nobody has seen.
      return rules.watchForSilence();
    }
    boolean active =
        followed.values().stream().anyMatch(alert -> alert.state.phase() != AlertPhase.INACTIVE);
    // What is followed although nothing is going on is being evaluated.
    return active && now - lastEvaluation >= 2 * interval;
  }

  /** When {@link #wake} is to be called; {@link Long#MAX_VALUE} for never. */
  public long wakeUpAt(RulesOfVersion rules, long interval) {
    long earliest = Long.MAX_VALUE;
    for (Map.Entry<String, Followed> entry : followed.entrySet()) {
      AlertState state = entry.getValue().state;
      if (state.phase() != AlertPhase.INACTIVE) {
        VersionRule rule = rules.named(entry.getKey());
        // Of a rule that is gone, or not what it was, the alert has to end as soon as can be.
        long due =
            rule == null || rule.contentHash() != state.ruleHash()
                ? lastEvaluation
                : AlertLifeCycle.wakeUpAt(state, rule.rule());
        earliest = Math.min(earliest, due);
      }
    }
    return earliest == Long.MAX_VALUE
        ? earliest
        : Math.max(earliest, lastEvaluation + 2 * interval);
  }

  private void step(
      VersionRule rule,
      RuleSummary summary,
      RuleEvaluation evaluation,
      ExemplarChoice exemplars,
      long now,
      List<AlertEvent> events) {
    String name = rule.rule().name();
    Followed before = followed.get(name);
    AlertState state = before == null ? AlertState.initial() : before.state;
    AlertStep step = AlertLifeCycle.step(state, rule, evaluation, now);
    RuleSummary earlier = before == null ? null : before.summary;
    for (AlertTransition transition : step.transitions()) {
      RuleSummary told =
          transition.cause() == Cause.RULE_CHANGED && earlier != null ? earlier : summary;
      events.add(event(name, told, transition, step, state, exemplars));
    }
    if (before == null && step.transitions().isEmpty()) {
      events.add(status(name, summary, step.state(), evaluation, now));
    }
    if (before == null || !step.state().equals(state)) {
      boolean active = step.state().phase() != AlertPhase.INACTIVE;
      followed.put(name, new Followed(step.state(), active ? summary : null));
      changed = true;
    }
    if (summary.actions().contains(AlertAction.AUTO_ROLLBACK) && step.state().holdsAt(now)) {
      AlertKey key = new AlertKey(promptVersion, name);
      demand(RollbackTrigger.of(key, summary, step.state(), evaluation, exemplars, now));
    }
  }

  /** What rules demanded of the rollback protocol at the last evaluation, in their order. */
  public List<RollbackTrigger> rollbackTriggers() {
    return rollbackTriggers;
  }

  private void demand(RollbackTrigger trigger) {
    if (rollbackTriggers.isEmpty()) {
      rollbackTriggers = new ArrayList<>(1);
    }
    rollbackTriggers.add(trigger);
  }

  private AlertEvent event(
      String rule,
      RuleSummary summary,
      AlertTransition transition,
      AlertStep step,
      AlertState before,
      ExemplarChoice exemplars) {
    boolean fires = transition.change() == Change.FIRING;
    boolean fired = before.phase() == AlertPhase.FIRING && before.episode() == transition.episode();
    long firingSince =
        fires ? step.state().firingSince() : fired ? before.firingSince() : AlertState.NEVER;
    RuleEvaluation evaluation = transition.evaluation();
    AlertReading reading = evaluation == null ? null : AlertReading.of(evaluation);
    return new AlertEvent(
        new AlertKey(promptVersion, rule),
        summary,
        transition.change(),
        transition.cause(),
        transition.time(),
        transition.episode(),
        firingSince,
        transition.phase(),
        transition.data(),
        transition.reason(),
        reading,
        fires ? exemplars.about(reading, transition.time()) : List.of());
  }

  /** Where a rule is that is evaluated for the first time. */
  private AlertEvent status(
      String rule, RuleSummary summary, AlertState state, RuleEvaluation evaluation, long now) {
    return new AlertEvent(
        new AlertKey(promptVersion, rule),
        summary,
        Change.DATA,
        Cause.CONDITION,
        now,
        AlertState.NEVER,
        AlertState.NEVER,
        state.phase(),
        state.data(),
        null,
        AlertReading.of(evaluation),
        List.of());
  }

  /** Ends the alerts of rules that do not hold for the version any more. */
  private void endOthers(RulesOfVersion rules, long now, List<AlertEvent> events) {
    Iterator<Map.Entry<String, Followed>> entries = followed.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Followed> entry = entries.next();
      if (rules.named(entry.getKey()) == null) {
        events.add(removed(entry.getKey(), entry.getValue(), now));
        entries.remove();
        changed = true;
      }
    }
  }

  private AlertEvent removed(String rule, Followed alert, long now) {
    AlertState state = alert.state;
    List<AlertTransition> ended = AlertLifeCycle.end(state, now);
    return new AlertEvent(
        new AlertKey(promptVersion, rule),
        alert.summary == null ? UNKNOWN : alert.summary,
        ended.isEmpty() ? Change.DATA : ended.get(0).change(),
        Cause.RULE_REMOVED,
        now,
        ended.isEmpty() ? AlertState.NEVER : state.episode(),
        state.phase() == AlertPhase.FIRING ? state.firingSince() : AlertState.NEVER,
        AlertPhase.INACTIVE,
        state.data(),
        null,
        null,
        List.of());
  }

  /** Of a rule without an episode that is gone: all that is left to say is that it is. */
  private static final RuleSummary UNKNOWN =
      new RuleSummary(
          RuleKind.ALERT_RULE, Severity.WARNING, "", 0, List.of(), List.of(), null, List.of());

  private boolean isActive(VersionRule rule) {
    Followed alert = followed.get(rule.rule().name());
    return alert != null && alert.state.phase() != AlertPhase.INACTIVE;
  }

  /** Whether there is nothing to be kept. */
  public boolean isEmpty() {
    return followed.isEmpty();
  }

  /** Whether anything changed since it was read. */
  public boolean hasChanged() {
    return changed;
  }

  /** What has to be kept, as bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * followed.size() + 16);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeLong(lastEvaluation);
      VarInt.write(out, followed.size());
      for (Map.Entry<String, Followed> entry : followed.entrySet()) {
        out.writeUTF(entry.getKey());
        entry.getValue().state.write(out);
        RuleSummary summary = entry.getValue().summary;
        byte[] json = summary == null ? new byte[0] : RecordJson.write(summary);
        VarInt.write(out, json.length);
        out.write(json);
      }
    } catch (IOException e) {
      throw new IllegalStateException("bytes can always be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException if it is anything else
   */
  public static VersionAlerts fromBytes(PromptVersionId promptVersion, byte[] bytes)
      throws IOException {
    VersionAlerts alerts = new VersionAlerts(promptVersion);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of a version's alerts: " + format);
    }
    alerts.lastEvaluation = in.readLong();
    int size = VarInt.readSize(in, MAX_RULES);
    for (int i = 0; i < size; i++) {
      String name = in.readUTF();
      AlertState state = AlertState.read(in);
      byte[] json = in.readNBytes(VarInt.readSize(in, MAX_SUMMARY));
      RuleSummary summary = json.length == 0 ? null : RecordJson.read(json, RuleSummary.class);
      alerts.followed.put(name, new Followed(state, summary));
    }
    return alerts;
  }
}
