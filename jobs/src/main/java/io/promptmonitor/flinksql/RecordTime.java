package io.promptmonitor.flinksql;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.ingest.IsoTimestamps;
import java.time.Instant;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/**
 * The function {@code record_time(timestamp, written_at)}: the event time of a record of the topic.
 *
 * <p>A time stamp that the monitoring job would reject gives 1970-01-01: such a record is late and
 * moves no watermark. One in the far future would otherwise end all windows. What is the future is
 * told by the time that Kafka has of the record, not by a clock, so that a query says the same when
 * it is run again: that of the broker where the topic has LogAppendTime, else the producer's.
 */
public final class RecordTime extends ScalarFunction {

  private static final long MAX_AHEAD_MILLIS = MonitorConfig.defaults().maxClockSkew().toMillis();

  /** For Flink. */
  public RecordTime() {}

  /** The point in time, in milliseconds. */
  public @DataTypeHint("TIMESTAMP_LTZ(3)") Instant eval(
      @Nullable String timestamp, @DataTypeHint("TIMESTAMP_LTZ(3)") @Nullable Instant writtenAt) {
    if (timestamp == null) {
      return Instant.EPOCH;
    }
    long millis = IsoTimestamps.parse(timestamp.toCharArray(), 0, timestamp.length());
    boolean unusable =
        millis == IsoTimestamps.INVALID
            || millis == IsoTimestamps.NO_ZONE
            || (writtenAt != null && millis > writtenAt.toEpochMilli() + MAX_AHEAD_MILLIS);
    return unusable ? Instant.EPOCH : Instant.ofEpochMilli(millis);
  }
}
