package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleEvaluation;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What was expected and what happened, in words: the same words for both. */
final class DiaryText {

  /** More transitions of a rule than these are not listed. */
  private static final int MOST_TRANSITIONS = 8;

  private final TestDiary diary;
  private final TestNames names;

  DiaryText(TestDiary diary, TestNames names) {
    this.diary = diary;
    this.names = names;
  }

  /** The version, unless there is only one: {@code , checkout@1.0.0}. */
  String where(PromptVersionId promptVersion) {
    return names.promptVersions().size() == 1 ? "" : ", " + promptVersion;
  }

  String of(Expectation.Alert alert) {
    StringBuilder text = new StringBuilder(alert.rule()).append(' ').append(label(alert.state()));
    if (alert.since() != null) {
      text.append(" since ").append(TestTime.format(alert.since()));
    }
    if (alert.severity() != null) {
      text.append(", ").append(alert.severity().label());
    }
    text.append(where(alert.promptVersion()));
    return text.append(value(alert.value())).toString();
  }

  String of(TestDiary.AlertAt alert, long at) {
    AlertKey key = alert.event().key();
    return key.rule()
        + " "
        + label(alert.phase())
        + " since "
        + TestTime.format(alert.since())
        + ", "
        + alert.event().rule().severity().label()
        + where(key.promptVersion())
        + ": "
        + seen(diary.evaluation(key, at));
  }

  /** What a rule saw. */
  String seen(@Nullable RuleEvaluation evaluation) {
    if (evaluation == null) {
      return "no executions in any window";
    }
    String in = " in " + TestTime.format(evaluation.window());
    String reason = evaluation.evaluation().reason();
    if (reason != null) {
      return evaluation.verdict().name() + in + ", " + reason;
    }
    Observation leading = evaluation.evaluation().leading();
    String text = (leading == null ? evaluation.verdict().name() : leading.toString()) + in;
    return Double.isNaN(evaluation.evidence())
        ? text
        : text + String.format(Locale.ROOT, ", e-value %.3g", evaluation.evidence());
  }

  String of(Expectation.Rollback rollback) {
    StringBuilder text = new StringBuilder(rollback.rule());
    if (rollback.at() != null) {
      text.append(" at ").append(TestTime.format(rollback.at()));
    }
    if (rollback.confidence() != null) {
      text.append(", confidence ").append(rollback.confidence().label());
    }
    text.append(where(rollback.promptVersion()));
    return text.append(value(rollback.value())).toString();
  }

  String of(RollbackTrigger trigger) {
    AlertReading reading = trigger.reading();
    return trigger.rule()
        + " at "
        + TestTime.format(diary.offset(trigger.time()))
        + ", confidence "
        + trigger.confidence().label()
        + where(trigger.promptVersion())
        + (reading == null ? "" : ": " + of(reading));
  }

  String of(AlertReading reading) {
    Quantity quantity = Objects.requireNonNull(reading.metric().quantity());
    return reading.metric().column()
        + " "
        + quantity.show(reading.value())
        + ", threshold "
        + reading.operator().symbol()
        + " "
        + quantity.show(reading.threshold())
        + ", "
        + reading.count()
        + " "
        + reading.metric().sample().plural()
        + " in "
        + TestTime.format(reading.window());
  }

  private static String value(@Nullable ExpectedValue value) {
    return value == null ? "" : ": value " + value;
  }

  String of(Expectation.Sent sent) {
    StringBuilder text = new StringBuilder(sent.channel());
    if (sent.at() != null) {
      text.append(" at ").append(TestTime.format(sent.at()));
    }
    return text.append(where(sent.promptId(), sent.version()))
        .append(": ")
        .append(rules(sent.rules()))
        .toString();
  }

  String of(Notification notification) {
    List<String> versions =
        notification.alerts().stream().map(AlertMessage::promptVersion).distinct().toList();
    return notification.channel()
        + " at "
        + TestTime.format(sentAt(notification))
        + where(notification.promptId(), TestNames.only(versions))
        + ": "
        + rules(rules(notification));
  }

  private String where(String promptId, @Nullable String version) {
    if (version != null) {
      return where(new PromptVersionId(promptId, version));
    }
    return names.prompts().size() == 1 ? "" : ", " + promptId;
  }

  long sentAt(Notification notification) {
    return diary.offset(notification.createdAt().toEpochMilli());
  }

  /** For each reason, in their order, the rules of which the notification says it, sorted. */
  static Map<Reason, List<String>> rules(Notification notification) {
    Map<Reason, List<String>> rules = new EnumMap<>(Reason.class);
    for (AlertMessage message : notification.alerts()) {
      rules.computeIfAbsent(message.reason(), reason -> new ArrayList<>()).add(message.rule());
    }
    rules.values().forEach(list -> list.sort(null));
    return rules;
  }

  private static String rules(Map<Reason, List<String>> rules) {
    List<String> texts = new ArrayList<>();
    rules.forEach(
        (reason, list) ->
            texts.add(reason.name().toLowerCase(Locale.ROOT) + " " + String.join(", ", list)));
    return texts.isEmpty() ? "anything" : String.join("; ", texts);
  }

  static String label(AlertPhase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  /** What happened to an alert in the whole test, for whoever expected something else of it. */
  String history(AlertKey key) {
    List<String> parts = new ArrayList<>();
    for (AlertEvent event : diary.transitions()) {
      if (event.key().equals(key)) {
        parts.add(
            event.change().name().toLowerCase(Locale.ROOT)
                + " at "
                + TestTime.format(diary.offset(event.time())));
      }
    }
    String of = key.rule() + where(key.promptVersion());
    if (parts.isEmpty()) {
      return of + " is never pending or firing in this test.";
    }
    int more = parts.size() - MOST_TRANSITIONS;
    if (more > 0) {
      parts = new ArrayList<>(parts.subList(0, MOST_TRANSITIONS));
      parts.add(more + " more");
    }
    return of + " in this test: " + String.join(", ", parts) + ".";
  }
}
