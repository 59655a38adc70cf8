package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.jobs.sink.RetryPolicy;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * When the logs of changes and of commands are read.
 *
 * @param interval the time between two reads once nothing new is found, at least 1 ms
 * @param retry the pauses while they cannot be read, and for a job that ends, after which time it
 *     gives up; any other job goes on trying
 */
public record RegistryPolling(Duration interval, RetryPolicy retry) implements Serializable {

  /** Every 500 ms, so that a change takes effect well within two seconds. */
  public static final RegistryPolling DEFAULT =
      new RegistryPolling(Duration.ofMillis(500), new RetryPolicy(100, 2_000, 600_000));

  public RegistryPolling {
    Objects.requireNonNull(retry, "retry");
    if (interval.toMillis() < 1) {
      throw new IllegalArgumentException("interval " + interval + ": expected at least 1 ms");
    }
  }
}
