package io.promptmonitor.common.simulation;

import org.jspecify.annotations.Nullable;

/** Which version of a prompt an application serves at this moment, as a registry tells it. */
@FunctionalInterface
public interface ServedVersions {

  /** The version; null, or one that the scenario does not have, for what the scenario says. */
  @Nullable String of(String promptId);

  /** As the scenario says. */
  static ServedVersions asPlanned() {
    return promptId -> null;
  }
}
