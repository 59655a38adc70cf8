package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.registry.RegistryChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that somebody does in a test. */
sealed interface TestEvent {

  /** When: milliseconds since the start of the test. */
  long at();

  /** Changes of the registry. */
  record RegistryStep(long at, List<RegistryChange> changes) implements TestEvent {
    public RegistryStep {
      changes = List.copyOf(changes);
    }
  }

  /** Somebody takes on an alert that fires. */
  record Acknowledgement(long at, AlertKey alert, String by, @Nullable String comment)
      implements TestEvent {}

  /** Nobody is to be told of some alerts. */
  record Silencing(long at, Silence silence) implements TestEvent {}

  /** A silence ends before its time. */
  record SilenceEnd(long at, String silenceId, String by) implements TestEvent {}
}
