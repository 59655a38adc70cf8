package io.promptmonitor.common.registry;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.config.Spelling;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.Worse;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.Monitoring;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.DeploymentSpecification.VersionControl;
import io.promptmonitor.common.registry.VersionSchema.StatedPath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The schema of the block {@code deployment_specification} of a version. */
final class SpecificationSchema {

  private static final List<String> REPORT_SCHEDULES = List.of("daily", "none");
  private static final Pattern CHANNEL = Pattern.compile("[a-z][a-z0-9_-]*");

  private static final List<String> METRICS_WITH_DIRECTION =
      Arrays.stream(Metric.values())
          .filter(metric -> metric.quantity() != null && metric.worse() != Worse.NEITHER)
          .map(Metric::column)
          .toList();

  /** What reports can show: the spec's names, and the metrics that a person can read. */
  private static final List<String> TRACKED =
      Stream.concat(
              Stream.of(
                  "execution_count",
                  "latency_distribution",
                  "success_rate",
                  "error_type_breakdown",
                  "token_usage",
                  "user_feedback_scores",
                  "conditional_branch_distribution"),
              Arrays.stream(Metric.values())
                  .filter(metric -> metric.type() != Metric.Type.BYTES)
                  .map(Metric::column))
          .distinct()
          .toList();

  private final VersionBlock version;
  private final @Nullable StatedPath path;

  /**
   * The schema of the block of a version.
   *
   * @param path how the other blocks say that the version was arrived at; null if they do not
   */
  SpecificationSchema(VersionBlock version, @Nullable StatedPath path) {
    this.version = version;
    this.path = path;
  }

  DeploymentSpecification read(ConfigSection section) {
    return read(
        section,
        section.require("version_control", v -> v.section(this::versionControl), NO_CONTROL));
  }

  /** The block of a version that was made up: {@code version_control} can be left out. */
  DeploymentSpecification read(ConfigSection section, SemanticVersion versionId, String hash) {
    VersionControl usual = new VersionControl(versionId, hash, null, null, null);
    return read(
        section, section.get("version_control", v -> v.section(this::versionControl), usual));
  }

  private static DeploymentSpecification read(ConfigSection section, VersionControl control) {
    return new DeploymentSpecification(
        control,
        section.get(
            "performance_baseline",
            v -> v.section(SpecificationSchema::baseline),
            PerformanceBaseline.none()),
        section.get("alert_thresholds", SpecificationSchema::thresholds, List.of()),
        section.get(
            "rollback_triggers",
            v -> v.section(SpecificationSchema::triggers),
            RollbackTriggers.none()),
        section.get(
            "monitoring", v -> v.section(SpecificationSchema::monitoring), Monitoring.none()));
  }

  // Stand in where a problem has been noted, which ends the reading.
  private static final SemanticVersion NO_VERSION = SemanticVersion.parse("0.0.0");
  private static final VersionControl NO_CONTROL =
      new VersionControl(NO_VERSION, "", null, null, null);

  private VersionControl versionControl(ConfigSection section) {
    SemanticVersion versionId = section.require("version_id", VersionValues::version, NO_VERSION);
    if (section.has("version_id")) {
      checkSame(section, "version_id", versionId, version.versionId(), "PromptVersion.version_id");
    }
    String hash = hash(section);
    Instant createdAt = section.getOrNull("created_at", VersionValues::time);
    Instant versionCreatedAt = version.createdAt();
    if (createdAt != null
        && versionCreatedAt != null
        && !toSecond(createdAt).equals(toSecond(versionCreatedAt))) {
      section.problem(
          "created_at",
          VersionSchema.disagreement(createdAt, "PromptVersion.created_at", versionCreatedAt));
    }
    String explorationPath = section.getOrNull("exploration_path", VersionValues::label);
    if (path != null) {
      checkSame(section, "exploration_path", explorationPath, path.text(), path.place());
    }
    SemanticVersion reference =
        section.getOrNull(
            "rollback_reference", v -> VersionBlock.reference(v, version.versionId()));
    checkSame(
        section,
        "rollback_reference",
        reference,
        version.rollback().reference(),
        "PromptVersion.rollback.reference");
    return new VersionControl(
        versionId, Objects.requireNonNullElse(hash, ""), createdAt, explorationPath, reference);
  }

  private @Nullable String hash(ConfigSection section) {
    String textHash = version.textHash();
    String right = textHash == null ? "" : "; the hash of the prompt's text is " + textHash;
    if (!section.has("prompt_hash")) {
      section.problem("prompt_hash", "\"prompt_hash\" is missing" + right);
    }
    String hash = section.getOrNull("prompt_hash", v -> VersionValues.hash(v, right));
    if (hash != null && textHash != null && !hash.equals(textHash)) {
      section.problem("prompt_hash", VersionBlock.wrongHash(textHash));
    } else {
      checkSame(section, "prompt_hash", hash, version.promptHash(), "PromptVersion.prompt_hash");
    }
    return hash;
  }

