package io.promptmonitor.common.retention;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What of one kind of row is old.
 *
 * @param kind what the database calls it: a window size, or the table of whatever else it is
 * @param keep how long it is kept; null if each row says so itself
 * @param before what ended before this time is old; of rows that say so themselves what they say
 */
public record RetentionLimit(String kind, @Nullable Duration keep, Instant before) {}
