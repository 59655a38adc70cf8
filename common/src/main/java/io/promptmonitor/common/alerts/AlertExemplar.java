package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Exemplar;
import java.util.Objects;

/**
 * An execution as evidence for an alert.
 *
 * @param alertId the episode
 * @param exemplar the execution
 */
public record AlertExemplar(String alertId, Exemplar exemplar) {

  public AlertExemplar {
    Objects.requireNonNull(alertId, "alertId");
    Objects.requireNonNull(exemplar, "exemplar");
  }
}
