package io.promptmonitor.jobs.rollback;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.PromptRollbacks;
import io.promptmonitor.common.rollback.PromptTraffic;
import io.promptmonitor.common.rollback.RollbackContext;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.keyed.EarlyElements;
import io.promptmonitor.jobs.keyed.KeyedTimer;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.CountersByValue;
import io.promptmonitor.jobs.metrics.DurationMetric;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.registry.BroadcastRegistry;
import io.promptmonitor.jobs.registry.PatientRegistryFollower;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
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
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link PromptRollbacks} of each prompt: windows of its versions and demands of rules in,
 * switches in the registry as a deed, rollbacks and what people are told of them out.
 *
 * <p>The registry is asked from the task's own thread: a rollback is rare, everything that follows
 * depends on the answer, and each call ends within seconds, whether or not the registry is there.
 * Live, a demand is taken as it comes; in a replay once the watermark has passed it, so that the
 * snapshot is the same every time.
 *
 * <p>Keyed state: {@code protocol}, where the prompt's rollbacks are, gone when nothing is going
 * on; {@code traffic}, what its versions did lately, bounded as {@link PromptTraffic} says; {@code
 * early}, demands of a replay that the watermark has not passed; {@code event-timer} and {@code
 * clock-timer}, one timer of each kind a key. For all keys together: the registry, the last command
 * of operators that was taken, and counters.
 */
