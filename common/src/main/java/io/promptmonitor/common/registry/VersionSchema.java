package io.promptmonitor.common.registry;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import io.promptmonitor.common.registry.VersionBlock.ExplorationBlock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The schema of a version's blocks: the same in a file and in a definition's JSON. */
final class VersionSchema {

  private static final String PROMPT_VERSION = "PromptVersion";
  private static final String SPECIFICATION = "deployment_specification";
  private static final String ANALYSIS = "exploration_analysis";

  private static final Pattern SCORED =
      Pattern.compile("(.*\\S)\\s*\\(([0-9]+(?:\\.[0-9]+)?)\\)", Pattern.DOTALL);

  private static final Pattern DEPTH_KEY = Pattern.compile("depth_(0|[1-9][0-9]*)_decision");

  // Stand in where a problem has been noted, which ends the reading.
  private static final SemanticVersion NO_VERSION = SemanticVersion.parse("0.0.0");
  private static final String NO_TEXT = "";

  private VersionSchema() {}

  /** The schema of a file. */
  static VersionFile file(ConfigSection top) {
    String promptId = top.getOrNull("prompt_id", VersionValues::label);
    VersionBlock version =
        top.require(PROMPT_VERSION, v -> v.section(VersionBlock::inFile), VersionBlock.ABSENT);
    return new VersionFile(
        promptId,
        definition(top, version),
        Objects.requireNonNullElse(version.promptText(), NO_TEXT),
        version.status());
  }

  /** The schema of a definition's JSON. */
  static VersionDefinition definition(ConfigSection top) {
    return definition(
        top,
        top.require(
            PROMPT_VERSION, v -> v.section(VersionBlock::inDefinition), VersionBlock.ABSENT));
  }

  private static VersionDefinition definition(ConfigSection top, VersionBlock version) {
    ExplorationBlock block = version.exploration();
    Analysis analysis =
        top.get(ANALYSIS, v -> v.section(s -> analysis(s, block.path())), Analysis.ABSENT);
    StatedPath path = null;
    if (block.path() != null) {
      path = new StatedPath(block.path(), PROMPT_VERSION + ".exploration.path");
    } else if (analysis.path() != null) {
      path = new StatedPath(analysis.path(), ANALYSIS + ".exploration_path");
    }
    SpecificationSchema schema = new SpecificationSchema(version, path);
    DeploymentSpecification specification =
        top.getOrNull(SPECIFICATION, v -> v.section(schema::read));

    Instant createdAt = version.createdAt();
    SemanticVersion reference = version.rollback().reference();
    String explorationPath = path == null ? null : path.text();
    if (specification != null) {
      DeploymentSpecification.VersionControl control = specification.versionControl();
      createdAt = createdAt == null ? control.createdAt() : createdAt;
      reference = reference == null ? control.rollbackReference() : reference;
      explorationPath = explorationPath == null ? control.explorationPath() : explorationPath;
    }
    Exploration exploration =
        new Exploration(
            explorationPath, block.techniques(), block.complexity(), analysis.decisions());
    return new VersionDefinition(
        Objects.requireNonNullElse(version.versionId(), NO_VERSION),
        Objects.requireNonNullElse(version.promptHash(), NO_TEXT),
        createdAt,
        version.createdBy(),
        exploration.equals(NOTHING_KNOWN) ? null : exploration,
        version.performance(),
        new RollbackPolicy(reference, version.rollback().autoRollbackEnabled()),
        specification);
  }

  private static final Exploration NOTHING_KNOWN =
      new Exploration(null, List.of(), null, List.of());

  /**
   * A path of exploration, and where it is given.
   *
   * @param place the keys that lead there
   */
  record StatedPath(String text, String place) {}

  /** The block {@code exploration_analysis}. */
  private record Analysis(@Nullable String path, List<ExplorationDecision> decisions) {
    static final Analysis ABSENT = new Analysis(null, List.of());
  }

  private static Analysis analysis(ConfigSection section, @Nullable String pathOfVersion) {
    String path = section.getOrNull("exploration_path", VersionValues::label);
    if (path != null && pathOfVersion != null && !path.equals(pathOfVersion)) {
      section.problem(
          "exploration_path",
          disagreement(path, PROMPT_VERSION + ".exploration.path", pathOfVersion));
    }
    List<ExplorationDecision> decisions = new ArrayList<>();
    Set<String> rest = new LinkedHashSet<>(section.keys());
    int depth = 0;
    for (; section.has(depthKey(depth)); depth++) {
      ExplorationDecision decision =
          section.getOrNull(depthKey(depth), v -> v.section(VersionSchema::decision));
      if (decision != null) {
        decisions.add(decision);
      }
      rest.remove(depthKey(depth));
    }
    for (String key : rest) {
      if (DEPTH_KEY.matcher(key).matches() && section.has(key)) {
        section.problem(key, "\"" + depthKey(depth) + "\" is missing before it");
      }
    }
    return new Analysis(path, decisions);
  }

  private static String depthKey(int depth) {
    return "depth_" + depth + "_decision";
  }

  private static ExplorationDecision decision(ConfigSection section) {
    return new ExplorationDecision(
        section.require("selected", VersionValues::label, NO_TEXT),
        section.get(
            "alternatives",
            v -> VersionValues.distinct(v, VersionSchema::alternative, Alternative::name),
            List.of()),
        section.getOrNull("rationale", VersionValues::prose),
        section.getOrNull("potential_issue", VersionValues::prose));
  }

  private static Alternative alternative(ConfigValue value) {
    String text = VersionValues.label(value);
    Matcher matcher = SCORED.matcher(text);
    if (!matcher.matches()) {
      return new Alternative(text, null);
    }
    double score = Double.parseDouble(matcher.group(2));
    if (score > 10) {
      throw value.invalid("a score must be from 0 to 10, found " + matcher.group(2));
    }
    return new Alternative(matcher.group(1), score);
  }

  /** The message about a value that another place gives otherwise. */
  static String disagreement(Object value, String otherPlace, Object otherValue) {
    return "is " + value + ", but " + otherPlace + " is " + otherValue;
  }
}
