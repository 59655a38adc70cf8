package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigProblem;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryPlan;
import io.promptmonitor.common.registry.RegistryPlan.Action;
import io.promptmonitor.common.registry.VersionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code promptmon registry apply}: brings a directory of version files into the registry. */
@Command(
    name = "apply",
    description = {
      "Brings a directory of version files into the registry: registers what is new and moves each"
          + " version on to the status in its file. Prints the plan; with --yes carries it out, all"
          + " of it or nothing.",
      "Versions without a file stay as they are. What was rolled back or withdrawn is never made"
          + " active again by a file. Exit code: 1 if a file cannot be followed."
    })
final class ApplyCommand extends RegistrySubcommand {

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "DIR",
      description = "Directory with version files (.yaml, .yml; subdirectories too), or one file.")
  private Path directory;

  @Option(names = "--yes", description = "Carry the plan out.")
  private boolean yes;

  @Option(names = "--json", description = "Print the plan as JSON.")
  private boolean json;

  private final List<RegistryPlan.Wanted> wanted = new ArrayList<>();

  @Override
  protected void prepare() throws IOException {
    List<ConfigProblem> problems = new ArrayList<>();
    Map<String, Path> seen = new HashMap<>();
    for (Path path : files()) {
      try {
        VersionFile file = VersionFile.read(path);
        String promptId = file.promptId();
        if (promptId == null) {
          problems.add(
              new ConfigProblem(
                  path.toString(),
                  1,
                  1,
                  "\"prompt_id\" is missing, which says whose version it is"));
          continue;
        }
        String version = promptId + "@" + file.definition().versionId();
        Path other = seen.putIfAbsent(version, path);
        if (other != null) {
          problems.add(
              new ConfigProblem(path.toString(), 1, 1, version + " is in " + other + " too"));
        }
        wanted.add(
            new RegistryPlan.Wanted(
                promptId, file.definition(), file.promptText(), file.wantedStatus()));
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(directory)) {
      throw badUsage("cannot read " + directory + ": no such file or directory");
    }
    Path root = directory.toRealPath();
    try (Stream<Path> paths = Files.walk(root)) {
      List<Path> files =
          paths
              .filter(Files::isRegularFile)
              .map(root::relativize)
              .filter(path -> (root + "/" + path).matches(".*\\.ya?ml/?") && !isHidden(path))
              .map(path -> path.toString().isEmpty() ? directory : directory.resolve(path))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw badUsage("there is no .yaml or .yml file in " + directory);
      }
      return files;
    }
  }

  /** As a directory of Git's is, and those by which Kubernetes mounts the same files twice. */
  private static boolean isHidden(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  @Override
  int run(PromptRegistry registry) throws IOException {
    RegistryPlan plan = RegistryPlan.of(wanted, present(registry));
    boolean carriedOut = yes && !plan.hasConflicts() && !plan.operations().isEmpty();
    if (carriedOut) {
      registry.execute(plan.operations());
    }
    if (json) {
      printJson(values(plan, carriedOut));
    } else {
      plan.steps().forEach(step -> print(line(step)));
      say(conclusion(plan, carriedOut));
    }
    return plan.hasConflicts() ? PromptMon.EXIT_PROBLEM : PromptMon.EXIT_OK;
  }

  private List<PromptVersion> present(PromptRegistry registry) {
    TreeSet<String> promptIds = new TreeSet<>(registry.promptIds());
    List<PromptVersion> present = new ArrayList<>();
    wanted.stream()
        .map(RegistryPlan.Wanted::promptId)
        .distinct()
        .filter(promptIds::contains)
        .forEach(promptId -> present.addAll(registry.versions(promptId)));
    return present;
  }

  private static String line(RegistryPlan.Step step) {
    String sign =
        switch (step.action()) {
          case NONE -> "=";
          case CHANGE -> "+";
          case KEEP -> "~";
          case CONFLICT -> "!";
        };
    return sign + " " + step.promptId() + "@" + step.versionId() + "  " + step.text();
  }

  private String conclusion(RegistryPlan plan, boolean carriedOut) {
    if (plan.hasConflicts()) {
      return "promptmon: nothing was changed, because a file cannot be followed (!)";
    }
    long changes = plan.steps().stream().filter(step -> step.action() == Action.CHANGE).count();
    if (plan.operations().isEmpty()) {
      return "promptmon: nothing to do";
    }
    String count = changes == 1 ? "1 version" : changes + " versions";
    return carriedOut
        ? "promptmon: " + count + " changed"
        : "promptmon: nothing was changed yet; --yes changes " + count;
  }

  private static Map<String, Object> values(RegistryPlan plan, boolean carriedOut) {
    List<Map<String, Object>> steps = new ArrayList<>();
    for (RegistryPlan.Step step : plan.steps()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("prompt_id", step.promptId());
      values.put("version_id", step.versionId().toString());
      values.put("action", step.action().name().toLowerCase(Locale.ROOT));
      values.put("text", step.text());
      steps.add(values);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("carried_out", carriedOut);
    values.put("conflicts", plan.hasConflicts());
    values.put("steps", steps);
    return values;
  }
}
