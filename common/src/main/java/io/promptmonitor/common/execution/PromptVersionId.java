package io.promptmonitor.common.execution;

import java.util.Objects;

/**
 * Which version of which prompt: the key of every window, rule and rollback.
 *
 * @param promptId identifier of the prompt, 1 to 256 characters without control characters
 * @param version version of the prompt as the producer reported it, 1 to 64 characters
 */
public record PromptVersionId(String promptId, String version) {

  public PromptVersionId {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(version, "version");
  }

  /**
   * Stated here because it decides where a key's state lives: it must be the same in every release
   * of Java.
   */
  @Override
  public int hashCode() {
    return 31 * promptId.hashCode() + version.hashCode();
  }

  @Override
  public String toString() {
    return promptId + "@" + version;
  }
}
