package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.cli.alerts.StoredAlert.StoredAcknowledgement;
import io.promptmonitor.cli.alerts.StoredAlert.StoredEscalation;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.registry.OperatorCommands.SilenceEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Alerts and silences for people and for scripts. */
final class StoredAlertText {

  /** Of an id of 35 characters, what tells it from others: {@code pm-} and eight digits. */
  private static final int SHORT_ID = 11;

  private StoredAlertText() {}

  /** The beginning of an alert's id, which is enough for commands. */
  static String shortId(String alertId) {
    return alertId.substring(0, Math.min(SHORT_ID, alertId.length()));
  }

  /** Which alert: {@code "High error rate" of checkout@1.2.0}. */
  static String name(StoredAlert alert) {
    return VisibleText.of(
        "\"" + alert.rule() + "\" of " + alert.promptId() + "@" + alert.promptVersion());
  }

  /** A time in UTC, to the second. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** A time in UTC, to the second; empty if there is none. */
  static String timeOrNothing(@Nullable Instant at) {
    return at == null ? "" : time(at);
  }

  /** The text of a value in a table, where nothing is better seen as nothing. */
  static String cell(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** Where an alert is, and whether its escalation stands still. */
  static String state(StoredAlert alert) {
    return alert.isOverdue() ? alert.phase() + ", OVERDUE" : alert.phase();
  }

  /** What was seen; if nothing was, the condition. */
  static String seen(StoredAlert alert) {
    String comparison = alert.reading().comparison();
    return comparison.isEmpty() ? alert.condition() : comparison;
  }

  /** Who took an alert on; empty if nobody did. */
  static String acknowledgedBy(StoredAlert alert) {
    StoredAcknowledgement acknowledgement = alert.acknowledgement();
    return acknowledgement == null ? "" : acknowledgement.by() + notTakenUp(acknowledgement);
  }

  /** That the job has not heard of an acknowledgement, if so. */
  static String notTakenUp(StoredAcknowledgement acknowledgement) {
    return acknowledgement.takenUp() ? "" : " (not yet taken up by the job)";
  }

  /** Matchers as they are typed, separated by commas. */
  static String text(List<LabelMatcher> matchers) {
    return matchers.stream().map(LabelMatcher::toString).collect(Collectors.joining(", "));
  }

  /** The values of an alert, for JSON. */
  static Map<String, @Nullable Object> values(StoredAlert alert) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("alert_id", alert.alertId());
    values.put("prompt_id", alert.promptId());
    values.put("prompt_version", alert.promptVersion());
    values.put("rule", alert.rule());
    values.put("kind", alert.kind());
    values.put("severity", alert.severity());
    values.put("condition", alert.condition());
    values.put("actions", alert.actions());
    values.put("phase", alert.phase());
    values.put("cause", alert.cause());
    values.put("pending_since", alert.pendingSince().toString());
    values.put("fired_at", text(alert.firedAt()));
    values.put("ended_at", text(alert.endedAt()));
    alert.reading().putInto(values);
    values.put("flagged_for_review", alert.flaggedForReview());
    StoredEscalation escalation = alert.escalation();
    values.put("told_at", escalation == null ? null : text(escalation.toldAt()));
    values.put("messages", escalation == null ? 0 : escalation.messages());
    values.put("escalated_at", escalation == null ? null : text(escalation.escalatedAt()));
    values.put("escalation_due_at", escalation == null ? null : text(escalation.dueAt()));
    values.put("overdue", alert.isOverdue());
    values.put("muted_by", escalation == null ? null : escalation.mutedBy());
    StoredAcknowledgement acknowledgement = alert.acknowledgement();
    values.put("acknowledged_at", acknowledgement == null ? null : text(acknowledgement.at()));
    values.put("acknowledged_by", acknowledgement == null ? null : acknowledgement.by());
    values.put("acknowledged_comment", acknowledgement == null ? null : acknowledgement.comment());
    values.put(
        "acknowledgement_taken_up", acknowledgement == null ? null : acknowledgement.takenUp());
    return values;
  }

  /** The values of a silence, for JSON. */
  static Map<String, @Nullable Object> values(SilenceEntry silence) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("silence_id", silence.silenceId());
    values.put("state", silence.state());
    values.put("matchers", silence.matchers().stream().map(LabelMatcher::toString).toList());
    values.put("starts_at", silence.startsAt().toString());
    values.put("ends_at", silence.endsAt().toString());
    values.put("created_by", silence.createdBy());
    values.put("created_at", silence.createdAt().toString());
    values.put("comment", silence.comment());
    values.put("ended_by", silence.endedBy());
    return values;
  }

  /** What all commands have, for JSON. */
  static Map<String, @Nullable Object> values(OperatorCommand command) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("command_id", command.commandId());
    values.put("at", command.at().toString());
    values.put("kind", command.kind().label());
    values.put("actor", command.actor());
    return values;
  }

  /** The text of a value, or null. */
  static @Nullable String text(@Nullable Object value) {
    return value == null ? null : Objects.toString(value);
  }
}
