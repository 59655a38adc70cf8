package io.promptmonitor.jobs.rollback;

import io.promptmonitor.common.rollback.RollbackRegistry;
import java.io.Serializable;

/** Opens the registry in which versions are switched, in the task that needs it. */
@FunctionalInterface
public interface RollbackRegistryFactory extends Serializable {

  /** A registry; closed with the task if it can be. */
  RollbackRegistry open();
}
