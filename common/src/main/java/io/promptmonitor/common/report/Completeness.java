package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * Whether a report is final, or which of its figures may still change.
 *
 * @param isFinal whether nothing changes any more
 * @param reasons why it is provisional, a sentence each; empty if it is final
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Completeness(boolean isFinal, List<String> reasons) {

  public Completeness {
    reasons = List.copyOf(reasons);
    if (isFinal != reasons.isEmpty()) {
      throw new IllegalArgumentException("a report is provisional for a reason, and only then");
    }
  }
}
