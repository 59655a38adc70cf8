package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertState;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes messages from what is known of an alert. */
final class AlertMessages {

  private AlertMessages() {}

  /**
   * A message about an episode.
   *
   * @param firing the event with which it began to fire
   * @param endedAt when it was resolved (event time), or {@link AlertState#NEVER}
   * @param cause why it was; null while it fires
   */
  static AlertMessage of(
      String alertId,
      AlertEvent firing,
      EscalationMessage message,
      int number,
      long endedAt,
      @Nullable Cause cause,
      @Nullable String acknowledgedBy,
      @Nullable String comment) {
    AlertReading reading = firing.reading();
    return new AlertMessage(
        alertId,
        message.reason(),
        number,
        firing.key().promptVersion().promptId(),
        firing.key().promptVersion().version(),
        firing.key().rule(),
        firing.rule().kind().label(),
        firing.rule().severity().label(),
        firing.rule().condition(),
        firing.rule().actions().stream().map(AlertAction::label).toList(),
        reading == null ? null : reading.metric().column(),
        reading == null ? null : known(reading.value()),
        reading == null ? null : reading.operator().symbol(),
        reading == null ? null : known(reading.threshold()),
        reading == null ? null : known(reading.baseline()),
        reading == null ? null : Long.valueOf(reading.count()),
        reading == null ? null : reading.metric().sample().plural(),
        reading == null ? null : Long.valueOf(reading.window() / 1000),
        reading == null ? null : known(reading.evidence()),
        Instant.ofEpochMilli(firing.episode()),
        Instant.ofEpochMilli(firing.firingSince()),
        endedAt == AlertState.NEVER ? null : Instant.ofEpochMilli(endedAt),
        cause,
        Instant.ofEpochMilli(message.dueAt()),
        acknowledgedBy,
        comment,
        0);
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : Double.valueOf(value);
  }
}
