package io.promptmonitor.common.registry;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.Worse;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.Monitoring;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.DeploymentSpecification.VersionControl;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Versions as files can describe them, with every part now there, now not, and nasty texts. */
final class RandomVersion {

  /** What YAML and JSON writers stumble over, and what prompts are full of. */
  private static final List<String> PIECES =
      List.of(
          "Answer the question.",
          "a",
          " ",
          "  ",
          "\t",
          "\n",
          "\n\n",
          "\r\n",
          "\r",
          "---",
          "...",
          "# no comment",
          " #",
          ": ",
          "- ",
          "? ",
          "|",
          ">",
          "'",
          "\"",
          "\\",
          "\\n",
          "{x}",
          "[y]",
          "%TAG",
          "@",
          "`",
          "&a",
          "*a",
          "!!str",
          "~",
          "null",
          "true",
          "off",
          "0x1F",
          "1_000",
          "12:30",
          "2026-01-31",
          ".inf",
          "=",
          "<<",
          "→",
          "ü",
          "日本語",
          "🤖",
          "👩‍👧",
          "\u00a0",
          "\u0085",
          "\u2028",
          "\u2029",
          "\ufeff",
          "\u0007",
          "\u001b",
          "\u007f",
          "\u009f",
          "\ufffd",
          "\ufffe",
          "PROMPT_TEXT",
          "\n  prompt_text: PROMPT_TEXT\n",
          "Answer: ",
          "end \n",
          "\n ",
          "\n\t");

  private final Random random;

  RandomVersion(long seed) {
    this.random = new Random(seed);
  }

  /** A version in any state. */
  PromptVersion version() {
    String text = promptText();
    VersionDefinition definition = definition(text);
    SemanticVersion reference = definition.rollback().reference();
    VersionStatus status = pick(List.of(VersionStatus.values()));
    boolean deployed = status == VersionStatus.ACTIVE || random.nextBoolean();
    return new PromptVersion(
        label(),
        definition,
        text,
        definition.createdAt() == null ? time() : definition.createdAt(),
        definition.createdBy() == null ? label() : definition.createdBy(),
        new Deployment(
            status,
            status == VersionStatus.DEPRECATED ? pick(List.of(DeprecationReason.values())) : null,
            deployed ? time() : null,
            deployed ? label() : null),
        reference != null ? reference : maybe(this::otherVersion));
  }

  String promptText() {
    String text;
    do {
      text = pieces(1 + random.nextInt(12));
    } while (text.isBlank());
    return text;
  }

  /** A definition that has the hash of a text. */
  VersionDefinition definition(String text) {
    SemanticVersion versionId = SemanticVersion.parse("1." + random.nextInt(50) + ".0-rc.1+b");
    String hash = PromptHash.of(text);
    Instant createdAt = maybe(this::time);
    SemanticVersion reference = maybe(this::otherVersion);
    Exploration exploration = maybe(this::exploration);
    String path = exploration == null ? null : exploration.path();
    return new VersionDefinition(
        versionId,
        hash,
        createdAt,
        maybe(this::label),
        exploration,
        new Performance(
            maybe(() -> number(Quantity.QUALITY)),
            maybe(() -> number(Quantity.RATE)),
            maybe(() -> number(Quantity.LATENCY)),
            maybe(() -> number(Quantity.LATENCY))),
        new RollbackPolicy(reference, random.nextBoolean()),
        maybe(
            () ->
                specification(
                    new VersionControl(
                        versionId,
                        hash,
                        createdAt == null ? null : maybe(() -> sameSecond(createdAt)),
                        path == null ? null : maybe(() -> path),
                        reference == null ? null : maybe(() -> reference)))));
  }

  private DeploymentSpecification specification(VersionControl control) {
    return new DeploymentSpecification(
        control,
        new PerformanceBaseline(
            maybe(() -> number(Quantity.RATE)),
            maybe(() -> number(Quantity.LATENCY)),
            maybe(() -> number(Quantity.LATENCY)),
            maybe(() -> number(Quantity.TOKENS)),
            maybe(() -> number(Quantity.TOKENS)),
            maybe(() -> number(Quantity.RATE))),
        thresholds(),
        new RollbackTriggers(conditions(), conditions()),
        new Monitoring(
            some(List.of("execution_count", "token_usage", "latency_p95", "errors_by_type")),
            some(List.of("slack", "email", "on-call", "x_1")),
            maybe(() -> pick(List.of("daily", "none")))));
  }

