package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.time.Duration;

/**
 * A way in which executions fail.
 *
 * @param share weight among the error types, 0 or more
 * @param message the record's {@code error_message}
 * @param latencyMs latency of such a failure in milliseconds, or {@link #OWN_LATENCY}
 * @param hasOutput whether there is an output all the same, with tokens and a hash
 */
record ErrorType(double share, String message, long latencyMs, boolean hasOutput) {

  /** The execution takes as long as one that succeeds. */
  static final long OWN_LATENCY = -1;

  private static final double MAX_SHARE = 1e6;
  private static final Duration MAX_LATENCY = Duration.ofHours(1);

  static ErrorType read(String name, ConfigSection section) {
    return new ErrorType(
        section.get("share", v -> v.decimal(0, MAX_SHARE), 1.0),
        section.get("message", ConfigValue::text, name.replace('_', ' ')),
        section.get("latency", v -> v.duration(Duration.ZERO, MAX_LATENCY).toMillis(), OWN_LATENCY),
        section.get("has_output", ConfigValue::bool, false));
  }
}
