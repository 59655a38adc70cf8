package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;

/**
 * All prompts of a day at a glance.
 *
 * @param date the day (UTC)
 * @param prompts the report of each prompt that had executions or was active, in the order in which
 *     they need attention: rollbacks, critical alerts, failed checks, warnings, then by name
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ReportOverview(LocalDate date, List<PromptAtAGlance> prompts) {

  private static final Comparator<PromptAtAGlance> BY_URGENCY =
      Comparator.comparingLong((PromptAtAGlance prompt) -> -prompt.rollbacks())
          .thenComparingLong(prompt -> -prompt.criticals())
          .thenComparingInt(prompt -> -prompt.checksFailed())
          .thenComparingLong(prompt -> -prompt.warnings())
          .thenComparing(PromptAtAGlance::promptId);

  public ReportOverview {
    prompts = prompts.stream().sorted(BY_URGENCY).toList();
  }
}
