package io.promptmonitor.notifications.channels;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** The environment of a process, which holds the secrets. */
public interface Environment extends Serializable {

  /** The value of a variable, or null if it is not set. */
  @Nullable String get(String variable);
}
