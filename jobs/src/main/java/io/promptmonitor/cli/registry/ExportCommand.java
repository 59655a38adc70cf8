package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionFileYaml;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry export}: versions as files. */
@Command(
    name = "export",
    description = {
      "Writes a version as its file would be, with its present state, on standard output; or with"
          + " --out every version of a prompt, or of all prompts, into a directory that registry"
          + " apply reads."
    })
final class ExportCommand extends RegistrySubcommand {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "Identifier of the prompt. Default with --out: all.")
  private @Nullable String promptId;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      converter = VersionConverter.class,
      description = "The version. Default with --out: all.")
  private @Nullable SemanticVersion versionId;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write DIR/PROMPT/VERSION.yaml for each version.")
  private @Nullable Path directory;

  @Override
  protected void prepare() {
    if (directory == null && (promptId == null || versionId == null)) {
      throw badUsage("expected a prompt and a version, or a directory to write to (--out)");
    }
  }

  @Override
  int run(PromptRegistry registry) throws IOException {
    List<PromptVersion> versions = selected(registry);
    if (directory == null) {
      for (PromptVersion version : versions) {
        out().print(VersionFileYaml.write(version));
      }
      out().flush();
      return PromptMon.EXIT_OK;
    }
    Set<Path> written = new HashSet<>();
    for (PromptVersion version : versions) {
      Path file = file(directory, version);
      Files.createDirectories(file.getParent());
      if (Files.exists(file) && written.contains(file.toRealPath())) {
        // Two prompts whose names differ only in a way that this file system does not keep.
        throw new IllegalStateException(file + " would hold two versions; export them one by one");
      }
      Files.writeString(file, VersionFileYaml.write(version));
      written.add(file.toRealPath());
      print(file.toString());
    }
    return PromptMon.EXIT_OK;
  }

  private List<PromptVersion> selected(PromptRegistry registry) {
    if (promptId != null && versionId != null) {
      return List.of(registry.version(promptId, versionId));
    }
    List<PromptVersion> versions = new ArrayList<>();
    for (String id : promptId == null ? registry.promptIds() : List.of(promptId)) {
      versions.addAll(registry.versions(id));
    }
    return versions;
  }

  /** A path below the directory, whatever characters the prompt's identifier has. */
  private static Path file(Path directory, PromptVersion version) {
    Path path = directory;
    for (String part : version.promptId().split("/", -1)) {
      // A name that is empty or begins with a dot is special, or hidden.
      String name = URLEncoder.encode(part, StandardCharsets.UTF_8).replace("*", "%2A");
      path = path.resolve(name.isEmpty() ? "%" : name.replaceFirst("^\\.", "%2E"));
    }
    return path.resolve(version.versionId() + ".yaml");
  }
}
