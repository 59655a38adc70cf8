package io.promptmonitor.common.alerts;

import java.util.List;
import java.util.Objects;

/**
 * A message that is to be sent about an alert.
 *
 * @param reason why
 * @param channels names of the channels; at least one
 * @param time when it was made: milliseconds since the epoch, by the caller's clock
 * @param dueAt when it should have been made; at most {@code time}
 */
public record EscalationMessage(Reason reason, List<String> channels, long time, long dueAt) {

  /** Why a message is sent. */
  public enum Reason {
    /** The alert fires. */
    FIRING,
    /** It still fires. */
    REPEATED,
    /** It has been firing for long, and nobody took it on. */
    ESCALATED,
    /** Somebody took it on. */
    ACKNOWLEDGED,
    /** It does not fire any more. */
    RESOLVED
  }

  public EscalationMessage {
    Objects.requireNonNull(reason, "reason");
    channels = List.copyOf(channels);
  }
}
