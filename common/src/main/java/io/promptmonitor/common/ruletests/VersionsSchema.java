package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The schema of {@code versions}: what the registry holds when a test begins. */
final class VersionsSchema {

  /** Where a version is when the test begins. */
  enum Status {
    /** It has traffic without being in the registry. */
    UNREGISTERED,
    DRAFT,
    STAGED,
    /** It was active until another one was deployed. */
    SUPERSEDED,
    ACTIVE,
    /** It was deprecated by an operator. */
    WITHDRAWN
  }

  /**
   * A version.
   *
   * @param definition null if it is not in the registry
   * @param value where it is in the file
   */
  record Listed(
      PromptVersionId id,
      @Nullable SemanticVersion number,
      Status status,
      @Nullable VersionDefinition definition,
      ConfigValue value) {}

  private final Function<String, Path> paths;

  VersionsSchema(Function<String, Path> paths) {
    this.paths = paths;
  }

  List<Listed> read(ConfigValue value) {
    Map<PromptVersionId, String> seen = new HashMap<>();
    Map<String, Listed> active = new HashMap<>();
    List<Listed> versions =
        value.list(
            v -> {
              Listed version = v.section(section -> version(section, v));
              String earlier = seen.putIfAbsent(version.id(), v.path());
              if (earlier != null) {
                throw v.invalid(version.id() + " is there twice, first as " + earlier);
              }
              Listed other =
                  version.status() == Status.ACTIVE
                      ? active.putIfAbsent(version.id().promptId(), version)
                      : null;
              if (other != null) {
                throw v.invalid(
                    version.id()
                        + " is active, and "
                        + other.id().version()
                        + ", too; expected another status, such as \"status: staged\"");
              }
              return version;
            });
    for (Listed version : versions) {
      if (version.status() == Status.SUPERSEDED && !active.containsKey(version.id().promptId())) {
        version.value().problem("is superseded, but no version of the prompt is active");
      }
    }
    new RegistrySteps(new RegistryView(), 0)
        .initial(versions, (version, message) -> version.value().problem(message));
    return versions;
  }

  private Listed version(ConfigSection section, ConfigValue self) {
    Status status = section.get("status", v -> v.choice(Status.class), Status.ACTIVE);
    String prompt = section.getOrNull("prompt", VersionsSchema::promptId);
    // Known, also if the file cannot be used.
    section.has("version");
    VersionFile file = section.has("file") ? section.need("file", this::file) : null;
    if (prompt == null && file != null) {
      prompt = file.promptId();
    }
    if (prompt == null) {
      prompt = section.require("prompt", VersionsSchema::promptId, "?");
    }
    if (file != null) {
      section.getOrNull("version", v -> sameVersion(v, file));
      SemanticVersion number = file.definition().versionId();
      return new Listed(RegistryView.id(prompt, number), number, status, file.definition(), self);
    }
    if (status == Status.UNREGISTERED) {
      String version = section.require("version", ConfigValue::text, "?");
      return new Listed(new PromptVersionId(prompt, version), null, status, null, self);
    }
    SemanticVersion number = section.need("version", v -> v.parsed(SemanticVersion::parse));
    VersionDefinition definition = VersionDefinition.readMadeUp(section, number);
    return new Listed(RegistryView.id(prompt, number), number, status, definition, self);
  }

  private static SemanticVersion sameVersion(ConfigValue value, VersionFile file) {
    SemanticVersion number = value.parsed(SemanticVersion::parse);
    if (!file.definition().versionId().equals(number)) {
      throw value.invalid("is " + number + ", but the file is of " + file.definition().versionId());
    }
    return number;
  }

  private VersionFile file(ConfigValue value) {
    try {
      return VersionFile.read(paths.apply(value.text()));
    } catch (ConfigException e) {
      throw FileSchema.unusable(value, e.problems().stream().map(p -> p.toString()).toList());
    }
  }

  /** A prompt's identifier. */
  static String promptId(ConfigValue value) {
    return value.parsed(LifeCycle::checkedPromptId);
  }
}
