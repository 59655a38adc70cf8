package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.report.AlertsOfDay;
import io.promptmonitor.common.report.PromptDay;
import io.promptmonitor.common.report.RollbacksOfDay;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one prompt, put together from single rows. */
final class PromptDayFacts {

  private final ReportScope scope;
  private final String promptId;
  private final List<WindowUpdate> days = new ArrayList<>();
  private final List<WindowUpdate> hours = new ArrayList<>();
  private final Map<String, Double> consistency = new HashMap<>();
  private final Map<String, RegisteredVersion> versions = new HashMap<>();
  private final List<PromptDay.ActivePeriod> periods = new ArrayList<>();
  private final List<AlertsOfDay.Episode> alerts = new ArrayList<>();
  private final List<RollbacksOfDay.Event> rollbacks = new ArrayList<>();
  private RollbacksOfDay.Allowance allowance = new RollbacksOfDay.Allowance(0, null, null);
  private boolean isReported;

  PromptDayFacts(ReportScope scope, String promptId) {
    this.scope = scope;
    this.promptId = promptId;
    this.isReported = scope.promptIds().contains(promptId);
  }

  void add(WindowUpdate window) {
    (window.size() == WindowSize.ONE_HOUR ? hours : days).add(window);
  }

  void add(PromptFact fact) {
    isReported |= fact.isToBeReported();
    if (fact.version() != null) {
      versions.put(fact.version().versionId(), fact.version().registered());
    }
    addUnlessNull(fact.activePeriod(), periods);
    addUnlessNull(fact.alert(), alerts);
    addUnlessNull(fact.rollback(), rollbacks);
    if (fact.allowance() != null) {
      allowance = fact.allowance();
    }
    if (fact.consistency() != null) {
      consistency.put(fact.consistency().version(), fact.consistency().rate());
    }
  }

  private static <T> void addUnlessNull(@Nullable T fact, List<T> facts) {
    if (fact != null) {
      facts.add(fact);
    }
  }

  /** Whether the prompt is to be reported at all. */
  boolean isReported() {
    return isReported;
  }

  /**
   * All of it.
   *
   * @param deadLetters records of all prompts of the day that were not counted, by reason
   * @param previous the edition before; null if there is none
   */
  PromptDay day(Map<String, Long> deadLetters, ReportEditions.@Nullable Previous previous) {
    periods.sort(Comparator.comparing(PromptDay.ActivePeriod::from));
    return new PromptDay(
        promptId,
        scope.date(),
        scope.asOf(),
        previous == null ? 1 : previous.revision() + 1,
        days,
        consistency,
        hours,
        versions,
        periods,
        alerts,
        rollbacks,
        allowance,
        deadLetters,
        previous == null ? null : previous.feedback(),
        scope.feedbackUntil());
  }
}
