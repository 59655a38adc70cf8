package io.promptmonitor.common.notifications;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Somebody takes an alert on.
 *
 * @param alertId the episode
 * @param by who does
 * @param comment what they say; null if nothing
 */
public record Acknowledgement(String alertId, String by, @Nullable String comment) {

  public Acknowledgement {
    Objects.requireNonNull(alertId, "alertId");
    Objects.requireNonNull(by, "by");
  }
}
