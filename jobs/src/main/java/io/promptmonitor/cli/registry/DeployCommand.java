package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code promptmon registry deploy}: makes a version active. */
@Command(
    name = "deploy",
    description = {
      "Makes a staged version active; or one that was active before, unless it was withdrawn.",
      "The version that was active is superseded and becomes the rollback reference of the new one,"
          + " unless that has one of its own."
    })
final class DeployCommand extends VersionChangeSubcommand {

  @Override
  Optional<RegistryEvent> change(PromptRegistry registry) {
    return registry.deploy(promptId(), versionId(), reason());
  }

  @Override
  String already() {
    return promptId() + "@" + versionId() + " is active already";
  }
}
