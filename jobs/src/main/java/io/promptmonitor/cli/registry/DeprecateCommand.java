package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code promptmon registry deprecate}: withdraws a version. */
@Command(
    name = "deprecate",
    description = {
      "Withdraws a version for good: it can neither be deployed nor rolled back to any more.",
      "The active version cannot be withdrawn: deploy another one or roll back first."
    })
final class DeprecateCommand extends VersionChangeSubcommand {

  @Override
  Optional<RegistryEvent> change(PromptRegistry registry) {
    return registry.deprecate(promptId(), versionId(), reason());
  }

  @Override
  String already() {
    return promptId() + "@" + versionId() + " is withdrawn already";
  }
}
