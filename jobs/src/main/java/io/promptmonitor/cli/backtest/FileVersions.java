package io.promptmonitor.cli.backtest;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigProblem;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Versions of files, as if they had been registered and deployed one after the other. */
final class FileVersions {

  private FileVersions() {}

  /**
   * Reads files.
   *
   * @return the changes of each prompt
   * @throws ConfigException if a file cannot be used
   */
  static Map<String, List<RegistryChange>> read(List<Path> files) {
    List<ConfigProblem> problems = new ArrayList<>();
    Map<String, List<RegistryChange>> changes = new HashMap<>();
    Map<String, RegistryView> views = new HashMap<>();
    for (Path file : files) {
      try {
        VersionFile version = VersionFile.read(file);
        String promptId = version.promptId();
        if (promptId == null) {
          throw problem(file, "prompt_id is missing");
        }
        add(
            file,
            promptId,
            version.definition(),
            views.computeIfAbsent(promptId, id -> new RegistryView()),
            changes.computeIfAbsent(promptId, id -> new ArrayList<>()));
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return changes;
  }

  private static ConfigException problem(Path file, String message) {
    return new ConfigException(List.of(new ConfigProblem(file.toString(), 0, 0, message)));
  }

  /** What a registry holds after changes of one prompt. */
  static RegistryView view(List<RegistryChange> changes) {
    Map<PromptVersionId, RegisteredVersion> versions = new HashMap<>();
    for (RegistryChange change : changes) {
      VersionDefinition definition = change.definition();
      if (definition != null) {
        versions.put(
            RegistryView.id(change.event().promptId(), definition.versionId()),
            new RegisteredVersion(definition, Deployment.draft(), null));
      }
    }
    return new RegistryView(0, versions);
  }

  private static void add(
      Path file,
      String promptId,
      VersionDefinition definition,
      RegistryView view,
      List<RegistryChange> changes) {
    SemanticVersion number = definition.versionId();
    List<RegistryOperation> operations =
        List.of(
            new RegistryOperation.Register(promptId, definition, ""),
            new RegistryOperation.Stage(promptId, number, null),
            new RegistryOperation.Deploy(promptId, number, null));
    for (RegistryOperation operation : operations) {
      try {
        LifeCycle.decide(operation, view, Instant.EPOCH, "files")
            .ifPresent(
                event -> {
                  RegistryChange change =
                      new RegistryChange(
                          event,
                          operation instanceof RegistryOperation.Register ? definition : null);
                  view.apply(change);
                  changes.add(change);
                });
      } catch (RegistryException e) {
        throw problem(file, String.valueOf(e.getMessage()));
      }
    }
  }
}
