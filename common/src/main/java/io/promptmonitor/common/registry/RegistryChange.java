package io.promptmonitor.common.registry;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as the streaming job receives it.
 *
 * @param event what happened
 * @param definition of a {@code REGISTERED} event what was registered; else null
 */
public record RegistryChange(RegistryEvent event, @Nullable VersionDefinition definition) {

  public RegistryChange {
    Objects.requireNonNull(event, "event");
    if ((event.kind() == RegistryEvent.Kind.REGISTERED) != (definition != null)) {
      throw new IllegalArgumentException("a definition if and only if registered: " + event);
    }
  }
}
