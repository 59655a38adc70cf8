package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
          new Column("created", Kind.TEXT),
          new Column("by", Kind.TEXT),
          new Column("deployed", Kind.TEXT),
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
    List<PromptVersion> versions = new ArrayList<>();
    for (String id : promptId == null ? registry.promptIds() : List.of(promptId)) {
      versions.addAll(registry.versions(id));
    }
    if (format.isJson()) {
      printJson(versions.stream().map(ListCommand::values).toList());
      return PromptMon.EXIT_OK;
    }
    ResultPrinter printer = format.printer();
    printer.begin(COLUMNS, out());
    for (PromptVersion version : versions) {
      printer.row(row(version), out());
    }
    printer.end(out());
    out().flush();
    return PromptMon.EXIT_OK;
  }

  private static List<@Nullable String> row(PromptVersion version) {
    Deployment deployment = version.deployment();
    return Arrays.asList(
        version.promptId(),
        version.versionId().toString(),
        status(deployment),
        EventText.time(version.createdAt()),
        version.createdBy(),
        deployment.deployedAt() == null ? null : EventText.time(deployment.deployedAt()),
        EventText.text(version.rollbackReference()),
        EventText.text(version.definition().performance().predictedQuality()));
  }

  /** {@code active}, or {@code deprecated (superseded)}. */
  static String status(Deployment deployment) {
    return deployment.deprecation() == null
        ? deployment.status().label()
        : deployment.status().label() + " (" + deployment.deprecation().label() + ")";
  }

  /** The values of a version without its text, for JSON. */
  static Map<String, @Nullable Object> values(PromptVersion version) {
    Deployment deployment = version.deployment();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("prompt_id", version.promptId());
    values.put("version_id", version.versionId().toString());
    values.put("prompt_hash", version.definition().promptHash());
    values.put("status", deployment.status().label());
    values.put(
        "deprecation", deployment.deprecation() == null ? null : deployment.deprecation().label());
    values.put("created_at", version.createdAt().toString());
    values.put("created_by", version.createdBy());
    values.put("deployed_at", EventText.text(deployment.deployedAt()));
    values.put("deployed_by", deployment.deployedBy());
    values.put("rollback_reference", EventText.text(version.rollbackReference()));
    values.put("predicted_quality", version.definition().performance().predictedQuality());
    return values;
  }
}
