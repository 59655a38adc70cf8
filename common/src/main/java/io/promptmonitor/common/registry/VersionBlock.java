package io.promptmonitor.common.registry;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.metrics.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The block {@code PromptVersion} as far as it could be read: null is what is absent or wrong, so
 * that the other blocks can be compared with the rest.
 *
 * @param textHash the hash of the text; null if there is no text
 * @param promptHash the hash of the text, else the hash as given
 */
record VersionBlock(
    @Nullable SemanticVersion versionId,
    @Nullable String promptText,
    @Nullable String textHash,
    @Nullable String promptHash,
    @Nullable Instant createdAt,
    @Nullable String createdBy,
    @Nullable VersionStatus status,
    ExplorationBlock exploration,
    Performance performance,
    RollbackPolicy rollback) {

  /** The block {@code exploration}. */
  record ExplorationBlock(
      @Nullable String path, List<String> techniques, @Nullable String complexity) {

    static final ExplorationBlock ABSENT = new ExplorationBlock(null, List.of(), null);

    private static ExplorationBlock read(ConfigSection section) {
      return new ExplorationBlock(
          section.getOrNull("path", VersionValues::label),
          section.get(
              "techniques", v -> VersionValues.distinct(v, VersionValues::label), List.of()),
          section.getOrNull("complexity", VersionValues::label));
    }
  }

  /** Stands for a block that is absent. */
  static final VersionBlock ABSENT =
      new VersionBlock(
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          ExplorationBlock.ABSENT,
          Performance.unknown(),
          RollbackPolicy.defaults());

  /** The block in a file: with the text and the state; the hash can be left out. */
  static VersionBlock inFile(ConfigSection section) {
    SemanticVersion versionId = required(section, "version_id", VersionValues::version);
    String text = required(section, "prompt_text", VersionValues::promptText);
    String textHash = text == null ? null : PromptHash.of(text);
    String hint = textHash == null ? "" : "; the hash of the prompt's text is " + textHash;
    String hash = section.getOrNull("prompt_hash", v -> VersionValues.hash(v, hint));
    if (hash != null && textHash != null && !hash.equals(textHash)) {
      section.problem("prompt_hash", wrongHash(textHash));
    }
    State state = section.get("deployment", v -> v.section(VersionBlock::state), new State(null));
    return read(
        section, versionId, text, textHash, textHash == null ? hash : textHash, state.status());
  }

  /** The block in a definition: without text and state. */
  static VersionBlock inDefinition(ConfigSection section) {
    return read(
        section,
        required(section, "version_id", VersionValues::version),
        null,
        null,
        required(section, "prompt_hash", VersionValues::hash),
        null);
  }

  /** What can be said in a block of a version that was made up, whose number is known. */
  static VersionBlock madeUp(ConfigSection section, SemanticVersion versionId) {
    return read(section, versionId, null, null, null, null);
  }

  private static VersionBlock read(
      ConfigSection section,
      @Nullable SemanticVersion versionId,
      @Nullable String text,
      @Nullable String textHash,
      @Nullable String hash,
      @Nullable VersionStatus status) {
    return new VersionBlock(
        versionId,
        text,
        textHash,
        hash,
        section.getOrNull("created_at", VersionValues::time),
        section.getOrNull("created_by", VersionValues::label),
        status,
        section.get("exploration", v -> v.section(ExplorationBlock::read), ExplorationBlock.ABSENT),
        section.get(
            "performance", v -> v.section(VersionBlock::performance), Performance.unknown()),
        section.get(
            "rollback", v -> v.section(s -> rollback(s, versionId)), RollbackPolicy.defaults()));
  }

  /** The state in the file; only its status says something to whoever reads the file. */
  private record State(@Nullable VersionStatus status) {}

  private static State state(ConfigSection section) {
    VersionStatus status = section.getOrNull("status", v -> v.choice(VersionStatus.class));
    section.getOrNull("deployed_at", VersionValues::time);
    section.getOrNull("deployed_by", VersionValues::label);
    return new State(status);
  }

  private static Performance performance(ConfigSection section) {
    return new Performance(
        section.getOrNull("predicted_quality", v -> VersionValues.number(v, Quantity.QUALITY)),
        section.getOrNull("baseline_accuracy", v -> VersionValues.number(v, Quantity.RATE)),
        section.getOrNull("baseline_latency_p50", v -> VersionValues.positive(v, Quantity.LATENCY)),
        section.getOrNull(
            "baseline_latency_p95", v -> VersionValues.positive(v, Quantity.LATENCY)));
  }

  private static RollbackPolicy rollback(
      ConfigSection section, @Nullable SemanticVersion versionId) {
    return new RollbackPolicy(
        section.getOrNull("reference", v -> reference(v, versionId)),
        section.get("auto_rollback_enabled", ConfigValue::bool, true));
  }

  /** The version that a rollback goes to. */
  static SemanticVersion reference(ConfigValue value, @Nullable SemanticVersion versionId) {
    SemanticVersion reference = VersionValues.version(value);
    if (reference.equals(versionId)) {
      throw value.invalid(
          "is the version itself; expected the version to go back to, or null for the one that it"
              + " replaces");
    }
    return reference;
  }

  static String wrongHash(String textHash) {
    return "is not the hash of the prompt's text, which is " + textHash;
  }

  /** The value of a key that must be there, or null if it is absent or wrong. */
  private static <T> @Nullable T required(
      ConfigSection section, String key, Function<ConfigValue, T> reader) {
    if (!section.has(key)) {
      section.problem(key, "\"" + key + "\" is missing");
    }
    return section.getOrNull(key, reader);
  }
}
