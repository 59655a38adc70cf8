package io.promptmonitor.jobs.windows;

import io.promptmonitor.common.alerts.KnownVersions;
import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpOutput;
import io.promptmonitor.common.windows.RollUpPlan;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.RollUpStore;
import io.promptmonitor.common.windows.SlidingEvaluator;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.CountersByValue;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.registry.BroadcastRegistry;
import io.promptmonitor.jobs.registry.RegistryFollower;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
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

/**
 * Runs a {@link RollUp} for each prompt version. The first input are panes and feedback, keyed by
 * prompt version; the second one the changes of the prompt registry, broadcast, which tell what
 * quality was predicted, and what a version's rules want of its sliding windows.
 *
 * <p>State: {@code windows} and {@code quality-hours}, both owned by the key's {@link RollUp},
 * which removes what it no longer needs; one event-time timer a key, at the time the roll-up asks
 * for. The roll-ups of the keys in use are kept as objects on the heap, and what changed in them is
 * written to the state when a checkpoint is taken or a roll-up has to make room: the state backend
 * is touched per checkpoint, not per pane. For all keys together: the registry, the watermark (so
 * that what was late stays late after a restart) and counters.
 *
 * <p>While event time waits for the registry panes are merged, but no window ends, so that no row
 * is written without the predicted quality of a version that was registered before the start.
 */
