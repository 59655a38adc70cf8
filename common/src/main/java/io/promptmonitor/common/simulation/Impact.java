package io.promptmonitor.common.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the incidents of a time do together to an execution; see {@link Incident}.
 *
 * @param errorRate as the last one that says so, or NaN for no change
 * @param errorType as the last one that says so, or null for the usual ways
 * @param latencyFactor the product
 * @param scoreShift the sum
 * @param ratings as the last one that says so, or null for no change
 */
record Impact(
    double errorRate,
    @Nullable String errorType,
    double latencyFactor,
    double scoreShift,
    @Nullable List<Double> ratings) {

  static final Impact NONE = new Impact(Double.NaN, null, 1, 0, null);

  /**
   * The impact on an execution.
   *
   * @param incidents those of the prompt
   * @param time milliseconds since the start
   */
  static Impact of(
      List<Incident> incidents, long time, String version, @Nullable String branch, String model) {
    Impact impact = NONE;
    for (Incident incident : incidents) {
      if (incident.isActive(time) && incident.hits(version, branch, model)) {
        impact =
            new Impact(
                Double.isNaN(incident.errorRate()) ? impact.errorRate : incident.errorRate(),
                incident.errorType() == null ? impact.errorType : incident.errorType(),
                impact.latencyFactor * incident.latencyFactor(),
                impact.scoreShift + incident.scoreShift(),
                incident.ratings() == null ? impact.ratings : incident.ratings());
      }
    }
    return impact;
  }
}
