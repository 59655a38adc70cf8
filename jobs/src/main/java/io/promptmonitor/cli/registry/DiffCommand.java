package io.promptmonitor.cli.registry;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionFileYaml;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry diff}: what differs between two versions. */
@Command(
    name = "diff",
    description = {
      "Prints what differs between two versions of a prompt, as a unified diff: the text, then what"
          + " was specified."
    })
final class DiffCommand extends RegistrySubcommand {

  private static final Ansi ANSI = Ansi.AUTO;

  @Parameters(index = "0", paramLabel = "PROMPT", description = "Identifier of the prompt.")
  private String promptId;

  @Parameters(
      index = "1",
      paramLabel = "FROM",
      converter = VersionConverter.class,
      description = "A version.")
  private SemanticVersion from;

  @Parameters(
      index = "2",
      paramLabel = "TO",
      converter = VersionConverter.class,
      description = "The version to compare it with.")
  private SemanticVersion to;

  @Option(
      names = {"-U", "--unified"},
      paramLabel = "N",
      defaultValue = "3",
      description = "Lines of context. Default: ${DEFAULT-VALUE}.")
  private int context;

  @Override
  int run(PromptRegistry registry) {
    PromptVersion before = registry.version(promptId, from);
    PromptVersion after = registry.version(promptId, to);
    printDiff("text", before.promptText(), after.promptText());
    printDiff(
        "specification",
        VersionFileYaml.writeDefinition(before.definition()),
        VersionFileYaml.writeDefinition(after.definition()));
    return PromptMon.EXIT_OK;
  }

  private void printDiff(String part, String before, String after) {
    List<String> lines = before.lines().toList();
    List<String> diff =
        UnifiedDiffUtils.generateUnifiedDiff(
            promptId + "@" + from + " " + part,
            promptId + "@" + to + " " + part,
            lines,
            DiffUtils.diff(lines, after.lines().toList()),
            Math.max(0, context));
    diff.forEach(line -> out().println(styled(line)));
    out().flush();
  }

  private static String styled(String line) {
    if (!ANSI.enabled() || line.isEmpty()) {
      return line;
    }
    String style =
        switch (line.charAt(0)) {
          case '+' -> "\u001b[32m";
          case '-' -> "\u001b[31m";
          case '@' -> "\u001b[36m";
          default -> "";
        };
    return style.isEmpty() ? line : style + line + "\u001b[0m";
  }
}