public final class WindowRollUp extends RegistryFollower<PaneUpdate, WindowUpdate>
    implements Triggerable<PromptVersionId, VoidNamespace> {

  /** Evaluations of sliding windows. */
  public static final OutputTag<SlidingWindows> SLIDING =
      new OutputTag<>("sliding-windows", RecordTypeInfo.SLIDING_WINDOWS);

  /** Panes and feedback that came too late to be counted. */
  public static final OutputTag<DeadLetter> LATE =
      new OutputTag<>("late-panes", RecordTypeInfo.DEAD_LETTER);

  private static final long serialVersionUID = 1L;

  /** All subtasks have the same one at an aligned barrier, so each may restore any other's. */
  private static final MapStateDescriptor<String, Long> INPUT_WATERMARK =
      new MapStateDescriptor<>("input-watermark", Types.STRING, Types.LONG);

  private static final String LATEST = "latest";

  private final RollUpSettings settings;
  private final RuleDemand rules;
  private final int maxWindowsInMemory;

  private transient RollUpPlan plan;
  private transient SlidingEvaluator scratch;
  private transient MapState<Long, byte[]> windows;
  private transient MapState<Long, byte[]> hours;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient CheckpointedCounters counters;
  private transient LongCounter registryChanges;
  private transient LongCounter registryRepeats;
  private transient BroadcastRegistry registry;
  private transient KnownVersions versions;

  /** The latest watermark of the first input, of a run before this one too, but for the last. */
  private transient long inputWatermark;

  private transient BroadcastState<String, Long> inputWatermarkState;

  private transient Output rollUpOutput;
  private transient Map<PromptVersionId, Entry> entries;
  private transient int windowsInMemory;
  private transient @Nullable Entry last;

  /**
   * The roll-up of all prompt versions.
   *
   * @param settings how panes become windows
   * @param rules what is wanted of sliding windows
   * @param maxWindowsInMemory windows that one subtask keeps on the heap before it writes the
   *     prompt versions that were not used for longest to the state
   */
  public WindowRollUp(RollUpSettings settings, RuleDemand rules, int maxWindowsInMemory) {
    this.settings = settings;
    this.rules = rules;
    this.maxWindowsInMemory = maxWindowsInMemory;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    registryChanges = counters.counter(JobMetric.REGISTRY_CHANGES);
    registryRepeats = counters.counter(JobMetric.REGISTRY_REPEATS);
    registry = new BroadcastRegistry(context.getOperatorStateStore());
    versions = new KnownVersions(registry.view(), rules);
    inputWatermarkState = context.getOperatorStateStore().getBroadcastState(INPUT_WATERMARK);
    Long restored = inputWatermarkState.get(LATEST);
    inputWatermark = restored == null ? Long.MIN_VALUE : restored;
    windows = context.getKeyedStateStore().getMapState(descriptor("windows"));
    hours = context.getKeyedStateStore().getMapState(descriptor("quality-hours"));
    plan = new RollUpPlan(settings);
    scratch = new SlidingEvaluator();
    timers = getInternalTimerService("windows", VoidNamespaceSerializer.INSTANCE, this);
    rollUpOutput = new Output();
    entries = new LinkedHashMap<>(16, 0.75f, true);
    windowsInMemory = 0;
    JobMetric.PROMPT_VERSIONS_IN_MEMORY.gauge(getMetricGroup(), () -> entries.size());
    JobMetric.WINDOWS_IN_MEMORY.gauge(getMetricGroup(), () -> windowsInMemory);
    JobMetric.REGISTRY_EVENT_ID.gauge(getMetricGroup(), () -> registry.view().lastEventId());
  }

  private static MapStateDescriptor<Long, byte[]> descriptor(String name) {
    return new MapStateDescriptor<>(
        name, Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  @Override
  public void processElement1(StreamRecord<PaneUpdate> element) {
    PaneUpdate update = element.getValue();
    Entry entry = entry(update.promptVersion());
    rollUpOutput.promptVersion = update.promptVersion();
    if (update.isFeedback()) {
      addFeedback(entry, update);
    } else if (!entry.rollUp.add(update.time(), update.aggregate(), update.exemplars(), now())) {
      // They were counted as executions before the shuffle.
      counters.takeBack(JobMetric.EXECUTIONS, update.aggregate().executionCount());
      rollUpOutput.late(
          "panes:" + update.promptVersion(),
          update.time(),
          RejectionReason.LATE,
          update.aggregate().executionCount(),
          "executions of a pane that ended more than the allowed lateness ago");
    }
    afterUse(entry);
  }

  private void addFeedback(Entry entry, PaneUpdate update) {
    boolean added =
        entry.rollUp.addFeedback(update.time(), update.aggregate().quality(), now(), rollUpOutput);
    String source = update.feedbackSource();
    if (!added && source != null) {
      rollUpOutput.late(
          source,
          update.feedbackPosition(),
          RejectionReason.FEEDBACK_WITHOUT_WINDOW,
          1,
          "feedback for an execution that was never counted, or after the feedback horizon");
    }
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
    if (change == null) {
      return; // Commands of operators are about alerts.
    }
    boolean applied = registry.apply(change);
    versions.changed(change.event().promptId());
    // Each subtask applies it, one counts it.
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      (applied ? registryChanges : registryRepeats).add(1L);
    }
  }

  @Override
  protected void arrived(Watermark mark) {
    if (mark.getTimestamp() != Long.MAX_VALUE) {
      inputWatermark = Math.max(inputWatermark, mark.getTimestamp());
    }
  }

  /**
   * What is late now: what is before the watermark, even if that is being held back or came before
   * a restart.
   */
  private long now() {
    long watermark = Math.max(timers.currentWatermark(), inputWatermark);
    return timeAfter(watermark);
  }

  /** The time before which everything has arrived: up to and including the watermark it has. */
  private static long timeAfter(long watermark) {
    return watermark == Long.MAX_VALUE || watermark == Long.MIN_VALUE ? watermark : watermark + 1;
  }

  @Override
  public void onEventTime(InternalTimer<PromptVersionId, VoidNamespace> timer) {
    Entry entry = entry(timer.getKey());
    rollUpOutput.promptVersion = timer.getKey();
    entry.timer = Long.MAX_VALUE;
    entry.rollUp.advance(timeAfter(timers.currentWatermark()), rollUpOutput);
    afterUse(entry);
  }

  @Override
  public void onProcessingTime(InternalTimer<PromptVersionId, VoidNamespace> timer) {
    throw new IllegalStateException("no processing-time timer is ever set");
  }

  private Entry entry(PromptVersionId promptVersion) {
    Entry entry = entries.get(promptVersion);
    if (entry == null) {
      entry =
          new Entry(
              RollUp.load(plan, promptVersion, new StateStore(windows, hours), scratch, versions));
      entries.put(promptVersion, entry);
    }
    last = entry;
    return entry;
  }

  private void afterUse(Entry entry) {
    long due = entry.rollUp.nextDue();
    if (due != RollUp.NEVER && due - 1 < entry.timer) {
      entry.timer = due - 1;
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due - 1);
    }
    int count = entry.rollUp.windowCount();
    windowsInMemory += count - entry.windowCount;
    entry.windowCount = count;
    if (windowsInMemory > maxWindowsInMemory) {
      makeRoom();
    }
  }

  /**
   * Writes the prompt versions that were not used for longest to the state, down to three quarters
   * of the limit.
   */
  private void makeRoom() {
    Object current = getCurrentKey();
    Iterator<Map.Entry<PromptVersionId, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext() && windowsInMemory > maxWindowsInMemory / 4 * 3) {
      Map.Entry<PromptVersionId, Entry> candidate = oldest.next();
      if (candidate.getValue() != last) {
        save(candidate.getKey(), candidate.getValue());
        windowsInMemory -= candidate.getValue().windowCount;
        oldest.remove();
      }
    }
    setCurrentKey(current);
  }

  private void save(PromptVersionId promptVersion, Entry entry) {
    setCurrentKey(promptVersion);
    entry.rollUp.save();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    Iterator<Map.Entry<PromptVersionId, Entry>> all = entries.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<PromptVersionId, Entry> candidate = all.next();
      save(candidate.getKey(), candidate.getValue());
      if (candidate.getValue().rollUp.isEmpty()) {
        all.remove();
      }
    }
    counters.snapshot();
    inputWatermarkState.put(LATEST, inputWatermark);
    super.snapshotState(context);
  }

  /** The roll-up of one prompt version while it is on the heap. */
  private static final class Entry {
    final RollUp rollUp;

    /** The earliest timer known to be set, in the time of watermarks. */
    long timer = Long.MAX_VALUE;

    int windowCount;

    Entry(RollUp rollUp) {
      this.rollUp = rollUp;
    }
  }

  /** Emits what roll-ups produce. */
  private final class Output implements RollUpOutput {
    private final StreamRecord<WindowUpdate> row = new StreamRecord<>(null);
    private final StreamRecord<SlidingWindows> evaluation = new StreamRecord<>(null);
    private final LongCounter rows = counters.counter(JobMetric.WINDOW_ROWS);
    private final LongCounter evaluations = counters.counter(JobMetric.EVALUATIONS);
    private final LongCounter[] firstRows = new LongCounter[WindowSize.values().length];
    private final CountersByValue<RejectionReason> rejected =
        counters.counters(
            JobMetric.REJECTED,
            List.of(RejectionReason.LATE, RejectionReason.FEEDBACK_WITHOUT_WINDOW),
            RejectionReason::code);
    private @Nullable PromptVersionId promptVersion;

    Output() {
      for (WindowSize size : WindowSize.values()) {
        firstRows[size.ordinal()] = counters.counter(JobMetric.WINDOWS, size.label());
      }
    }

    @Override
    public void window(WindowUpdate update) {
      rows.add(1L);
      if (update.revision() == 1) {
        firstRows[update.size().ordinal()].add(1L);
      }
      output.collect(row.replace(update, update.end() - 1));
    }

    @Override
    public void sliding(SlidingWindows windows) {
      evaluations.add(1L);
      output.collect(SLIDING, evaluation.replace(windows, windows.end() - 1));
    }

    @Override
    public void feedbackWithoutExecution(long executionMinute, long count) {
      late(
          "feedback:" + promptVersion,
          executionMinute,
          RejectionReason.FEEDBACK_WITHOUT_WINDOW,
          count,
          "ratings and scores of executions of this minute that never came");
    }

    void late(String source, long position, RejectionReason reason, long count, String detail) {
      rejected.add(reason, count);
      DeadLetter deadLetter =
          new DeadLetter(source, position, reason, count + " " + detail, 0, null, position);
      output.collect(LATE, new StreamRecord<>(deadLetter));
    }
  }

  /** The current key's state. */
  private static final class StateStore implements RollUpStore {
    private final MapState<Long, byte[]> windows;
    private final MapState<Long, byte[]> hours;

    StateStore(MapState<Long, byte[]> windows, MapState<Long, byte[]> hours) {
      this.windows = windows;
      this.hours = hours;
    }

    @Override
    public void forEachWindow(EntrySink sink) {
      access(
          () -> {
            for (Map.Entry<Long, byte[]> entry : windows.entries()) {
              sink.accept(entry.getKey(), entry.getValue());
            }
            return null;
          });
    }

    @Override
    public void putWindow(long key, byte[] value) {
      access(
          () -> {
            windows.put(key, value);
            return null;
          });
    }

    @Override
    public void removeWindow(long key) {
      access(
          () -> {
            windows.remove(key);
            return null;
          });
    }

    @Override
    public byte @Nullable [] getHour(long hour) {
      return access(() -> hours.get(hour));
    }

    @Override
    public void putHour(long hour, byte[] value) {
      access(
          () -> {
            hours.put(hour, value);
            return null;
          });
    }

    @Override
    public void removeHour(long hour) {
      access(
          () -> {
            hours.remove(hour);
            return null;
          });
    }

    /** One access to the state backend. */
    private interface Access<T extends @Nullable Object> {
      T run() throws Exception;
    }

    private static <T extends @Nullable Object> T access(Access<T> access) {
      try {
        return access.run();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("the state backend failed", e);
      }
    }
  }
}