  private static void checkSame(
      ConfigSection section,
      String key,
      @Nullable Object value,
      @Nullable Object other,
      String otherPlace) {
    if (value != null && other != null && !value.equals(other)) {
      section.problem(key, VersionSchema.disagreement(value, otherPlace, other));
    }
  }

  private static Instant toSecond(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private static PerformanceBaseline baseline(ConfigSection section) {
    return new PerformanceBaseline(
        section.getOrNull("expected_accuracy", v -> VersionValues.number(v, Quantity.RATE)),
        section.getOrNull("expected_latency_p50", v -> VersionValues.positive(v, Quantity.LATENCY)),
        section.getOrNull("expected_latency_p95", v -> VersionValues.positive(v, Quantity.LATENCY)),
        section.getOrNull("token_budget_average", v -> VersionValues.positive(v, Quantity.TOKENS)),
        section.getOrNull("token_budget_max", v -> VersionValues.positive(v, Quantity.TOKENS)),
        section.getOrNull("consistency_target", v -> VersionValues.number(v, Quantity.RATE)));
  }

  private static List<AlertThreshold> thresholds(ConfigValue value) {
    return List.copyOf(
        value
            .map(
                SpecificationSchema::metricWithDirection,
                (metric, v) -> v.section(section -> threshold(metric, v, section)))
            .values());
  }

  private static Metric metricWithDirection(ConfigValue key) {
    String name = key.text();
    Metric metric = Metric.named(name);
    if (metric == null) {
      throw key.invalid("unknown metric; " + Spelling.hint(name, METRICS_WITH_DIRECTION));
    }
    if (metric.quantity() == null) {
      throw key.invalid("is not a number and cannot have a threshold");
    }
    if (metric.worse() == Worse.NEITHER) {
      throw key.invalid(
          "cannot have a threshold, because neither more nor less of it is worse; expected one of "
              + String.join(", ", METRICS_WITH_DIRECTION));
    }
    return metric;
  }

  private static AlertThreshold threshold(Metric metric, ConfigValue value, ConfigSection section) {
    Quantity quantity = Objects.requireNonNull(metric.quantity());
    Double warning = section.getOrNull("warning", v -> VersionValues.number(v, quantity));
    Double critical = section.getOrNull("critical", v -> VersionValues.number(v, quantity));
    if (!section.has("warning") && !section.has("critical")) {
      value.problem("\"warning\" or \"critical\" is missing");
    }
    if (warning != null && critical != null) {
      boolean higherIsWorse = metric.worse() == Worse.HIGHER;
      if (higherIsWorse ? warning >= critical : warning <= critical) {
        section.problem(
            "warning",
            "must be "
                + (higherIsWorse ? "below" : "above")
                + " critical, because a "
                + (higherIsWorse ? "higher " : "lower ")
                + metric.column()
                + " is worse");
      }
    }
    return new AlertThreshold(metric, warning, critical);
  }

  private static RollbackTriggers triggers(ConfigSection section) {
    return new RollbackTriggers(
        section.get("automatic", SpecificationSchema::conditions, List.of()),
        section.get("manual_review", SpecificationSchema::conditions, List.of()));
  }

  private static List<Condition> conditions(ConfigValue value) {
    return VersionValues.distinct(value, v -> v.parsed(Condition::parse));
  }

  private static Monitoring monitoring(ConfigSection section) {
    return new Monitoring(
        section.get(
            "metrics_to_track",
            v -> VersionValues.distinct(v, SpecificationSchema::trackedMetric),
            List.of()),
        section.get(
            "alerting_channels",
            v -> VersionValues.distinct(v, SpecificationSchema::channel),
            List.of()),
        section.getOrNull("report_schedule", v -> v.choice(REPORT_SCHEDULES)));
  }

  private static String trackedMetric(ConfigValue value) {
    String name = value.text();
    if (!TRACKED.contains(name)) {
      throw value.invalid("unknown metric \"" + name + "\"; " + Spelling.hint(name, TRACKED));
    }
    return name;
  }

  private static String channel(ConfigValue value) {
    String name = VersionValues.label(value);
    if (!CHANNEL.matcher(name).matches()) {
      throw value.invalid(
          "expected the name of a channel, such as slack or on-call: small letters, digits, _ and"
              + " -, beginning with a letter; found \""
              + name
              + "\"");
    }
    return name;
  }
}
