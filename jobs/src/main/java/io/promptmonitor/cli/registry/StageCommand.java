package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code promptmon registry stage}: makes a draft ready to be deployed. */
@Command(
    name = "stage",
    description = {"Makes a draft ready to be deployed."})
final class StageCommand extends VersionChangeSubcommand {

  @Override
  Optional<RegistryEvent> change(PromptRegistry registry) {
    return registry.stage(promptId(), versionId(), reason());
  }

  @Override
  String already() {
    return promptId() + "@" + versionId() + " is staged already";
  }
}
