package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be the case at a time. Times are milliseconds since the start of the test; a list that
 * is null is not looked at.
 *
 * @param at when
 * @param alerts all alerts that are pending or firing then
 * @param included alerts that are among them
 * @param excluded rules of which no alert is among them
 * @param rollbacks all rollbacks that are demanded since {@code rollbacksAfter}
 * @param rollbacksAfter exclusive; before the start for all of them
 * @param notifications all notifications since {@code notificationsAfter}
 * @param notificationsAfter exclusive; before the start for all of them
 */
record Expectation(
    long at,
    @Nullable List<Alert> alerts,
    @Nullable List<Alert> included,
    @Nullable List<String> excluded,
    @Nullable List<Rollback> rollbacks,
    long rollbacksAfter,
    @Nullable List<Sent> notifications,
    long notificationsAfter) {

  /**
   * An alert; what is null does not matter.
   *
   * @param since since when it has been in that state
   */
  record Alert(
      PromptVersionId promptVersion,
      String rule,
      AlertPhase state,
      @Nullable Severity severity,
      @Nullable Long since,
      @Nullable ExpectedValue value) {}

  /** A demand for a rollback; what is null does not matter. */
  record Rollback(
      PromptVersionId promptVersion,
      String rule,
      @Nullable Confidence confidence,
      @Nullable Long at,
      @Nullable ExpectedValue value) {}

  /**
   * A notification; what is null does not matter.
   *
   * @param rules for each reason the rules of which the notification says it, sorted
   */
  record Sent(
      String promptId,
      @Nullable String version,
      String channel,
      Map<Reason, List<String>> rules,
      @Nullable Long at) {}

  /** Number of lists that are looked at. */
  int checks() {
    int checks = 0;
    for (List<?> list : Arrays.asList(alerts, included, excluded, rollbacks, notifications)) {
      checks += list == null ? 0 : 1;
    }
    return checks;
  }
}
