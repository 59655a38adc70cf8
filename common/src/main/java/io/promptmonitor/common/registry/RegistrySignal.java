package io.promptmonitor.common.registry;

import org.jspecify.annotations.Nullable;

/**
 * What the change stream carries: a change, or the news that all changes there were when the stream
 * began have been sent.
 *
 * @param change the change; null if this says that the stream has caught up
 */
public record RegistrySignal(@Nullable RegistryChange change) {

  /** All changes there were when the stream began have been sent; comes once in a stream. */
  public static final RegistrySignal CAUGHT_UP = new RegistrySignal(null);

  /** Whether this is {@link #CAUGHT_UP}. */
  public boolean isCaughtUp() {
    return change == null;
  }
}
