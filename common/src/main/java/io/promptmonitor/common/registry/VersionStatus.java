package io.promptmonitor.common.registry;

import java.util.Locale;

/**
 * Where a version is in its life cycle: draft, staged, active, deprecated, in this order, except
 * that a deprecated version that was not withdrawn can become active again.
 */
public enum VersionStatus {
  /** Registered. */
  DRAFT,
  /** Ready to be deployed. */
  STAGED,
  /** What runtimes are given; exactly one version of a prompt once one was deployed. */
  ACTIVE,
  /** No longer active, or withdrawn; {@link DeprecationReason} says which. */
  DEPRECATED;

  /** The name in files, tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
