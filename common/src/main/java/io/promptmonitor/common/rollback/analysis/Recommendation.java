package io.promptmonitor.common.rollback.analysis;

import java.util.List;
import java.util.Objects;

/**
 * What to do about a failure.
 *
 * @param action in words
 * @param evidence what led to it; at least one
 */
public record Recommendation(String action, List<String> evidence) {

  public Recommendation {
    Objects.requireNonNull(action, "action");
    evidence = List.copyOf(evidence);
    if (evidence.isEmpty()) {
      throw new IllegalArgumentException("a recommendation needs evidence: " + action);
    }
  }

  /** Both in one sentence. */
  public String text() {
    return action + ", because " + String.join("; ", evidence);
  }
}
