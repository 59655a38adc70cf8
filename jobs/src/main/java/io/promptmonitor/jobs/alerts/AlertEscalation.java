package io.promptmonitor.jobs.alerts;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.notifications.Acknowledgement;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.PromptEscalations;
import io.promptmonitor.jobs.keyed.EarlyElements;
import io.promptmonitor.jobs.keyed.KeyedTimer;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.registry.BroadcastSilences;
import io.promptmonitor.jobs.registry.PatientRegistryFollower;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.io.IOException;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Runs the {@link PromptEscalations} of each prompt: what happens to alerts and commands of
 * operators in, notifications and where escalations are out.
 *
 * <p>By event time, events are taken in the order of their times, once the watermark has passed
 * them: those of a prompt's versions come from several subtasks, and a replay is to tell the same
 * every time. By processing time they are taken as they come.
 *
 * <p>Keyed state: {@code escalations}, those of the prompt as bytes, gone when no alert fires and
 * nothing waits; {@code early}, events that the watermark has not passed, by their time; {@code
 * timer}, the one timer of the key, of the clock of escalation. For all keys together: the silences
 * that have not ended, and counters.
 */
public final class AlertEscalation extends PatientRegistryFollower<String, AlertEvent, Notification>
    implements Triggerable<String, VoidNamespace> {

  /** Where escalations are. */
  public static final OutputTag<EscalationRow> ESCALATIONS =
      new OutputTag<>("escalations", RecordTypeInfo.ESCALATION_ROW);

  private static final long serialVersionUID = 1L;

  private static final String STATE = "escalations";
  private static final String EARLY = "early";
  private static final String TIMER = "timer";

  private final AlertingConfig alerting;
  private final GroupingConfig grouping;
  private final EscalationClock clock;

  private transient BroadcastSilences silences;
  private transient ValueState<byte[]> escalations;
  private transient EarlyElements<AlertEvent> early;
  private transient KeyedTimer timer;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient CheckpointedCounters counters;
  private transient Emitter emitter;

  /** The escalation of all prompts' alerts, as the configuration says. */
  public AlertEscalation(AlertingConfig alerting, GroupingConfig grouping, EscalationClock clock) {
    this.alerting = alerting;
    this.grouping = grouping;
    this.clock = clock;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    silences =
        new BroadcastSilences(context.getOperatorStateStore(), clock == EscalationClock.EVENT_TIME);
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    escalations = context.getKeyedStateStore().getState(descriptor());
    early = EarlyElements.of(context.getKeyedStateStore(), EARLY, RecordTypeInfo.ALERT_EVENT);
    timers = getInternalTimerService("escalations", VoidNamespaceSerializer.INSTANCE, this);
    timer =
        clock == EscalationClock.EVENT_TIME
            ? KeyedTimer.ofEventTime(context.getKeyedStateStore(), TIMER, timers)
            : KeyedTimer.ofProcessingTime(context.getKeyedStateStore(), TIMER, timers);
    emitter = new Emitter(counters.counter(JobMetric.NOTIFICATIONS));
  }

  private static ValueStateDescriptor<byte[]> descriptor() {
    return new ValueStateDescriptor<>(STATE, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  @Override
  protected boolean isCaughtUp() {
    return silences.isCaughtUp();
  }

  @Override
  protected void catchUp() throws Exception {
    silences.catchUp();
  }

  @Override
  protected void change(RegistrySignal signal) throws Exception {
    OperatorCommand command = signal.command();
    if (command == null || !silences.apply(command)) {
      return;
    }
    String promptId = command.promptId();
    String alertId = command.alertId();
    if (promptId != null && alertId != null) {
      acknowledge(promptId, new Acknowledgement(alertId, command.actor(), command.comment()));
    } else if (isCaughtUp()) {
      wakeAll();
    }
  }

  private void acknowledge(String promptId, Acknowledgement acknowledgement) throws Exception {
    if (!owns(promptId)) {
      return;
    }
    setCurrentKey(promptId);
    PromptEscalations ofPrompt = load(promptId);
    long now = now();
    emitter.time = now;
    ofPrompt.acknowledge(acknowledgement, now, emitter);
    wake(ofPrompt, now);
    save(ofPrompt);
  }

  /** A silence begins or ends: whoever was muted may not be any more, and the other way round. */
  private void wakeAll() throws Exception {
    for (String promptId : new TreeSet<>(keys(STATE))) {
      setCurrentKey(promptId);
      wake(promptId, now());
    }
  }

  @Override
  protected void process(AlertEvent event) throws Exception {
    if (clock == EscalationClock.EVENT_TIME) {
      early.add(event.time(), event);
      timer.setAtLatest(event.time());
    } else {
      PromptEscalations ofPrompt = load(event.key().promptVersion().promptId());
      long now = now();
      emitter.time = now;
      take(event, ofPrompt, now);
      wake(ofPrompt, now);
      save(ofPrompt);
    }
  }

  private void take(AlertEvent event, PromptEscalations ofPrompt, long now) {
    ofPrompt.take(event, alerting.policy(event.rule().severity()), now, emitter);
  }

  private void wake(String promptId, long now) throws Exception {
    PromptEscalations ofPrompt = load(promptId);
    wake(ofPrompt, now);
    save(ofPrompt);
  }

  private void wake(PromptEscalations ofPrompt, long now) throws Exception {
    emitter.time = now;
    early.take(now).stream()
        .sorted(AlertEvent.BY_RULE)
        .forEach(event -> take(event, ofPrompt, now));
    ofPrompt.wake(silences.at(now), now, emitter);
  }

  private PromptEscalations load(String promptId) throws IOException {
    byte[] bytes = escalations.value();
    return bytes == null
        ? new PromptEscalations(promptId, grouping)
        : PromptEscalations.fromBytes(promptId, grouping, bytes);
  }

  private void save(PromptEscalations ofPrompt) throws Exception {
    if (ofPrompt.isEmpty()) {
      escalations.clear();
    } else {
      escalations.update(ofPrompt.toBytes());
    }
    timer.set(next(ofPrompt));
  }

  private long now() {
    return clock == EscalationClock.EVENT_TIME
        ? timers.currentWatermark()
        : timers.currentProcessingTime();
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> rung) throws Exception {
    timer.rang();
    if (timers.currentWatermark() != Long.MAX_VALUE) {
      wake(rung.getKey(), rung.getTimestamp());
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> rung) throws Exception {
    timer.rang();
    wake(rung.getKey(), Math.max(rung.getTimestamp(), now()));
  }

  /** What happened up to the end is told, and what is still being collected is sent. */
  @Override
  protected void inputEnded() throws Exception {
    Set<String> promptIds = new TreeSet<>(keys(STATE));
    promptIds.addAll(keys(EARLY));
    for (String promptId : promptIds) {
      setCurrentKey(promptId);
      PromptEscalations ofPrompt = load(promptId);
      NavigableSet<Long> times = early.times();
      long last = times.isEmpty() ? Long.MIN_VALUE : times.last();
      for (long next = next(ofPrompt); next <= last; next = next(ofPrompt)) {
        wake(ofPrompt, next);
      }
      ofPrompt.finish(emitter);
      escalations.update(ofPrompt.toBytes());
    }
  }

  private long next(PromptEscalations ofPrompt) throws Exception {
    return Math.min(ofPrompt.wakeUpAt(), early.earliest());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    counters.snapshot();
    super.snapshotState(context);
  }

  /** Sends on what escalations put out. */
  private final class Emitter implements PromptEscalations.Output {
    private final LongCounter notifications;
    private long time;

    Emitter(LongCounter notifications) {
      this.notifications = notifications;
    }

    @Override
    public void notification(Notification notification) {
      notifications.add(1L);
      output.collect(new StreamRecord<>(notification, time));
    }

    @Override
    public void escalation(EscalationRow row) {
      output.collect(ESCALATIONS, new StreamRecord<>(row, time));
    }
  }
}
