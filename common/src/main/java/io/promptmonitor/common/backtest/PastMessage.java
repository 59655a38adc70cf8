package io.promptmonitor.common.backtest;

import java.util.Objects;

/**
 * What one channel was told about one alert, or would have been.
 *
 * @param channel name of the channel
 * @param promptId the prompt
 * @param version the version
 * @param rule name of the rule
 * @param reason why: {@code firing}, {@code repeated}, {@code escalated}, {@code acknowledged},
 *     {@code resolved}
 */
public record PastMessage(
    String channel, String promptId, String version, String rule, String reason) {

  public PastMessage {
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(reason, "reason");
  }
}
