package io.promptmonitor.jobs.alerts;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.EvaluatedWindows;
import io.promptmonitor.common.alerts.ExemplarChoice;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.VersionAlerts;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.CountersByValue;
import io.promptmonitor.jobs.metrics.DurationMetric;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.registry.BroadcastRegistry;
import io.promptmonitor.jobs.registry.PatientRegistryFollower;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Runs the {@link VersionAlerts} of each prompt version: evaluations of sliding windows in, what
 * happens to alerts out.
 *
 * <p>Keyed state: {@code alerts}, the version's alerts as bytes, which they give up once nothing is
 * going on and no window holds anything; {@code timer}, the one event-time timer of the key, which
 * may ring too early and is then set again. For all keys together: the registry, {@code rules} (a
 * hash of those of the run before), and counters.
 */
public final class AlertEvaluation
    extends PatientRegistryFollower<PromptVersionId, SlidingWindows, AlertEvent>
    implements Triggerable<PromptVersionId, VoidNamespace> {

  /** What rules with the action {@code auto_rollback} demand, as long as they do. */
  public static final OutputTag<RollbackTrigger> ROLLBACKS =
      new OutputTag<>("rollback-triggers", RecordTypeInfo.ROLLBACK_TRIGGER);

  private static final long serialVersionUID = 1L;

  private static final String STATE = "alerts";

  private static final MapStateDescriptor<String, Long> RULES_HASH =
      new MapStateDescriptor<>("rules", Types.STRING, Types.LONG);

  private static final String HASH = "hash";

  /** The rules of a version take about 10 KB. */
  private static final int MAX_CACHED_VERSIONS = 10_000;

  private final RuleSet ruleSet;
  private final long interval;

  private transient BroadcastRegistry registry;
  private transient ValueState<byte[]> alerts;
  private transient ValueState<Long> timer;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient CheckpointedCounters counters;
  private transient LongCounter evaluations;
  private transient CountersByValue<Change> changes;
  private transient DurationMetric evaluationLag;
  private transient Map<PromptVersionId, RulesOfVersion> rules;

  /**
   * The alerts of all versions.
   *
   * @param interval time between two evaluations of a version that has anything in any window, in
   *     milliseconds
   */
  public AlertEvaluation(RuleSet ruleSet, long interval) {
    this.ruleSet = ruleSet;
    this.interval = interval;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    registry = new BroadcastRegistry(context.getOperatorStateStore());
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    evaluations = counters.counter(JobMetric.RULE_EVALUATIONS);
    changes = counters.counters(JobMetric.ALERTS, List.of(Change.values()), JobMetric::label);
    evaluationLag =
        DurationMetric.register(
            JobMetric.EVALUATION_LAG, JobMetric.EVALUATION_LAG_TOTAL, getMetricGroup());
    JobMetric.REGISTRY_EVENT_ID.gauge(getMetricGroup(), () -> registry.view().lastEventId());
    alerts =
        context
            .getKeyedStateStore()
            .getState(
                new ValueStateDescriptor<>(
                    STATE, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    timer = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("timer", Types.LONG));
    timers = getInternalTimerService("alerts", VoidNamespaceSerializer.INSTANCE, this);
    rules =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<PromptVersionId, RulesOfVersion> eldest) {
            return size() > MAX_CACHED_VERSIONS;
          }
        };
    followRules(context.getOperatorStateStore().getBroadcastState(RULES_HASH));
  }

  /**
   * If the job goes on with other rules, versions without executions have to be looked at as well:
   * their alerts may end or begin.
   */
  private void followRules(BroadcastState<String, Long> kept) throws Exception {
    long hash = ruleSet.contentHash();
    Long before = kept.get(HASH);
    if (before != null && before != hash) {
      Set<PromptVersionId> promptVersions = new HashSet<>(registry.view().versions().keySet());
      promptVersions.addAll(keys(STATE));
      for (PromptVersionId promptVersion : promptVersions) {
        wakeSilent(promptVersion);
      }
    }
    kept.put(HASH, hash);
  }

  @Override
  protected boolean isCaughtUp() {
    return registry.isCaughtUp();
  }

  @Override
  protected void catchUp() throws Exception {
    registry.catchUp();
  }

  @Override
  protected void change(RegistrySignal signal) throws Exception {
    RegistryChange change = signal.change();
    if (change == null || !registry.apply(change)) {
      return;
    }
    RegistryEvent event = change.event();
    changed(event.promptId(), event.versionId());
    changed(event.promptId(), event.fromVersion());
  }

  /** A version without executions is not evaluated by itself: its alerts may end or begin now. */
  private void changed(String promptId, @Nullable SemanticVersion versionId) throws Exception {
    if (versionId == null) {
      return;
    }
    PromptVersionId promptVersion = RegistryView.id(promptId, versionId);
    rules.remove(promptVersion);
    wakeSilent(promptVersion);
  }

  private void wakeSilent(PromptVersionId promptVersion) throws Exception {
    if (!owns(promptVersion)) {
      return;
    }
    setCurrentKey(promptVersion);
    if (alerts.value() != null || rulesOf(promptVersion).watchForSilence()) {
      setTimer(timers.currentWatermark() + 1);
    }
  }

  private RulesOfVersion rulesOf(PromptVersionId promptVersion) {
    return rules.computeIfAbsent(
        promptVersion, id -> RulesOfVersion.of(ruleSet, registry.view().version(id)));
  }

  @Override
  protected void process(SlidingWindows evaluation) throws Exception {
    PromptVersionId promptVersion = evaluation.promptVersion();
    RulesOfVersion ofVersion = rulesOf(promptVersion);
    VersionAlerts current = load(promptVersion);
    evaluations.add((long) ofVersion.rules().size());
    evaluationLag.add(getProcessingTimeService().getCurrentProcessingTime() - evaluation.end());
    emit(
        current.evaluate(
            ofVersion,
            EvaluatedWindows.of(evaluation),
            evaluation.hasExecutions(),
            ExemplarChoice.of(evaluation),
            evaluation.end()),
        evaluation.end());
    for (RollbackTrigger trigger : current.rollbackTriggers()) {
      output.collect(ROLLBACKS, new StreamRecord<>(trigger, evaluation.end() - 1));
    }
    save(current, ofVersion);
  }

  private VersionAlerts load(PromptVersionId promptVersion) throws IOException {
    byte[] bytes = alerts.value();
    return bytes == null
        ? new VersionAlerts(promptVersion)
        : VersionAlerts.fromBytes(promptVersion, bytes);
  }

  private void save(VersionAlerts current, RulesOfVersion ofVersion) throws IOException {
    if (current.isEmpty()) {
      alerts.clear();
    } else if (current.hasChanged()) {
      alerts.update(current.toBytes());
    }
    long wakeUpAt = current.wakeUpAt(ofVersion, interval);
    if (wakeUpAt != Long.MAX_VALUE) {
      setTimer(wakeUpAt);
    }
  }

  /** One timer a key: while an earlier one is set, that one rings and is set again. */
  private void setTimer(long time) throws IOException {
    Long set = timer.value();
    if (set == null || time < set) {
      if (set != null) {
        timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, set);
      }
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, time);
      timer.update(time);
    }
  }

  @Override
  public void onEventTime(InternalTimer<PromptVersionId, VoidNamespace> rung) throws Exception {
    timer.clear();
    long watermark = timers.currentWatermark();
    if (watermark == Long.MAX_VALUE) {
      // The input has ended, and not at a time: what would have happened later does not.
      return;
    }
    PromptVersionId promptVersion = rung.getKey();
    RulesOfVersion ofVersion = rulesOf(promptVersion);
    VersionAlerts current = load(promptVersion);
    // A timer that was set before the first watermark has no time of its own.
    long now = Math.max(rung.getTimestamp(), 0) == 0 ? watermark : rung.getTimestamp();
    emit(current.wake(ofVersion, interval, now), now);
    save(current, ofVersion);
  }

  @Override
  public void onProcessingTime(InternalTimer<PromptVersionId, VoidNamespace> rung) {
    throw new IllegalStateException("no processing-time timer is ever set");
  }

  private void emit(List<AlertEvent> events, long time) {
    for (AlertEvent event : events) {
      changes.add(event.change(), 1);
      output.collect(new StreamRecord<>(event, time - 1));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    counters.snapshot();
    super.snapshotState(context);
  }
}
