package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigProblem;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.ruletests.RuleTestFile;
import io.promptmonitor.common.simulation.Scenario;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code promptmon check}: says whether files are right, and what is wrong with them. */
@Command(
    name = "check",
    description = {
      "Says whether configurations with their alert rules, version files, scenarios and rule tests are right, and"
          + " if not, what is wrong and where.",
      "Exit code: 0 if all are right, 1 if any has a problem, 2 if a file cannot be read."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  /** The kinds of file; a file is of the first kind that has one of its top-level keys. */
  private enum Kind {
    SCENARIO("scenario", List.of("scenario"), (top, file) -> Scenario.read(top)),
    RULE_TESTS("rule tests", List.of("rule_tests"), RuleTestFile::read),
    VERSION_FILE(
        "version file",
        List.of("PromptVersion", "deployment_specification", "exploration_analysis"),
        (top, file) -> VersionFile.read(top)),
    CONFIGURATION(
        "configuration",
        List.of(
            "monitor",
            "alert_rules",
            "escalation",
            "auto_rollback",
            "notifications",
            "channels",
            "retention"),
        (top, file) -> DeploymentConfig.read(top));

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> keys;

    @SuppressWarnings("ImmutableEnumChecker") // the functions above capture nothing
    private final BiConsumer<ConfigSection, Path> schema;

    Kind(String label, List<String> keys, BiConsumer<ConfigSection, Path> schema) {
      this.label = label;
      this.keys = keys;
      this.schema = schema;
    }

    /** The schema of whatever kind of file it is; tells the kind by its label. */
    static String read(ConfigSection top, Path file) {
      for (Kind kind : values()) {
        if (!Collections.disjoint(top.keys(), kind.keys)) {
          kind.schema.accept(top, file);
          return kind.label;
        }
      }
      // Asked for, all of these keys are known to whoever is told about an unknown one.
      for (Kind kind : values()) {
        kind.keys.forEach(top::has);
      }
      CONFIGURATION.schema.accept(top, file);
      return CONFIGURATION.label;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML files.")
  private List<Path> files;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    for (Path file : files) {
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new ParameterException(spec.commandLine(), "cannot read " + file);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> results = new ArrayList<>();
    boolean right = true;
    for (Path file : files) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("file", file.toString());
      try {
        String kind = ConfigReader.read(file, top -> Kind.read(top, file));
        result.put("ok", true);
        result.put("kind", kind);
        if (!json) {
          out.println(file + ": ok (" + kind + ")");
        }
      } catch (ConfigException e) {
        right = false;
        result.put("ok", false);
        result.put("problems", e.problems().stream().map(CheckCommand::toJsonValues).toList());
        if (!json) {
          e.problems().forEach(out::println);
        }
      }
      results.add(result);
    }
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(results));
    }
    out.flush();
    return right ? PromptMon.EXIT_OK : PromptMon.EXIT_PROBLEM;
  }

  private static Map<String, Object> toJsonValues(ConfigProblem problem) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("line", problem.line());
    values.put("column", problem.column());
    values.put("message", problem.message());
    return values;
  }
}