  private List<AlertThreshold> thresholds() {
    List<AlertThreshold> thresholds = new ArrayList<>();
    for (Metric metric : some(List.of(Metric.values()))) {
      Quantity quantity = metric.quantity();
      if (quantity == null || metric.worse() == Worse.NEITHER) {
        continue;
      }
      double a = number(quantity);
      double b = number(quantity);
      boolean higherIsWorse = metric.worse() == Worse.HIGHER;
      double mild = higherIsWorse ? Math.min(a, b) : Math.max(a, b);
      double bad = higherIsWorse ? Math.max(a, b) : Math.min(a, b);
      boolean both = a != b && random.nextBoolean();
      boolean warningOnly = random.nextBoolean();
      thresholds.add(
          new AlertThreshold(
              metric, both || warningOnly ? mild : null, both || !warningOnly ? bad : null));
    }
    return thresholds;
  }

  private List<Condition> conditions() {
    return some(
            List.of(
                "error_rate > 0.10 for 5 minutes",
                "calibration_drift > 2.0",
                "latency_p95 > baseline * 1.5 or latency_p99 >= 10000ms for 30m",
                "success_rate < 85%"))
        .stream()
        .map(Condition::parse)
        .toList();
  }

  private Exploration exploration() {
    List<ExplorationDecision> decisions = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      decisions.add(
          new ExplorationDecision(label(), alternatives(), maybe(this::prose), maybe(this::prose)));
    }
    Exploration exploration =
        new Exploration(maybe(this::label), List.copyOf(labels()), maybe(this::label), decisions);
    return exploration.equals(new Exploration(null, List.of(), null, List.of()))
        ? exploration()
        : exploration;
  }

  private List<Alternative> alternatives() {
    return labels().stream()
        .map(String::strip)
        .filter(name -> !name.isBlank() && name.length() < 240)
        .distinct()
        .map(name -> new Alternative(name, maybe(() -> random.nextInt(101) / 10.0)))
        .toList();
  }

  private Set<String> labels() {
    Set<String> labels = new LinkedHashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      labels.add(label());
    }
    return labels;
  }

  private String label() {
    String text;
    do {
      text =
          pieces(1 + random.nextInt(4)).replaceAll("[\\p{Cntrl}\\u0080-\\u009f\u2028\u2029]", "");
    } while (text.isBlank());
    return text;
  }

  private String prose() {
    String text;
    do {
      text = pieces(1 + random.nextInt(6)).replaceAll("[\\p{Cntrl}\\u0080-\\u009f&&[^\\n\\t]]", "");
    } while (text.isBlank());
    return text;
  }

  private String pieces(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(pick(PIECES));
    }
    return text.toString();
  }

  private SemanticVersion otherVersion() {
    return SemanticVersion.parse("0." + random.nextInt(100) + ".0");
  }

  private Instant time() {
    Instant second = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
    return switch (random.nextInt(3)) {
      case 0 -> second;
      case 1 -> second.plus(random.nextInt(1_000_000), ChronoUnit.MICROS);
      default -> second.plusNanos(random.nextInt(1_000_000_000));
    };
  }

  private Instant sameSecond(Instant time) {
    return random.nextBoolean() ? time : time.truncatedTo(ChronoUnit.SECONDS);
  }

  /** A number within the quantity, above 0, with few digits or many, tiny or large. */
  private double number(Quantity quantity) {
    double max = Math.min(quantity.max(), 1e9);
    double number =
        switch (random.nextInt(4)) {
          case 0 -> 1 + random.nextInt((int) Math.min(max, 5_000));
          case 1 -> Math.rint(random.nextDouble() * 1_000) / 1_000 * max;
          case 2 -> random.nextDouble() * max;
          default -> random.nextDouble() * 1e-9;
        };
    return Math.min(max, Math.max(number, Math.max(quantity.min(), 1e-12)));
  }

  private <T> @Nullable T maybe(Supplier<T> supplier) {
    return random.nextInt(3) == 0 ? null : supplier.get();
  }

  private <T> List<T> some(List<T> all) {
    return all.stream().filter(x -> random.nextBoolean()).toList();
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
