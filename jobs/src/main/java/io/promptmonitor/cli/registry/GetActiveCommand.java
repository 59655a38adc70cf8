package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.PromptRegistry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry get-active}: the text of the active version. */
@Command(
    name = "get-active",
    description = {
      "Prints the text of the active version, verified against its hash; on standard error which"
          + " version it is."
    })
final class GetActiveCommand extends RegistrySubcommand {

  @Parameters(index = "0", paramLabel = "PROMPT", description = "Identifier of the prompt.")
  private String promptId;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "The version that was active then, for example 2026-01-31T12:00:00Z.")
  private @Nullable Instant at;

  @Option(names = "--json", description = "Print prompt, version, hash and text as JSON.")
  private boolean json;

  @Override
  int run(PromptRegistry registry) throws Exception {
    ActivePrompt active =
        at == null ? registry.getActive(promptId) : registry.getActive(promptId, at);
    if (json) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("prompt_id", active.promptId());
      values.put("version_id", active.versionId().toString());
      values.put("prompt_hash", active.promptHash());
      values.put("prompt_text", active.promptText());
      printJson(values);
    } else {
      say(active.promptId() + "@" + active.versionId() + ", SHA-256 " + active.promptHash());
      out().print(active.promptText());
      if (!active.promptText().endsWith("\n")) {
        out().println();
      }
      out().flush();
    }
    return PromptMon.EXIT_OK;
  }
}
