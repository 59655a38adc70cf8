package io.promptmonitor.cli.registry;

import com.fasterxml.jackson.databind.util.RawValue;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeploymentSpecification;
import io.promptmonitor.common.registry.Exploration;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry show}: what is known of a version. */
@Command(
    name = "show",
    description = {
      "Prints what is known of a version, the active one if none is named; registry get-active and"
          + " registry export print its text."
    })
final class ShowCommand extends RegistrySubcommand {

  @Parameters(index = "0", paramLabel = "PROMPT", description = "Identifier of the prompt.")
  private String promptId;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      converter = VersionConverter.class,
      description = "The version. Default: the active one.")
  private @Nullable SemanticVersion versionId;

  @Option(names = "--json", description = "Print as JSON, with all that was specified.")
  private boolean json;

  @Override
  int run(PromptRegistry registry) throws Exception {
    RegistryView view = registry.view();
    if (view.versions().keySet().stream().noneMatch(id -> id.promptId().equals(promptId))) {
      throw unknownPrompt(promptId);
    }
    SemanticVersion shown = versionId == null ? active(view) : versionId;
    RegisteredVersion version = view.version(RegistryView.id(promptId, shown));
    if (version == null) {
      throw new RegistryException(Reason.UNKNOWN_VERSION, promptId + " has no version " + shown);
    }
    if (json) {
      Map<String, @Nullable Object> values = ListCommand.values(promptId, version);
      values.put("definition", new RawValue(VersionDefinitionJson.write(version.definition())));
      printJson(values);
    } else {
      describe(version, registration(registry, shown));
    }
    return PromptMon.EXIT_OK;
  }

  private SemanticVersion active(RegistryView view) {
    SemanticVersion active = view.activeVersion(promptId);
    if (active == null) {
      throw new RegistryException(
          Reason.NO_ACTIVE_VERSION, "no version of " + promptId + " is active; name one");
    }
    return active;
  }

  private RegistryEvent registration(PromptRegistry registry, SemanticVersion shown) {
    return registry.history(promptId).stream()
        .filter(e -> e.kind() == RegistryEvent.Kind.REGISTERED && e.versionId().equals(shown))
        .findFirst()
        .orElseThrow();
  }

  private void describe(RegisteredVersion version, RegistryEvent registration) {
    Deployment deployment = version.deployment();
    VersionDefinition definition = version.definition();
    line("prompt", promptId);
    line("version", definition.versionId());
    line("status", ListCommand.status(deployment));
    if (deployment.deployedAt() != null) {
      line("deployed", EventText.time(deployment.deployedAt()) + " by " + deployment.deployedBy());
    }
    line("registered", EventText.time(registration.at()) + " by " + registration.actor());
    if (definition.createdAt() != null) {
      line("created", EventText.time(definition.createdAt()));
    }
    lineIfKnown("created by", definition.createdBy(), "");
    line("SHA-256", definition.promptHash());
    SemanticVersion reference = version.rollbackReference();
    line("rollback to", reference == null ? "nothing yet" : reference.toString());
    line(
        "automatic rollback", definition.rollback().autoRollbackEnabled() ? "enabled" : "disabled");
    describe(definition.performance());
    if (definition.exploration() != null) {
      describe(definition.exploration());
    }
    if (definition.specification() != null) {
      describe(definition.specification());
    }
    out().flush();
  }

  private void describe(Performance performance) {
    lineIfKnown("predicted quality", performance.predictedQuality(), " of 10");
    lineIfKnown("baseline accuracy", performance.baselineAccuracy(), "");
    lineIfKnown("baseline p50", performance.baselineLatencyP50(), " ms");
    lineIfKnown("baseline p95", performance.baselineLatencyP95(), " ms");
  }

  private void describe(Exploration exploration) {
    lineIfKnown("exploration", exploration.path(), "");
    if (!exploration.techniques().isEmpty()) {
      line("techniques", String.join(", ", exploration.techniques()));
    }
    lineIfKnown("complexity", exploration.complexity(), "");
    for (int depth = 0; depth < exploration.decisions().size(); depth++) {
      Exploration.ExplorationDecision decision = exploration.decisions().get(depth);
      String issue =
          decision.potentialIssue() == null
              ? ""
              : " (may be a problem: " + decision.potentialIssue() + ")";
      line("decision " + depth, decision.selected() + issue);
    }
  }

  private void describe(DeploymentSpecification specification) {
    DeploymentSpecification.PerformanceBaseline expected = specification.performanceBaseline();
    lineIfKnown("expected accuracy", expected.expectedAccuracy(), "");
    lineIfKnown("expected p50", expected.expectedLatencyP50(), " ms");
    lineIfKnown("expected p95", expected.expectedLatencyP95(), " ms");
    lineIfKnown("token budget", expected.tokenBudgetAverage(), " on average");
    lineIfKnown("token budget", expected.tokenBudgetMax(), " at most");
    lineIfKnown("consistency target", expected.consistencyTarget(), "");
    for (DeploymentSpecification.AlertThreshold threshold : specification.alertThresholds()) {
      StringJoiner values = new StringJoiner(", ");
      if (threshold.warning() != null) {
        values.add("warning " + number(threshold.warning()));
      }
      if (threshold.critical() != null) {
        values.add("critical " + number(threshold.critical()));
      }
      line("alert on", threshold.metric().column() + ": " + values);
    }
    for (Condition condition : specification.rollbackTriggers().automatic()) {
      line("roll back on", condition);
    }
    for (Condition condition : specification.rollbackTriggers().manualReview()) {
      line("review on", condition);
    }
    list("track", specification.monitoring().metricsToTrack());
    list("alert by", specification.monitoring().alertingChannels());
    lineIfKnown("report", specification.monitoring().reportSchedule(), "");
  }

  private void list(String name, List<String> values) {
    if (!values.isEmpty()) {
      line(name, values.stream().collect(Collectors.joining(", ")));
    }
  }

  private void lineIfKnown(String name, @Nullable Object value, String unit) {
    if (value != null) {
      line(name, (value instanceof Double number ? number(number) : value) + unit);
    }
  }

  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private void line(String name, Object value) {
    out().printf("%-20s %s%n", name, value);
  }
}
