package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.text.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a message says about one episode, in plain text: what, where, since when, how bad, what was
 * done, and how to look further. Each line is one line, whatever is in the names it quotes.
 */
public final class AlertText {

  private static final int MAX_NAME = 100;
  private static final int MAX_TEXT = 300;
  private static final int MAX_STORY = 1_000;

  private AlertText() {}

  /** The message in one line. */
  public static String title(AlertMessage alert) {
    String rule = PlainText.line(alert.rule(), MAX_NAME);
    return "["
        + alert.severity().toUpperCase(Locale.ROOT)
        + "] "
        + (isRollback(alert) && alert.reason() == Reason.FIRING
            ? rule
            : happened(alert) + ": " + rule)
        + ", "
        + where(alert);
  }

  /** Whether it is about what the rollback protocol did, not about a rule. */
  private static boolean isRollback(AlertMessage alert) {
    return alert.kind().equals(RuleKind.ROLLBACK.label());
  }

  /** The prompt and the version: {@code checkout 1.2.0}. */
  static String where(AlertMessage alert) {
    return PlainText.line(alert.promptId(), MAX_NAME)
        + " "
        + PlainText.line(alert.promptVersion(), MAX_NAME);
  }

  /** What there is to say beyond the title. */
  public static List<String> lines(AlertMessage alert) {
    List<String> lines = new ArrayList<>();
    boolean firing = isFiring(alert.reason());
    String seen = seen(alert);
    if (isRollback(alert)) {
      lines.add(PlainText.line(alert.condition(), MAX_STORY));
    } else if (seen != null) {
      lines.add(alert.reason() == Reason.FIRING ? seen : "When it began to fire: " + seen);
    }
    if (!isRollback(alert)
        && (seen == null
            || alert.condition().contains(" and ")
            || alert.condition().contains(" or "))) {
      lines.add("Condition: " + PlainText.line(alert.condition(), MAX_TEXT));
    }
    lines.add(times(alert));
    if (firing && alert.actions().contains(AlertAction.AUTO_ROLLBACK.label())) {
      lines.add("Automatic rollback requested.");
    }
    if (firing && alert.actions().contains(AlertAction.FLAG_FOR_REVIEW.label())) {
      lines.add("The version is flagged for review.");
    }
    if (alert.hasEndedUnrecovered()) {
      lines.add("Nothing says that it has recovered.");
    }
    if (alert.reason() == Reason.ESCALATED) {
      lines.add("Nobody has acknowledged it.");
    }
    if (alert.acknowledgedBy() != null) {
      String comment = alert.comment();
      lines.add(
          "Acknowledged by "
              + PlainText.line(alert.acknowledgedBy(), MAX_NAME)
              + (comment == null ? "." : ": " + PlainText.line(comment, MAX_TEXT)));
    }
    if (alert.unreported() > 0) {
      lines.add(
          alert.unreported() == 1
              ? "One episode before it came and went without a message."
              : alert.unreported() + " episodes before it came and went without a message.");
    }
    return lines;
  }

  /** The command that shows more. */
  public static String command(AlertMessage alert) {
    return "promptmon alerts show " + PlainText.line(alert.alertId(), MAX_NAME);
  }

  /** Whether the alert fires, as far as such a message knows. */
  public static boolean isFiring(Reason reason) {
    return reason == Reason.FIRING || reason == Reason.REPEATED || reason == Reason.ESCALATED;
  }

  /** Whether there is nothing to worry about: it has recovered, or somebody takes care of it. */
  static boolean isGood(AlertMessage alert) {
    return !isFiring(alert.reason()) && !alert.hasEndedUnrecovered();
  }

  private static String happened(AlertMessage alert) {
    Instant endedAt = alert.endedAt();
    return switch (alert.reason()) {
      case FIRING -> "Firing";
      case REPEATED -> "Still firing after " + since(alert, alert.dueAt());
      case ESCALATED -> "Escalated after " + since(alert, alert.dueAt());
      case ACKNOWLEDGED -> "Acknowledged";
      case RESOLVED ->
          (alert.hasEndedUnrecovered() ? "Ended" : "Resolved")
              + (endedAt == null ? "" : " after " + since(alert, endedAt))
              + (alert.hasEndedUnrecovered() ? " (" + why(alert.cause()) + ")" : "");
    };
  }

  /** Why an alert ended that nobody knows to have recovered. */
  private static String why(@Nullable Cause cause) {
    if (cause == null) {
      return "";
    }
    return switch (cause) {
      case CONDITION -> "the condition does not hold any more";
      case NO_DATA -> "no executions any more";
      case INSUFFICIENT_DATA -> "too little data to decide";
      case RULE_CHANGED -> "the rule was changed";
      case RULE_REMOVED -> "the rule does not apply any more";
    };
  }

  private static String since(AlertMessage alert, Instant until) {
    return PlainText.duration(Duration.between(alert.firedAt(), until));
  }

  /** For example {@code error_rate 12.5% > 5% (312 executions, 5 min)}; null if it is not known. */
  private static @Nullable String seen(AlertMessage alert) {
    Double value = alert.value();
    if (alert.metric() == null || value == null) {
      return null;
    }
    String metric = PlainText.line(alert.metric(), MAX_NAME);
    String seen = MetricText.comparison(metric, value, alert.operator(), alert.threshold());
    List<String> details = new ArrayList<>();
    if (alert.baseline() != null) {
      details.add("baseline " + MetricText.value(metric, alert.baseline()));
    }
    if (alert.sampleCount() != null) {
      details.add(alert.sampleCount() + " " + (alert.sample() == null ? "" : alert.sample()));
    }
    if (alert.windowSeconds() != null) {
      details.add(PlainText.duration(Duration.ofSeconds(alert.windowSeconds())));
    }
    if (alert.evidence() != null) {
      details.add("e-value " + MetricText.number(alert.evidence()));
    }
    return details.isEmpty() ? seen : seen + " (" + String.join(", ", details).strip() + ")";
  }

  private static String times(AlertMessage alert) {
    Instant pending = alert.pendingSince();
    Instant fired = alert.firedAt();
    Instant ended = alert.endedAt();
    if (ended != null) {
      return "Fired from "
          + PlainText.time(fired)
          + " to "
          + PlainText.timeAfter(fired, ended)
          + ".";
    }
    return pending.equals(fired)
        ? "Since " + PlainText.time(fired) + "."
        : "Since "
            + PlainText.time(pending)
            + ", firing since "
            + PlainText.timeAfter(pending, fired)
            + ".";
  }
}
