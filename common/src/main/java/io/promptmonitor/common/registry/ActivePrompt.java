package io.promptmonitor.common.registry;

import java.util.Objects;

/**
 * What a runtime is given: the active version of a prompt, its text verified against its hash.
 *
 * @param promptId identifier of the prompt
 * @param versionId the active version, to be reported in execution records
 * @param promptText the prompt
 * @param promptHash see {@link PromptHash}
 */
public record ActivePrompt(
    String promptId, SemanticVersion versionId, String promptText, String promptHash) {

  public ActivePrompt {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(versionId, "versionId");
    Objects.requireNonNull(promptText, "promptText");
    Objects.requireNonNull(promptHash, "promptHash");
  }

  /** The text is left out: it may be confidential and long. */
  @Override
  public String toString() {
    return promptId + "@" + versionId + " (" + promptHash + ")";
  }
}
