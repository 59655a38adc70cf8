package io.promptmonitor.common.alerts;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom to tell of an alert of some severity, and how often.
 *
 * @param channels names of the channels that are told; none if nobody is
 * @param repeatAfter how often they are told again while it fires; above 0, null for never
 * @param escalateAfter how long it may fire until somebody else is told too; above 0, null for ever
 * @param escalateTo the channel that is told then; there if and only if {@code escalateAfter} is
 */
public record EscalationPolicy(
    List<String> channels,
    @Nullable Duration repeatAfter,
    @Nullable Duration escalateAfter,
    @Nullable String escalateTo)
    implements Serializable {

  public EscalationPolicy {
    channels = channels.stream().distinct().toList();
    if ((escalateAfter == null) != (escalateTo == null)) {
      throw new IllegalArgumentException("\"escalate_after\" and \"escalate_to\" go together");
    }
    requirePositive(repeatAfter);
    requirePositive(escalateAfter);
  }

  private static void requirePositive(@Nullable Duration duration) {
    if (duration != null && (duration.isZero() || duration.isNegative())) {
      throw new IllegalArgumentException("durations are above 0");
    }
  }

  /** This policy with a version's own {@code alerting_channels}, which are told as well. */
  public EscalationPolicy with(List<String> moreChannels) {
    return new EscalationPolicy(
        Stream.concat(channels.stream(), moreChannels.stream()).toList(),
        repeatAfter,
        escalateAfter,
        escalateTo);
  }
}
