package io.promptmonitor.common.rollback;

import io.promptmonitor.common.registry.RegistryView;
import java.time.InstantSource;
import java.util.Objects;

/**
 * What the protocol looks at and acts on while it takes one step.
 *
 * @param versions the registry as its changes tell it
 * @param registry the registry itself, which has the last word
 * @param traffic what the prompt's versions did lately
 * @param eventTime how far event time has come, in milliseconds since the epoch
 * @param clock the time of the machine; it goes on while the registry is asked
 * @param live whether the executions are those of now; otherwise the past is being replayed, and
 *     the registry's times say nothing about it
 */
public record RollbackContext(
    RegistryView versions,
    RollbackRegistry registry,
    PromptTraffic traffic,
    long eventTime,
    InstantSource clock,
    boolean live) {

  public RollbackContext {
    Objects.requireNonNull(versions, "versions");
    Objects.requireNonNull(registry, "registry");
    Objects.requireNonNull(traffic, "traffic");
    Objects.requireNonNull(clock, "clock");
  }

  /** The time of the machine, in milliseconds since the epoch. */
  public long wallClock() {
    return clock.millis();
  }
}
