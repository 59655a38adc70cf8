package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.SemanticVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A subcommand that changes one version of a prompt. */
abstract class VersionChangeSubcommand extends ChangeSubcommand {

  @Parameters(
      index = "1",
      paramLabel = "VERSION",
      converter = VersionConverter.class,
      description = "The version, for example 1.2.0.")
  private SemanticVersion versionId;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the history.")
  private @Nullable String reason;

  final SemanticVersion versionId() {
    return versionId;
  }

  final @Nullable String reason() {
    return reason;
  }
}
