package io.promptmonitor.common.alerts;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which firing alerts nobody is told of: silenced ones, and those that a worse one covers. */
public final class Muting {

  /**
   * Why an alert is muted, and for how long.
   *
   * @param silence the silence; null if another alert is the reason
   * @param inhibitor the alert that covers it; null if a silence is the reason
   * @param until when the silence ends, in milliseconds since the epoch; {@link Long#MAX_VALUE} if
   *     the end is that of the other alert
   */
  public record Reason(@Nullable Silence silence, @Nullable AlertLabels inhibitor, long until) {}

  private Muting() {}

  /**
   * Why an alert is muted now, or null if it is not. Of several silences, the one that lasts
   * longest.
   *
   * @param firing the alerts that fire now, of the same version at least; may hold {@code alert}
   */
  public static @Nullable Reason reason(
      AlertLabels alert, List<Silence> silences, Collection<AlertLabels> firing, long now) {
    Silence longest = null;
    for (Silence silence : silences) {
      if (silence.isActive(now)
          && silence.matches(alert)
          && (longest == null || silence.endsAt() > longest.endsAt())) {
        longest = silence;
      }
    }
    if (longest != null) {
      return new Reason(longest, null, longest.endsAt());
    }
    for (AlertLabels other : firing) {
      if (inhibits(other, alert)) {
        return new Reason(null, other, Long.MAX_VALUE);
      }
    }
    return null;
  }

  /** A critical alert that fires mutes a warning that shares a metric and the version. */
  public static boolean inhibits(AlertLabels source, AlertLabels target) {
    return source.severity() == Severity.CRITICAL
        && target.severity() == Severity.WARNING
        && source.key().promptVersion().equals(target.key().promptVersion())
        && source.metrics().stream().anyMatch(target.metrics()::contains);
  }
}
