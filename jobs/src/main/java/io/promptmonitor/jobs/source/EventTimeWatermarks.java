package io.promptmonitor.jobs.source;

import io.promptmonitor.common.ingest.Ingested;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.eventtime.WatermarksWithIdleness;
import org.jspecify.annotations.Nullable;

/**
 * Watermarks that follow the executions of a split, a bounded time behind the latest one.
 *
 * <ul>
 *   <li><b>Whole panes only.</b> A watermark is always the last millisecond of a pane, and is
 *       emitted with the very execution that completes the pane. So what is late in a split depends
 *       on the order of its records alone, never on when a timer happens to run.
 *   <li><b>Only executions count.</b> Feedback and dead letters neither advance the watermark nor
 *       keep a split from being idle: a rating given next week must not close today's windows, and
 *       a partition with nothing but ratings must not hold every window open. A dead letter has no
 *       event time and carries {@link TimestampAssigner#NO_TIMESTAMP}; a feedback event carries its
 *       own.
 *   <li><b>Idleness.</b> A split without an execution for a while (60 s unless set otherwise) no
 *       longer holds the others back. Keep it well above the time a restart takes: the watermark
 *       would run ahead while a split is still being restored, and its records would be late.
 * </ul>
 */
public final class EventTimeWatermarks implements WatermarkStrategy<Ingested> {

  /** Time without an execution after which a split counts as idle, unless set otherwise. */
  public static final Duration DEFAULT_IDLENESS = Duration.ofSeconds(60);

  private final long outOfOrdernessMillis;
  private final long paneMillis;
  private final @Nullable Duration idleness;

  private EventTimeWatermarks(
      long outOfOrdernessMillis, long paneMillis, @Nullable Duration idleness) {
    this.outOfOrdernessMillis = outOfOrdernessMillis;
    this.paneMillis = paneMillis;
    this.idleness = idleness;
  }

  /**
   * Watermarks with the default idleness.
   *
   * @param outOfOrderness how much older than the latest execution of its split an execution may be
   *     without being late; 0 or more
   * @param pane the smallest aggregate; more than 0
   */
  public static EventTimeWatermarks of(Duration outOfOrderness, Duration pane) {
    if (outOfOrderness.isNegative()) {
      throw new IllegalArgumentException(
          "out-of-orderness " + outOfOrderness + ": expected 0 or more");
    }
    if (pane.toMillis() <= 0) {
      throw new IllegalArgumentException("pane " + pane + ": expected at least 1 ms");
    }
    return new EventTimeWatermarks(outOfOrderness.toMillis(), pane.toMillis(), DEFAULT_IDLENESS);
  }

  /** The same, with another idleness. */
  @Override
  public EventTimeWatermarks withIdleness(Duration idleTimeout) {
    if (idleTimeout.toMillis() <= 0) {
      throw new IllegalArgumentException("idleness " + idleTimeout + ": expected at least 1 ms");
    }
    return new EventTimeWatermarks(outOfOrdernessMillis, paneMillis, idleTimeout);
  }

  /**
   * The same, without idleness: for bounded input, where a reader without records ends instead of
   * falling silent.
   */
  public EventTimeWatermarks withoutIdleness() {
    return new EventTimeWatermarks(outOfOrdernessMillis, paneMillis, null);
  }

  @Override
  public TimestampAssigner<Ingested> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return (ingested, recordTimestamp) -> ingested.timestamp();
  }

  @Override
  public WatermarkGenerator<Ingested> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    WatermarkGenerator<Ingested> panes = new WholePanes(outOfOrdernessMillis, paneMillis);
    return new ExecutionsOnly(
        idleness == null
            ? panes
            : new WatermarksWithIdleness<>(panes, idleness, context.getInputActivityClock()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EventTimeWatermarks that
        && outOfOrdernessMillis == that.outOfOrdernessMillis
        && paneMillis == that.paneMillis
        && Objects.equals(idleness, that.idleness);
  }

  @Override
  public int hashCode() {
    return Objects.hash(outOfOrdernessMillis, paneMillis, idleness);
  }

  /** Hides feedback and dead letters, from the idleness timer too. */
  private record ExecutionsOnly(WatermarkGenerator<Ingested> generator)
      implements WatermarkGenerator<Ingested> {

    @Override
    public void onEvent(Ingested ingested, long timestamp, WatermarkOutput output) {
      if (ingested.execution() != null) {
        generator.onEvent(ingested, timestamp, output);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      generator.onPeriodicEmit(output);
    }
  }

  /** The end of the last pane that no more execution is expected for. */
  private static final class WholePanes implements WatermarkGenerator<Ingested> {

    private final long outOfOrdernessMillis;
    private final long paneMillis;

    /** From this event time on, an execution completes a pane. */
    private long nextPaneAt = Long.MIN_VALUE;

    private long watermark = Long.MIN_VALUE;

    WholePanes(long outOfOrdernessMillis, long paneMillis) {
      this.outOfOrdernessMillis = outOfOrdernessMillis;
      this.paneMillis = paneMillis;
    }

    @Override
    public void onEvent(Ingested ingested, long timestamp, WatermarkOutput output) {
      if (timestamp >= nextPaneAt) {
        long paneStart = Math.floorDiv(timestamp - outOfOrdernessMillis, paneMillis) * paneMillis;
        nextPaneAt = paneStart + paneMillis + outOfOrdernessMillis;
        watermark = paneStart - 1;
        output.emitWatermark(new Watermark(watermark));
      }
    }

    /** Says the same again, which is what makes a split active after it was idle. */
    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (watermark != Long.MIN_VALUE) {
        output.emitWatermark(new Watermark(watermark));
      }
    }
  }
}
