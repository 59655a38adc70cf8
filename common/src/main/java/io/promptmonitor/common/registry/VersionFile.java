package io.promptmonitor.common.registry;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that describes one version of a prompt: the spec's blocks {@code PromptVersion}, {@code
 * deployment_specification} and {@code exploration_analysis} in YAML.
 *
 * @param promptId the prompt that the file is for; null leaves it to whoever uses the file
 * @param definition what is to be registered; has the hash of the text
 * @param promptText the prompt; not blank, at most 1,000,000 characters, without U+0000
 * @param wantedStatus the state that the file wants the version to be in; null if it does not say
 */
public record VersionFile(
    @Nullable String promptId,
    VersionDefinition definition,
    String promptText,
    @Nullable VersionStatus wantedStatus) {

  public VersionFile {
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(promptText, "promptText");
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if the file cannot be read, or has any problem
   */
  public static VersionFile read(Path file) {
    return ConfigReader.read(file, VersionFile::read);
  }

  /** The schema of the file. */
  public static VersionFile read(ConfigSection top) {
    return VersionSchema.file(top);
  }

  /** The text is left out: it may be confidential and long. */
  @Override
  public String toString() {
    return (promptId == null ? "" : promptId + "@") + definition.versionId();
  }
}