public final class RollbackControl
    extends PatientRegistryFollower<String, RollbackInput, RollbackRecord>
    implements Triggerable<String, VoidNamespace> {

  /** What people are told of rollbacks. */
  public static final OutputTag<AlertEvent> ALERTS =
      new OutputTag<>("rollback-alerts", RecordTypeInfo.ALERT_EVENT);

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(RollbackControl.class);

  private static final String PROTOCOL = "protocol";
  private static final String EARLY = "early";
  private static final MapStateDescriptor<String, Long> COMMANDS =
      new MapStateDescriptor<>("commands", Types.STRING, Types.LONG);
  private static final String LAST = "last";

  private static final Comparator<RollbackTrigger> BY_RULE =
      Comparator.<RollbackTrigger, String>comparing(trigger -> trigger.promptVersion().version())
          .thenComparing(RollbackTrigger::rule);

  private final AlertingConfig alerting;
  private final EscalationClock clock;
  private final RollbackRegistryFactory registries;

  private transient @Nullable RollbackRegistry registry;
  private transient BroadcastRegistry versions;
  private transient BroadcastState<String, Long> commands;
  private transient ValueState<String> protocol;
  private transient MapState<String, byte[]> traffic;
  private transient EarlyElements<RollbackTrigger> early;
  private transient KeyedTimer eventTimer;
  private transient KeyedTimer clockTimer;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient CheckpointedCounters counters;
  private transient Emitter emitter;

  /** The last watermark that is a time. */
  private transient long eventTime;

  /** The protocol of all prompts, as the configuration says. */
  public RollbackControl(
      AlertingConfig alerting, EscalationClock clock, RollbackRegistryFactory registries) {
    this.alerting = alerting;
    this.clock = clock;
    this.registries = registries;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    eventTime = Long.MIN_VALUE;
    versions = new BroadcastRegistry(context.getOperatorStateStore());
    commands = context.getOperatorStateStore().getBroadcastState(COMMANDS);
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    protocol =
        context.getKeyedStateStore().getState(new ValueStateDescriptor<>(PROTOCOL, Types.STRING));
    traffic =
        context
            .getKeyedStateStore()
            .getMapState(
                new MapStateDescriptor<>(
                    "traffic",
                    Types.STRING,
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    early = EarlyElements.of(context.getKeyedStateStore(), EARLY, RecordTypeInfo.ROLLBACK_TRIGGER);
    timers = getInternalTimerService("rollbacks", VoidNamespaceSerializer.INSTANCE, this);
    eventTimer = KeyedTimer.ofEventTime(context.getKeyedStateStore(), "event-timer", timers);
    clockTimer = KeyedTimer.ofProcessingTime(context.getKeyedStateStore(), "clock-timer", timers);
    emitter = new Emitter();
    JobMetric.REGISTRY_EVENT_ID.gauge(getMetricGroup(), () -> versions.view().lastEventId());
  }

  @Override
  protected boolean isCaughtUp() {
    return versions.isCaughtUp();
  }

  @Override
  protected void catchUp() throws Exception {
    versions.catchUp();
  }

  @Override
  protected void arrived(Watermark mark) {
    if (mark.getTimestamp() != Long.MAX_VALUE) {
      eventTime = mark.getTimestamp();
    }
  }

  @Override
  protected void change(RegistrySignal signal) throws Exception {
    RegistryChange change = signal.change();
    OperatorCommand command = signal.command();
    if (change != null && versions.apply(change)) {
      String promptId = change.event().promptId();
      if (owns(promptId)) {
        boolean isNew = versions.isCaughtUp();
        setCurrentKey(promptId);
        run(promptId, (rollbacks, now) -> rollbacks.changed(change.event(), isNew, now, emitter));
      }
    } else if (command != null && isNew(command)) {
      String promptId = command.promptId();
      if (command.kind() == OperatorCommand.Kind.ROLLBACKS_CLEARED
          && promptId != null
          && owns(promptId)) {
        setCurrentKey(promptId);
        run(promptId, (rollbacks, now) -> rollbacks.cleared(now, emitter));
      }
    }
  }

  /** Commands are sent again after a restart. */
  private boolean isNew(OperatorCommand command) throws Exception {
    Long last = commands.get(LAST);
    if (last != null && command.commandId() <= last) {
      return false;
    }
    commands.put(LAST, command.commandId());
    return true;
  }

  @Override
  protected void process(RollbackInput input) throws Exception {
    WindowUpdate window = input.window();
    RollbackTrigger trigger = input.trigger();
    if (window != null) {
      new PromptTraffic(new StoredTraffic(traffic)).add(window);
    } else if (trigger != null && clock == EscalationClock.EVENT_TIME) {
      early.add(trigger.time(), trigger);
      eventTimer.setAtLatest(trigger.time());
    } else if (trigger != null) {
      run(input.promptId(), (rollbacks, now) -> rollbacks.take(trigger, now, emitter));
    }
  }

  /** A step of the protocol. */
  private interface Step {
    void with(PromptRollbacks rollbacks, RollbackContext now);
  }

  /** Takes a step under the current key, and keeps what comes of it. */
  private void run(String promptId, Step step) throws Exception {
    run(promptId, step, eventTime);
  }

  private void run(String promptId, Step step, long time) throws Exception {
    RollbackContext now =
        new RollbackContext(
            versions.view(),
            registry(),
            new PromptTraffic(new StoredTraffic(traffic)),
            time,
            () -> Instant.ofEpochMilli(timers.currentProcessingTime()),
            clock == EscalationClock.PROCESSING_TIME);
    PromptRollbacks rollbacks = load(promptId);
    emitter.time = time;
    step.with(rollbacks, now);
    rollbacks.forgetKnown(now);
    if (rollbacks.isEmpty()) {
      protocol.clear();
    } else {
      protocol.update(rollbacks.toJson());
    }
    eventTimer.set(Math.min(rollbacks.wakeUpAt(), early.earliest()));
    if (clock == EscalationClock.PROCESSING_TIME) {
      clockTimer.set(rollbacks.wakeUpAtWallClock());
    }
  }

  private PromptRollbacks load(String promptId) throws IOException {
    EscalationPolicy critical = alerting.policy(Severity.CRITICAL);
    String escalateTo = critical.escalateTo();
    List<String> channels = escalateTo == null ? List.of() : List.of(escalateTo);
    String json = protocol.value();
    return json == null
        ? new PromptRollbacks(promptId, alerting.autoRollback(), channels)
        : PromptRollbacks.fromJson(promptId, alerting.autoRollback(), channels, json);
  }

  private RollbackRegistry registry() {
    RollbackRegistry open = registry;
    if (open == null) {
      open = registries.open();
      registry = open;
    }
    return open;
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> rung) throws Exception {
    eventTimer.rang();
    if (timers.currentWatermark() != Long.MAX_VALUE) {
      wake(rung.getKey(), rung.getTimestamp());
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> rung) throws Exception {
    clockTimer.rang();
    run(rung.getKey(), (rollbacks, now) -> rollbacks.wake(now, emitter));
  }

  private void wake(String promptId, long time) throws Exception {
    List<RollbackTrigger> demands = early.take(time);
    run(
        promptId,
        (rollbacks, now) -> {
          demands.stream().sorted(BY_RULE).forEach(t -> rollbacks.take(t, now, emitter));
          rollbacks.wake(now, emitter);
        },
        time);
  }

  /** What was demanded up to the end is done, and what is being watched is judged by what came. */
  @Override
  protected void inputEnded() throws Exception {
    Set<String> promptIds = new TreeSet<>(keys(PROTOCOL));
    promptIds.addAll(keys(EARLY));
    for (String promptId : promptIds) {
      setCurrentKey(promptId);
      for (long time : early.times()) {
        wake(promptId, time);
      }
      run(promptId, (rollbacks, now) -> rollbacks.finish(now, emitter));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    counters.snapshot();
    super.snapshotState(context);
  }

  @Override
  public void close() throws Exception {
    if (registry instanceof AutoCloseable open) {
      open.close();
    }
    super.close();
  }

  /** Sends on what the protocol puts out. */
  private final class Emitter implements PromptRollbacks.Output {
    private final CountersByValue<RollbackRecord.Status> rollbacks =
        counters.counters(
            JobMetric.ROLLBACKS,
            List.of(RollbackRecord.Status.values()),
            RollbackRecord.Status::label);
    private final CountersByValue<Change> alerts =
        counters.counters(JobMetric.ALERTS, List.of(Change.values()), JobMetric::label);
    private final LongCounter retries = counters.counter(JobMetric.ROLLBACK_RETRIES);
    private final DurationMetric latency =
        DurationMetric.register(
            JobMetric.ROLLBACK_LATENCY, JobMetric.ROLLBACK_LATENCY_TOTAL, getMetricGroup());
    private long time;

    /** In a replay, event time and the registry's clock have nothing to do with each other. */
    private void measure(RollbackRecord record) {
      Instant triggered = record.triggeredAt();
      Instant switched = record.switchedAt();
      if (triggered != null && switched != null && clock == EscalationClock.PROCESSING_TIME) {
        latency.add(Duration.between(triggered, switched).toMillis());
      }
    }

    @Override
    public void rollback(RollbackRecord record) {
      if (record.outcome() == null) {
        rollbacks.add(record.status(), 1);
        measure(record);
      }
      output.collect(new StreamRecord<>(record, time));
    }

    @Override
    public void alert(AlertEvent event) {
      alerts.add(event.change(), 1);
      output.collect(ALERTS, new StreamRecord<>(event, time));
    }

    @Override
    public void registryUnavailable(RegistryException problem) {
      retries.add(1L);
      LOG.warn("the rollback protocol waits for the registry: {}", problem.getMessage());
    }
  }
}
