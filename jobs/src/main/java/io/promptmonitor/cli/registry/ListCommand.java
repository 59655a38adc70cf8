package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry list}: the versions of a prompt, or of all. */
@Command(
    name = "list",
    description = "Prints the versions of a prompt, or of all, with their state.")
final class ListCommand extends RegistrySubcommand {

  private static final List<Column> COLUMNS =
      List.of(
          new Column("prompt", Kind.TEXT),
          new Column("version", Kind.TEXT),
          new Column("status", Kind.TEXT),
          new Column("deployed", Kind.TEXT),
          new Column("by", Kind.TEXT),
          new Column("rollback_to", Kind.TEXT),
          new Column("predicted_quality", Kind.NUMBER));

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "Identifier of the prompt. Default: all.")
  private @Nullable String promptId;

  @Mixin private TableFormat format;

  @Override
  int run(PromptRegistry registry) throws Exception {
    Map<String, Map<SemanticVersion, RegisteredVersion>> prompts = new TreeMap<>();
    registry
        .view()
        .versions()
        .forEach(
            (id, version) -> {
              if (promptId == null || promptId.equals(id.promptId())) {
                prompts
                    .computeIfAbsent(id.promptId(), p -> new TreeMap<>())
                    .put(version.definition().versionId(), version);
              }
            });
    if (promptId != null && prompts.isEmpty()) {
      throw unknownPrompt(promptId);
    }
    if (format.isJson()) {
      List<Map<String, @Nullable Object>> values = new ArrayList<>();
      prompts.forEach(
          (id, versions) -> versions.values().forEach(version -> values.add(values(id, version))));
      printJson(values);
      return PromptMon.EXIT_OK;
    }
    ResultPrinter printer = format.printer();
    printer.begin(COLUMNS, out());
    prompts.forEach(
        (id, versions) ->
            versions.values().forEach(version -> printer.row(row(id, version), out())));
    printer.end(out());
    out().flush();
    return PromptMon.EXIT_OK;
  }

  private static List<@Nullable String> row(String promptId, RegisteredVersion version) {
    Deployment deployment = version.deployment();
    return List.of(
        promptId,
        version.definition().versionId().toString(),
        status(deployment),
        deployment.deployedAt() == null ? "" : EventText.time(deployment.deployedAt()),
        EventText.cell(deployment.deployedBy()),
        EventText.cell(version.rollbackReference()),
        EventText.cell(version.definition().performance().predictedQuality()));
  }

  /** {@code active}, or {@code deprecated (superseded)}. */
  static String status(Deployment deployment) {
    return deployment.deprecation() == null
        ? deployment.status().label()
        : deployment.status().label() + " (" + deployment.deprecation().label() + ")";
  }

  /** The values of a version, for JSON. */
  static Map<String, @Nullable Object> values(String promptId, RegisteredVersion version) {
    Deployment deployment = version.deployment();
    VersionDefinition definition = version.definition();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("prompt_id", promptId);
    values.put("version_id", definition.versionId().toString());
    values.put("prompt_hash", definition.promptHash());
    values.put("status", deployment.status().label());
    values.put(
        "deprecation", deployment.deprecation() == null ? null : deployment.deprecation().label());
    values.put("deployed_at", EventText.text(deployment.deployedAt()));
    values.put("deployed_by", deployment.deployedBy());
    values.put("rollback_reference", EventText.text(version.rollbackReference()));
    values.put("predicted_quality", definition.performance().predictedQuality());
    return values;
  }
}
