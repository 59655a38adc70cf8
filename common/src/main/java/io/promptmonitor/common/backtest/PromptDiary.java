package io.promptmonitor.common.backtest;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.replay.ReplayOutput;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes down what happens in the replay of one prompt, from a time on. */
final class PromptDiary implements ReplayOutput {

  private final String promptId;
  private final long from;
  private final long to;
  private final Consumer<PastRollback> onSwitch;
  private final Map<String, PastAlert> alerts = new LinkedHashMap<>();
  private final Map<String, PastRollback> rollbacks = new LinkedHashMap<>();
  private final List<PastMessage> messages = new ArrayList<>();

  /**
   * An empty diary.
   *
   * @param onSwitch takes each rollback that happens, once
   */
  PromptDiary(String promptId, long from, long to, Consumer<PastRollback> onSwitch) {
    this.promptId = promptId;
    this.from = from;
    this.to = to;
    this.onSwitch = onSwitch;
  }

  @Override
  public void alert(AlertEvent event) {
    String alertId = event.alertId();
    if (event.rule().kind() == RuleKind.ROLLBACK || alertId == null) {
      return; // Told as rollbacks.
    }
    PastAlert known = alerts.get(alertId);
    switch (event.change()) {
      case FIRING -> {
        if (event.time() >= from && event.time() <= to) {
          alerts.put(
              alertId,
              new PastAlert(
                  promptId,
                  event.key().promptVersion().version(),
                  event.key().rule(),
                  event.rule().severity().label(),
                  seen(event.reading()),
                  event.time(),
                  null));
        }
      }
      case RESOLVED -> {
        if (known != null) {
          alerts.put(alertId, known.ended(event.time()));
        }
      }
      case PENDING, CANCELLED, DATA -> {
        // It did not fire.
      }
    }
  }

  private static @Nullable String seen(@Nullable AlertReading reading) {
    return reading == null
        ? null
        : MetricText.comparison(
                reading.metric().column(),
                reading.value(),
                reading.operator().symbol(),
                reading.threshold())
            + " ("
            + reading.count()
            + " "
            + reading.metric().sample().plural()
            + ")";
  }

  @Override
  public void rollback(RollbackRecord record) {
    PastRollback before = rollbacks.get(record.rollbackId());
    Instant triggered = record.triggeredAt();
    Instant switched = record.switchedAt();
    Instant at = triggered != null ? triggered : switched;
    RollbackCause cause = record.cause();
    PastRollback rollback =
        new PastRollback(
            promptId,
            record.kind() == Kind.AUTOMATIC,
            record.fromVersion(),
            record.toVersion(),
            record.status().label(),
            record.refusal() == null ? null : record.refusal().label(),
            cause == null ? null : cause.rule(),
            record.refusal() == null ? record.reason() : record.refusalReason(),
            record.outcome() == null ? null : record.outcome().label(),
            at == null ? from : at.toEpochMilli());
    rollbacks.put(record.rollbackId(), rollback);
    if (rollback.switched() && (before == null || !before.switched())) {
      onSwitch.accept(rollback);
    }
  }

  @Override
  public void notification(Notification notification) {
    long at = notification.createdAt().toEpochMilli();
    if (at < from || at > to) {
      return;
    }
    for (AlertMessage message : notification.alerts()) {
      messages.add(
          new PastMessage(
              notification.channel(),
              promptId,
              message.promptVersion(),
              message.rule(),
              message.reason().name().toLowerCase(Locale.ROOT)));
    }
  }

  List<PastAlert> alerts() {
    return alerts.values().stream().sorted(PastAlert.ORDER).toList();
  }

  List<PastRollback> rollbacks() {
    return rollbacks.values().stream().sorted(PastRollback.ORDER).toList();
  }

  List<PastMessage> messages() {
    return List.copyOf(messages);
  }
}
