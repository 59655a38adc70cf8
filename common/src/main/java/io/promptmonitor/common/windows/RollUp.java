package io.promptmonitor.common.windows;

import static io.promptmonitor.common.windows.WindowLevel.FIVE_MINUTES;
import static io.promptmonitor.common.windows.WindowLevel.HOUR;
import static io.promptmonitor.common.windows.WindowLevel.MINUTE;
import static io.promptmonitor.common.windows.WindowLevel.PANE;
import static io.promptmonitor.common.windows.WindowLevel.WEEK;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one prompt version: panes go in, rows of tumbling windows and evaluations of
 * sliding windows come out.
 *
 * <p>A state machine on event time. {@link #add} and {@link #addFeedback} take what arrives; {@link
 * #advance} does what is due up to the watermark, in the order of time; {@link #nextDue} says when
 * there is something to do next, and {@link #NEVER} when nothing is left. Times are milliseconds
 * since the epoch.
 *
 * <p>Executions are collected by minute. When a minute ends it is merged into its five minutes,
 * those into their hour, then day, then week: each window is the merge of its parts in the order of
 * time, so that its content depends on its executions only, not on the order in which they arrived.
 * Executions that come late, up to the allowed lateness, make the windows above be merged again;
 * late feedback adds to the sums of each. Both write rows with a higher revision.
 *
 * <p>What is kept: a window as long as its parent may be merged again, as a sliding window reaches
 * back to it, and (days and weeks) as feedback may correct it; of minutes, five minutes and hours
 * after that the quality sums until the feedback horizon. Everything is removed in the end. Not
 * thread-safe.
 */
public final class RollUp {

  /** {@link #nextDue} when there is nothing to do. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final long STATE_KEY = -1;
  private static final int LEVEL_BITS = 3;
  private static final long SECOND = 1000;
  private static final byte STATE_FORMAT = 2;
  private static final byte STATE_FORMAT_WITHOUT_EXEMPLARS = 1;

  private final RollUpSettings settings;
  private final RollUpPlan plan;
  private final PromptVersionId promptVersion;
  private final RollUpStore store;
  private final WindowSeries[] levels = new WindowSeries[WindowLevel.COUNT];
  private final List<Long> hours = new ArrayList<>();

  /** For each level, before which start of a window only what sliding windows need is kept. */
  private final long[] thinnedUpTo = new long[WindowLevel.COUNT];

  /** The hour that windows are being added to, which many are: it is stored when others are. */
  private @Nullable QualityHour latestHour;

  private long latestHourStart = Long.MIN_VALUE;
  private boolean latestHourUnsaved;
  private final List<Long> removed = new ArrayList<>();

  /** Up to when everything was done. */
  private long time = Long.MIN_VALUE;

  /**
   * When the last executions that sliding windows can see ended: evaluations go on until none
   * reaches them any more.
   */
  private long lastDataEnd = Long.MIN_VALUE;

  /** Whether the input has ended: nothing is evaluated for a time that has not come. */
  private boolean finishing;

  private boolean repairDue;

  /** What {@link #nextDue} found, as long as nothing changed that it depends on. */
  private long due;

  private boolean dueKnown;
  private boolean stateUnsaved;
  private boolean stateSaved;
  private final RecentExemplars exemplars;
  private final SlidingEvaluator sliding;
  private final VersionFacts facts;

  private RollUp(
      RollUpPlan plan,
      PromptVersionId promptVersion,
      RollUpStore store,
      SlidingEvaluator sliding,
      VersionFacts facts) {
    this.settings = plan.settings();
    this.plan = plan;
    this.promptVersion = promptVersion;
    this.store = store;
    this.exemplars = new RecentExemplars(plan.maxSliding());
    this.sliding = sliding;
    this.facts = facts;
    for (int level = 0; level < levels.length; level++) {
      levels[level] = new WindowSeries();
      thinnedUpTo[level] = Long.MIN_VALUE;
    }
  }

  /**
   * The roll-up of a prompt version, with what {@code store} holds of it.
   *
   * @param scratch working memory, which roll-ups of one thread share
   * @param facts what is known of prompt versions
   */
  public static RollUp load(
      RollUpPlan plan,
      PromptVersionId promptVersion,
      RollUpStore store,
      SlidingEvaluator scratch,
      VersionFacts facts) {
    RollUp rollUp = new RollUp(plan, promptVersion, store, scratch, facts);
    store.forEachWindow(rollUp::restore);
    return rollUp;
  }

  private double predictedQuality() {
    return facts.predictedQuality(promptVersion);
  }

  private void restore(long key, byte[] value) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(value));
      if (key == STATE_KEY) {
        readState(in);
        return;
      }
      long start = (key >> LEVEL_BITS) * SECOND;
      int level = (int) (key & (1 << LEVEL_BITS) - 1);
      RolledWindow window = RolledWindow.read(level, start, in);
      levels[level].add(window);
      repairDue |= window.outdated || window.corrected;
    } catch (IOException e) {
      throw new UncheckedIOException("state of " + promptVersion + " cannot be read", e);
    }
  }

  private static long key(int level, long start) {
    return Math.floorDiv(start, SECOND) << LEVEL_BITS | level;
  }

  /**
   * What a store keeps under {@code key}, for statistics: {@code pane}, the label of a {@link
   * WindowSize}, or {@code roll-up} for what concerns no single window.
   */
  public static String kindOf(long key) {
    if (key == STATE_KEY) {
      return "roll-up";
    }
    int level = (int) (key & (1 << LEVEL_BITS) - 1);
    return level == PANE ? "pane" : WindowLevel.size(level).label();
  }

  /**
   * Hands everything that changed since the last call to the store, so that {@link #load} finds it.
   */
  public void save() {
    saveLatestHour();
    for (long key : removed) {
      store.removeWindow(key);
    }
    removed.clear();
    try {
      for (int level = 0; level < levels.length; level++) {
        for (int i = 0; i < levels[level].size(); i++) {
          RolledWindow window = levels[level].get(i);
          if (window.unsaved) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            window.write(new DataOutputStream(bytes));
            store.putWindow(key(level, window.start), bytes.toByteArray());
            window.unsaved = false;
            window.saved = true;
          }
        }
      }
      boolean needed = !isEmpty();
      if (!needed) {
        store.removeWindow(STATE_KEY);
      } else if (stateUnsaved || !stateSaved) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        writeState(new DataOutputStream(bytes));
        store.putWindow(STATE_KEY, bytes.toByteArray());
      }
      stateSaved = needed;
      stateUnsaved = false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeState(DataOutputStream out) throws IOException {
    out.writeByte(STATE_FORMAT);
    out.writeLong(time);
    out.writeLong(lastDataEnd);
    VarInt.write(out, hours.size());
    for (long hour : hours) {
      out.writeLong(hour);
    }
    exemplars.write(out);
  }

  private void readState(DataInputStream in) throws IOException {
    byte format = in.readByte();
    if (format != STATE_FORMAT && format != STATE_FORMAT_WITHOUT_EXEMPLARS) {
      throw new IOException("unknown format of a roll-up's state: " + format);
    }
    time = in.readLong();
    lastDataEnd = in.readLong();
    int n = VarInt.readSize(in, 100_000);
    for (int i = 0; i < n; i++) {
      hours.add(in.readLong());
    }
    if (format == STATE_FORMAT) {
      exemplars.read(in);
    }
    stateSaved = true;
  }

  /** Whether nothing is kept, and nothing is left to do. */
  public boolean isEmpty() {
    for (WindowSeries level : levels) {
      if (level.size() > 0) {
        return false;
      }
    }
    return hours.isEmpty() && (plan.maxSliding() == 0 || nextSlide() == NEVER);
  }

  /** Number of windows kept in full, panes included. */
  public int windowCount() {
    int count = 0;
    for (WindowSeries level : levels) {
      count += level.size();
    }
    return count;
  }

  /**
   * Adds executions of one pane: all of them or some.
   *
   * @param paneStart start of the pane
   * @param executions open aggregate of the executions; keeps its content
   * @param chosen exemplars of the executions
   * @param watermark the current watermark
   * @return false if the pane ended more than the allowed lateness ago: nothing was added
   */
  public boolean add(long paneStart, WindowAggregate executions, Exemplars chosen, long watermark) {
    // After a restart the watermark begins anew, what was closed for good stays closed.
    long now = Math.max(watermark, time);
    long paneEnd = paneStart + settings.pane();
    if (isPast(paneEnd, settings.allowedLateness(), now)) {
      return false;
    }
    passIdleTime(watermark);
    if (plan.maxSliding() > 0) {
      exemplars.add(chosen);
      stateUnsaved = true;
    }
    if (plan.keepsPanes()) {
      RolledWindow pane = obtainLate(PANE, paneStart);
      collectNeeded(pane, executions);
      if (pane.closed) {
        sawExecutions(paneEnd);
      }
    }
    RolledWindow minute = obtainLate(MINUTE, WindowSize.ONE_MINUTE.startOf(paneStart));
    collect(minute, executions);
    if (minute.closed) {
      minute.outdated = true;
      repairDue = true;
    }
    return true;
  }

  private static boolean isPast(long end, long grace, long watermark) {
    // Not end + grace <= watermark, which overflows near the greatest watermark; nor may the
    // difference, with an end before 1970.
    return watermark >= end && (watermark - end >= grace || watermark - end < 0);
  }

  /**
   * Moves on to the watermark if nothing was due before it, so that what comes late does not depend
   * on whether anything made {@link #advance} be called meanwhile.
   */
  private void passIdleTime(long watermark) {
    if (watermark > time && nextDue() > watermark) {
      time = watermark;
      dueKnown = false;
      stateUnsaved = true;
    }
  }

  private void sawExecutions(long end) {
    if (end > lastDataEnd) {
      dueKnown = false;
      lastDataEnd = end;
      stateUnsaved = true;
    }
  }

  private RolledWindow obtain(int level, long start) {
    RolledWindow window = levels[level].find(start);
    if (window == null) {
      window = new RolledWindow(start);
      levels[level].add(window);
      dueKnown = false;
    }
    return window;
  }

  /**
   * As {@link #obtain}, where a window that is new because nothing came in time has ended already.
   */
  private RolledWindow obtainLate(int level, long start) {
    RolledWindow window = obtain(level, start);
    if (window.content() == null && start + plan.millis(level) <= time) {
      window.closed = true;
    }
    return window;
  }

  /** Adds to a pane, of which only sliding windows are made, what those need. */
  private void collectNeeded(RolledWindow pane, WindowAggregate executions) {
    int needed = pane.parts & facts.slidingDemand(promptVersion).allParts();
    pane.parts = needed;
    collect(pane, executions, needed);
  }

  private static void collect(RolledWindow window, WindowAggregate executions) {
    collect(window, executions, MetricPart.ALL);
  }

  private static void collect(RolledWindow window, WindowAggregate executions, int parts) {
    WindowAggregate collecting = window.collecting;
    if (collecting == null) {
      collecting = new WindowAggregate();
      window.collecting = collecting;
    }
    collecting.mergeParts(executions, parts);
    window.unsaved = true;
  }

  /**
   * Adds ratings and scores, or what replaces them, to the windows of an execution.
   *
   * @param executionTimestamp event time of the execution
   * @param change what to add; may take away what was added before
   * @param watermark the current watermark
   * @param output takes the rows of windows of which only sums are left
   * @return false if no window knows the execution's minute or the feedback horizon has passed:
   *     nothing was added
   */
  public boolean addFeedback(
      long executionTimestamp, QualityCounts change, long watermark, RollUpOutput output) {
    long now = Math.max(watermark, time);
    long start = WindowSize.ONE_MINUTE.startOf(executionTimestamp);
    long end = start + WindowSize.ONE_MINUTE.millis();
    boolean executionsMayCome = !isPast(end, settings.allowedLateness(), now);
    if (!executionsMayCome && isPast(end, settings.feedbackHorizon(), now)) {
      return false;
    }
    passIdleTime(watermark);
    RolledWindow minute = levels[MINUTE].find(start);
    if (minute == null && !executionsMayCome) {
      if (!addToRemainder(MINUTE, start, change, output)) {
        return false;
      }
      addToAncestors(start, change, output);
      return true;
    }
    boolean hasExecutions = minute != null && minute.hasExecutions();
    if (!hasExecutions && !executionsMayCome) {
      return false;
    }
    WindowAggregate delta = new WindowAggregate();
    delta.quality().add(change);
    if (plan.keepsPanes()) {
      long paneStart = Math.floorDiv(executionTimestamp, settings.pane()) * settings.pane();
      addToPane(paneStart, delta, now);
    }
    if (minute == null || !hasExecutions) {
      // Held back until the executions come; they carry it upwards.
      collect(obtainLate(MINUTE, start), delta);
      return true;
    }
    WindowAggregate collecting = minute.collecting;
    if (collecting != null) {
      collecting.quality().add(change);
    }
    minute.unsaved = true;
    if (minute.closed && !minute.outdated) {
      addQuality(minute, change);
      addToAncestors(start, change, output);
    }
    return true;
  }

  private void addToPane(long paneStart, WindowAggregate delta, long now) {
    RolledWindow pane = levels[PANE].find(paneStart);
    if (pane == null) {
      if (!isPast(paneStart + settings.pane(), settings.allowedLateness(), now)) {
        // Held back, as in the minute.
        collect(obtainLate(PANE, paneStart), delta);
      }
      return;
    }
    WindowAggregate content = pane.content();
    if (content != null) {
      content.merge(delta);
    }
    pane.unsaved = true;
  }

  private void addToAncestors(long start, QualityCounts change, RollUpOutput output) {
    for (int level = FIVE_MINUTES; level <= WEEK; level++) {
      long ancestorStart = WindowLevel.size(level).startOf(start);
      RolledWindow ancestor = levels[level].find(ancestorStart);
      if (ancestor == null) {
        addToRemainder(level, ancestorStart, change, output);
      } else {
        addQuality(ancestor, change);
        if (!ancestor.closed) {
          markChangedAbove(level, start);
          return;
        }
      }
    }
  }

  private void markChangedAbove(int level, long start) {
    dueKnown = false;
    for (int above = level + 1; above <= WEEK; above++) {
      RolledWindow window = obtain(above, WindowLevel.size(above).startOf(start));
      window.changed = true;
      window.unsaved = true;
    }
  }

  private void addQuality(RolledWindow window, QualityCounts change) {
    dueKnown = false;
    WindowAggregate merged = window.merged;
    if (merged != null) {
      if (window.closed && !window.corrected) {
        // The row that was written may still be on its way: it keeps what it had.
        merged = merged.copy();
        window.merged = merged;
      }
      merged.quality().add(change);
    }
    window.changed = true;
    window.unsaved = true;
    if (window.closed) {
      window.corrected = true;
      repairDue = true;
    }
  }

  private boolean addToRemainder(int level, long start, QualityCounts change, RollUpOutput output) {
    if (level > HOUR) {
      return false;
    }
    long hourStart = WindowSize.ONE_HOUR.startOf(start);
    QualityHour hour = storedHour(hourStart);
    if (hour == null) {
      return false;
    }
    QualityHour.Remainder remainder = hour.find(level, start);
    if (remainder == null) {
      return false;
    }
    remainder.quality.add(change);
    remainder.revision++;
    if (hourStart == latestHourStart) {
      latestHourUnsaved = true;
    } else {
      store.putHour(hourStart, hour.toBytes());
    }
    output.window(
        new WindowUpdate(
            promptVersion,
            WindowLevel.size(level),
            start,
            true,
            remainder.revision,
            true,
            predictedQuality(),
            qualityOnly(remainder.quality)));
    return true;
  }

  private static WindowAggregate qualityOnly(QualityCounts quality) {
    WindowAggregate only = new WindowAggregate();
    only.quality().add(quality);
    return only;
  }

  /**
   * Does everything that is due up to {@code watermark}, in the order of time. {@link
   * Long#MAX_VALUE} ends the input: all windows are closed and nothing is kept.
   */
  public void advance(long watermark, RollUpOutput output) {
    dueKnown = false;
    finishing = watermark == NEVER;
    if (repairDue) {
      repair(output);
    }
    for (long next = nextDue(); next <= watermark && next != NEVER; next = nextDue()) {
      step(next, output);
    }
    dueKnown = false;
    if (finishing) {
      forgetAll(output);
    } else if (watermark > time) {
      time = watermark;
      stateUnsaved = true;
    }
  }

  private void forgetAll(RollUpOutput output) {
    for (int i = 0; i < levels[MINUTE].size(); i++) {
      RolledWindow minute = levels[MINUTE].get(i);
      if (!minute.hasExecutions()) {
        reportHeldFeedback(minute, output);
      }
    }
    for (int level = 0; level < levels.length; level++) {
      while (levels[level].size() > 0) {
        forget(level, levels[level].removeFirst());
      }
    }
    for (long hour : hours) {
      removeHour(hour);
    }
    hours.clear();
    exemplars.clear();
    stateUnsaved = true;
  }

  private void forget(int level, RolledWindow window) {
    if (window.saved) {
      removed.add(key(level, window.start));
    }
    stateUnsaved = true;
  }

  /** When {@link #advance} has something to do next, {@link #NEVER} if nothing is left to do. */
  public long nextDue() {
    if (repairDue) {
      return time;
    }
    if (!dueKnown) {
      due = earliestDue();
      dueKnown = true;
    }
    return due;
  }

  private long earliestDue() {
    long earliest = NEVER;
    for (int level = 0; level < levels.length; level++) {
      WindowSeries series = levels[level];
      if (series.size() == 0) {
        continue;
      }
      if (!finishing) {
        earliest = Math.min(earliest, plan.expiry(level, series.get(0).start));
      }
      RolledWindow open = firstOpen(level);
      if (open != null) {
        earliest = Math.min(earliest, open.start + plan.millis(level));
        long refresh = plan.refresh(level);
        if (refresh > 0 && open.changed && !finishing) {
          earliest = Math.min(earliest, nextMultiple(refresh));
        }
      }
    }
    if (plan.maxSliding() > 0) {
      earliest = Math.min(earliest, nextSlide());
    }
    if (!hours.isEmpty() && !finishing) {
      earliest = Math.min(earliest, plan.hourExpiry(hours.get(0)));
    }
    return earliest;
  }

  private @Nullable RolledWindow firstOpen(int level) {
    WindowSeries series = levels[level];
    int index = series.size();
    while (index > 0 && !series.get(index - 1).closed) {
      index--;
    }
    return index == series.size() ? null : series.get(index);
  }

  private long nextMultiple(long interval) {
    return Math.floorDiv(time, interval) * interval + interval;
  }

  /** The next evaluation of sliding windows that has something to say. */
  private long nextSlide() {
    if (lastDataEnd != Long.MIN_VALUE && time != Long.MIN_VALUE) {
      long next = nextMultiple(settings.slide());
      if (next <= lastSlide()) {
        return next;
      }
    }
    RolledWindow open = firstOpen(plan.keepsPanes() ? PANE : MINUTE);
    if (open == null) {
      return NEVER;
    }
    long first = Math.floorDiv(open.start, settings.slide()) * settings.slide() + settings.slide();
    return time == Long.MIN_VALUE ? first : Math.max(first, nextMultiple(settings.slide()));
  }

  /**
   * The evaluation at which the longest window is empty again; at the end of the input at most the
   * one that sees the last executions.
   */
  private long lastSlide() {
    long firstEmpty = plan.firstEmptySlide(lastDataEnd);
    if (!finishing) {
      return firstEmpty;
    }
    long inputEnd = lastDataEnd;
    int level = plan.keepsPanes() ? PANE : MINUTE;
    WindowSeries series = levels[level];
    for (int i = series.size() - 1; i >= 0 && series.get(i).start >= lastDataEnd; i--) {
      if (series.get(i).hasExecutions()) {
        inputEnd = series.get(i).start + plan.millis(level);
        break;
      }
    }
    return Math.min(firstEmpty, plan.firstSlideFrom(inputEnd));
  }

  private void step(long now, RollUpOutput output) {
    time = now;
    stateUnsaved = true;
    if (plan.keepsPanes()) {
      closeCollected(PANE, now, output);
    }
    closeCollected(MINUTE, now, output);
    for (int level = FIVE_MINUTES; level <= WEEK; level++) {
      closeMerged(level, now, output);
    }
    for (int level = HOUR; level <= WEEK && !finishing; level++) {
      refresh(level, now, output);
    }
    if (plan.maxSliding() > 0
        && Math.floorMod(now, settings.slide()) == 0
        && lastDataEnd != Long.MIN_VALUE
        && now <= lastSlide()) {
      output.sliding(
          new SlidingWindows(
              promptVersion,
              now,
              predictedQuality(),
              lastDataEnd > plan.longestSlidingStart(now),
              sliding.evaluate(plan, levels, facts.slidingDemand(promptVersion), now, lastDataEnd),
              exemplars.newestFailures(now),
              exemplars.slowest(now)));
    }
    if (!finishing) {
      purge(now);
    }
    dueKnown = false;
  }

  private void closeCollected(int level, long now, RollUpOutput output) {
    WindowSeries series = levels[level];
    int index = series.size();
    while (index > 0 && series.get(index - 1).collecting != null) {
      index--;
    }
    while (index < series.size()) {
      RolledWindow window = series.get(index);
      long end = window.start + plan.millis(level);
      if (end > now) {
        return;
      }
      if (!window.closed) {
        close(level, window, end, output);
      }
      settle(level, window, end, now, output);
      if (window.content() == null) {
        series.remove(index);
        forget(level, window);
      } else {
        index++;
      }
    }
  }

  private void close(int level, RolledWindow window, long end, RollUpOutput output) {
    window.closed = true;
    window.unsaved = true;
    if (!window.hasExecutions()) {
      return;
    }
    if (level == (plan.keepsPanes() ? PANE : MINUTE)) {
      sawExecutions(end);
    }
    if (level == MINUTE) {
      mergeMinute(window);
      write(level, window, output);
    }
  }

  /** Drops the open form once no execution may come any more. */
  private void settle(int level, RolledWindow window, long end, long now, RollUpOutput output) {
    WindowAggregate collecting = window.collecting;
    if (collecting == null || !isPast(end, settings.allowedLateness(), now)) {
      return;
    }
    if (collecting.executionCount() == 0) {
      if (level == MINUTE) {
        reportHeldFeedback(window, output);
      }
    } else if (window.merged == null) {
      window.merged = RolledWindow.closedCopy(collecting);
    }
    window.collecting = null;
    window.unsaved = true;
  }

  private static void reportHeldFeedback(RolledWindow minute, RollUpOutput output) {
    WindowAggregate held = minute.collecting;
    if (held != null) {
      long count = held.quality().ratingCount() + held.quality().scoreCount();
      if (count > 0) {
        output.feedbackWithoutExecution(minute.start, count);
      }
    }
  }

  private void mergeMinute(RolledWindow minute) {
    WindowAggregate collecting = minute.collecting;
    if (collecting == null) {
      return;
    }
    WindowAggregate merged = RolledWindow.closedCopy(collecting);
    minute.merged = merged;
    mergeIntoParent(MINUTE, minute.start, merged);
    markChangedAbove(MINUTE, minute.start);
  }

  private void mergeIntoParent(int level, long start, WindowAggregate content) {
    if (level == WEEK) {
      return;
    }
    RolledWindow parent = obtain(level + 1, WindowLevel.size(level + 1).startOf(start));
    WindowAggregate merged = parent.merged;
    if (merged == null) {
      merged = new WindowAggregate();
      parent.merged = merged;
    }
    merged.merge(content);
    merged.close();
    parent.changed = true;
    parent.unsaved = true;
  }

  private void closeMerged(int level, long now, RollUpOutput output) {
    WindowSeries series = levels[level];
    for (int i = series.size() - 1; i >= 0 && !series.get(i).closed; i--) {
      RolledWindow window = series.get(i);
      WindowAggregate merged = window.merged;
      if (window.start + plan.millis(level) <= now && merged != null) {
        window.closed = true;
        mergeIntoParent(level, window.start, merged);
        write(level, window, output);
      }
    }
  }

  private void refresh(int level, long now, RollUpOutput output) {
    long interval = plan.refresh(level);
    if (interval == 0 || Math.floorMod(now, interval) != 0) {
      return;
    }
    WindowSeries series = levels[level];
    for (int i = series.size() - 1; i >= 0 && !series.get(i).closed; i--) {
      RolledWindow window = series.get(i);
      if (window.changed) {
        WindowAggregate soFar = new WindowAggregate();
        if (window.merged != null) {
          soFar.merge(window.merged);
        }
        for (int below = level - 1; below >= FIVE_MINUTES; below--) {
          mergeOpen(below, window, level, soFar);
        }
        soFar.close();
        window.revision++;
        window.changed = false;
        window.unsaved = true;
        output.window(
            new WindowUpdate(
                promptVersion,
                WindowLevel.size(level),
                window.start,
                false,
                window.revision,
                false,
                predictedQuality(),
                soFar));
      }
    }
  }

  private void mergeOpen(
      int level, RolledWindow ancestor, int ancestorLevel, WindowAggregate into) {
    RolledWindow open = firstOpen(level);
    if (open != null
        && open.merged != null
        && WindowLevel.size(ancestorLevel).startOf(open.start) == ancestor.start) {
      into.merge(open.merged);
    }
  }

  private void write(int level, RolledWindow window, RollUpOutput output) {
    WindowAggregate content = window.merged;
    if (content == null || content.executionCount() == 0) {
      return;
    }
    window.revision++;
    window.changed = false;
    window.corrected = false;
    window.unsaved = true;
    boolean whole = window.parts == MetricPart.ALL;
    output.window(
        new WindowUpdate(
            promptVersion,
            WindowLevel.size(level),
            window.start,
            window.closed,
            window.revision,
            !whole,
            predictedQuality(),
            whole ? content : qualityOnly(content.quality())));
  }

  /**
   * Carries late executions upwards and writes the rows of all ended windows that were corrected.
   */
  private void repair(RollUpOutput output) {
    repairDue = false;
    WindowSeries minutes = levels[MINUTE];
    for (int i = 0; i < minutes.size(); i++) {
      RolledWindow minute = minutes.get(i);
      WindowAggregate collecting = minute.collecting;
      if (minute.outdated && collecting != null) {
        minute.outdated = false;
        if (!plan.keepsPanes()) {
          sawExecutions(minute.start + plan.millis(MINUTE));
        }
        minute.merged = RolledWindow.closedCopy(collecting);
        markOutdated(FIVE_MINUTES, minute.start);
        write(MINUTE, minute, output);
      } else if (minute.corrected) {
        write(MINUTE, minute, output);
      }
    }
    for (int level = FIVE_MINUTES; level <= WEEK; level++) {
      WindowSeries series = levels[level];
      for (int i = 0; i < series.size(); i++) {
        repairMerged(level, series.get(i), output);
      }
    }
  }

  private void repairMerged(int level, RolledWindow window, RollUpOutput output) {
    if (window.outdated) {
      window.outdated = false;
      window.merged = mergeOfParts(level, window);
      window.changed = true;
      window.unsaved = true;
      if (window.closed) {
        markOutdated(level + 1, window.start);
        write(level, window, output);
      } else {
        markChangedAbove(level, window.start);
      }
    } else if (window.corrected) {
      write(level, window, output);
    }
  }

  private void markOutdated(int level, long start) {
    if (level <= WEEK) {
      obtainLate(level, WindowLevel.size(level).startOf(start)).outdated = true;
    }
  }

  private WindowAggregate mergeOfParts(int level, RolledWindow window) {
    WindowAggregate merged = new WindowAggregate();
    WindowSeries parts = levels[level - 1];
    long end = window.start + plan.millis(level);
    for (int i = parts.indexFrom(window.start); i < parts.size() && parts.get(i).start < end; i++) {
      RolledWindow part = parts.get(i);
      if (part.closed && part.merged != null) {
        merged.merge(part.merged);
        merged.close();
      }
    }
    return merged;
  }

  private void purge(long now) {
    for (int level = 0; level < levels.length; level++) {
      WindowSeries series = levels[level];
      while (series.size() > 0 && plan.expiry(level, series.get(0).start) <= now) {
        RolledWindow window = series.removeFirst();
        forget(level, window);
        WindowAggregate content = window.content();
        if (content != null && level >= MINUTE && level <= HOUR) {
          keepRemainder(level, window, content.quality(), now);
        }
      }
    }
    while (!hours.isEmpty() && plan.hourExpiry(hours.get(0)) <= now) {
      removeHour(hours.remove(0));
    }
    for (int level = MINUTE; level <= HOUR && plan.maxSliding() > 0; level++) {
      thin(level, now);
    }
  }

  /** Keeps, of windows that were merged upwards for good, only what sliding windows need. */
  private void thin(int level, long now) {
    WindowSeries series = levels[level];
    for (int i = series.indexFrom(thinnedUpTo[level]); i < series.size(); i++) {
      RolledWindow window = series.get(i);
      long from = plan.mergeExpiry(level, window.start);
      if (from > now) {
        return;
      }
      // Not the age it has now: what is kept must not depend on when this is done.
      long age = from - window.start - plan.millis(level);
      SlidingDemand demand = facts.slidingDemand(promptVersion);
      window.keepOnly(demand.partsOfLonger(plan.shortestReaching(age)));
      thinnedUpTo[level] = window.start + 1;
    }
  }

  private void removeHour(long hourStart) {
    if (hourStart == latestHourStart) {
      latestHour = null;
      latestHourUnsaved = false;
    }
    store.removeHour(hourStart);
  }

  private @Nullable QualityHour storedHour(long hourStart) {
    if (latestHour != null && hourStart == latestHourStart) {
      return latestHour;
    }
    byte[] bytes = store.getHour(hourStart);
    return bytes == null ? null : QualityHour.fromBytes(bytes);
  }

  private void saveLatestHour() {
    if (latestHour != null && latestHourUnsaved) {
      store.putHour(latestHourStart, latestHour.toBytes());
      latestHourUnsaved = false;
    }
  }

  private void keepRemainder(int level, RolledWindow window, QualityCounts quality, long now) {
    long hourStart = WindowSize.ONE_HOUR.startOf(window.start);
    if (plan.hourExpiry(hourStart) <= now) {
      return;
    }
    if (latestHour == null || hourStart != latestHourStart) {
      saveLatestHour();
      QualityHour stored = storedHour(hourStart);
      latestHour = stored == null ? new QualityHour() : stored;
      latestHourStart = hourStart;
    }
    latestHour.put(level, window.start, quality, window.revision);
    latestHourUnsaved = true;
    if (!hours.contains(hourStart)) {
      hours.add(hourStart);
      hours.sort(null);
    }
  }
}
