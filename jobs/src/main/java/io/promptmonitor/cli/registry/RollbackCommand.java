package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.rollback.RollbackRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code promptmon registry rollback}: goes back to an earlier version. */
@Command(
    name = "rollback",
    description = {
      "Makes an earlier version active again: the active version's rollback reference, or --to.",
      "That version must have been superseded since it was deployed last; neither withdrawn nor"
          + " itself rolled back from, and with the text that was registered."
    })
final class RollbackCommand extends ChangeSubcommand {

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      converter = VersionConverter.class,
      description = "The version to go back to. Default: the rollback reference.")
  private @Nullable SemanticVersion to;

  @Option(
      names = "--from",
      paramLabel = "VERSION",
      converter = VersionConverter.class,
      description =
          "The version that fails: refused if another one is active, because somebody else was"
              + " faster. Default: the one that is active when the command begins.")
  private @Nullable SemanticVersion from;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the history.")
  private String reason;

  @Override
  protected void prepare() {
    if (reason.isBlank()) {
      throw badUsage("--reason must not be empty");
    }
  }

  @Override
  Optional<RegistryEvent> change(PromptRegistry registry) {
    SemanticVersion meant = from != null ? from : active(registry);
    return registry
        .execute(List.of(new RegistryOperation.Rollback(promptId(), to, reason, meant)))
        .get(0);
  }

  /** What is active by the history, which tells it even if the text was tampered with. */
  private @Nullable SemanticVersion active(PromptRegistry registry) {
    SemanticVersion active = null;
    for (RegistryEvent event : registry.history(promptId())) {
      active = event.toVersion() != null ? event.toVersion() : active;
    }
    return active;
  }

  @Override
  void addTo(Map<String, @Nullable Object> values, RegistryEvent event) {
    values.put("rollback_id", RollbackRecord.manualId(event.eventId()));
  }

  @Override
  String whereToLook(RegistryEvent event) {
    return "promptmon rollbacks show "
        + RollbackRecord.manualId(event.eventId())
        + " tells whether it helps";
  }

  @Override
  String already() {
    throw new IllegalStateException("a rollback always changes something");
  }
}
