package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.registry.VersionStatus;
import io.promptmonitor.registry.CalibrationHeuristics;
import io.promptmonitor.registry.CalibrationHeuristics.Prediction;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code promptmon registry register}: adds a version. */
@Command(
    name = "register",
    description = {
      "Adds a version from its file, as a draft. A version never changes: to register it again with"
          + " the same content does nothing, with other content is an error."
    })
final class RegisterCommand extends ChangeSubcommand {

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The version's file (YAML); docs/registry.md describes it.")
  private Path path;

  private @Nullable VersionFile file;

  @Override
  protected void prepare() {
    VersionFile read = VersionFile.read(path);
    if (read.promptId() != null && !read.promptId().equals(promptId())) {
      throw badUsage(path + " is a version of " + read.promptId() + ", not of " + promptId());
    }
    file = read;
  }

  @Override
  Optional<RegistryEvent> change(PromptRegistry registry) {
    VersionFile version = version();
    Optional<RegistryEvent> event =
        registry.register(promptId(), version.definition(), version.promptText());
    VersionStatus wanted = version.wantedStatus();
    if (event.isPresent() && wanted != null && wanted != VersionStatus.DRAFT) {
      say(
          "promptmon: the file says "
              + wanted.label()
              + ", but a registered version begins as a draft; see registry stage and registry"
              + " deploy, or registry apply, which follows the file");
    }
    return event;
  }

  @Override
  void printMore(RegistryEvent event) {
    prediction(event)
        .ifPresent(
            prediction ->
                print(
                    "predicted quality: %s as declared, %s with the corrections in force (version %d)"
                        .formatted(
                            quality(prediction.declared()),
                            quality(prediction.corrected()),
                            prediction.heuristic())));
  }

  @Override
  void addTo(Map<String, @Nullable Object> values, RegistryEvent event) {
    prediction(event)
        .ifPresent(
            prediction -> {
              values.put("predicted_quality", prediction.declared());
              values.put("corrected_quality", prediction.corrected());
              values.put("heuristic_version", prediction.heuristic());
            });
  }

  private Optional<Prediction> prediction(RegistryEvent event) {
    try (CalibrationHeuristics heuristics = new CalibrationHeuristics(database())) {
      return heuristics.prediction(event.promptId(), event.versionId().toString());
    } catch (RegistryException e) {
      // The version is registered all the same.
      say("promptmon: the corrected prediction cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static String quality(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  @Override
  String already() {
    return promptId()
        + "@"
        + version().definition().versionId()
        + " is registered already, with the same content";
  }

  private VersionFile version() {
    return Objects.requireNonNull(file, "prepare comes first");
  }
}
