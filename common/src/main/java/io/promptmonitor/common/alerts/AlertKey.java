package io.promptmonitor.common.alerts;

import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.Objects;

/**
 * Which alert: a rule and the prompt version it is about.
 *
 * @param promptVersion the version
 * @param rule name of the rule
 */
public record AlertKey(PromptVersionId promptVersion, String rule) {

  public AlertKey {
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(rule, "rule");
  }

  /**
   * The same text for everything that is about one episode, and for nothing else, also after a
   * restart or a replay: 35 characters, because channels limit the length.
   *
   * @param episode {@link AlertTransition#episode}
   */
  public String dedupKey(long episode) {
    return "pm-"
        + StableHash.hex128(
            StableHash.join(
                rule, promptVersion.promptId(), promptVersion.version(), Long.toString(episode)));
  }
}
