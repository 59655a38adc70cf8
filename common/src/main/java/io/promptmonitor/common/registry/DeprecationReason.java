package io.promptmonitor.common.registry;

import java.util.Locale;

/** Why a version is deprecated, which decides what can still become of it. */
public enum DeprecationReason {
  /** A newer version was deployed; still a valid target of a rollback. */
  SUPERSEDED,
  /** It was rolled back from; no target of a rollback until an operator deploys it again. */
  ROLLED_BACK,
  /** An operator withdrew it, for good: never active again. */
  WITHDRAWN;

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
