package io.promptmonitor.common.registry;

import org.jspecify.annotations.Nullable;

/**
 * What is expected of a version; null where it is not known.
 *
 * @param predictedQuality quality that was predicted when the prompt was built, 0 to 10
 * @param baselineAccuracy share of executions that should succeed, 0 to 1
 * @param baselineLatencyP50 median latency in milliseconds, positive
 * @param baselineLatencyP95 95th percentile of the latency in milliseconds, positive
 */
public record Performance(
    @Nullable Double predictedQuality,
    @Nullable Double baselineAccuracy,
    @Nullable Double baselineLatencyP50,
    @Nullable Double baselineLatencyP95) {

  /** Nothing is known. */
  public static Performance unknown() {
    return new Performance(null, null, null, null);
  }
}
