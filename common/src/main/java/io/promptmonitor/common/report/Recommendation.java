package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;

/**
 * What to do, by which rule, and what that rests on.
 *
 * @param rule the rule that produced it, as the documentation names it
 * @param text what to do, in a sentence
 * @param evidence what was seen
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Recommendation(String rule, String text, String evidence) {

  public Recommendation {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(evidence, "evidence");
  }
}
