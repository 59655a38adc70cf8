package io.promptmonitor.registry;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.common.registry.VersionStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code prompt_version} beside what the log says was registered; not to be trusted until
 * the two are compared.
 *
 * @param registration what the log says; null if it says nothing
 */
record StoredVersion(
    String promptId,
    String versionId,
    String promptText,
    String promptHash,
    String definitionJson,
    String contentHash,
    Instant createdAt,
    String createdBy,
    Instant registeredAt,
    String registeredBy,
    String status,
    @Nullable String deprecation,
    @Nullable Instant deployedAt,
    @Nullable String deployedBy,
    @Nullable String rollbackReference,
    @Nullable Registration registration) {

  /** The only problem of a version that is what was registered. */
  private static final String NOT_UNDERSTOOD =
      "its definition cannot be understood, perhaps it was written by a newer release";

  /** What the log says of a registration. */
  record Registration(Instant at, String actor, String promptHash, String contentHash) {}

  /** To be followed by a {@code WHERE}. */
  static final String SELECT =
      """
      SELECT v.prompt_id, v.version_id, v.prompt_text, v.prompt_hash, v.definition::text AS definition, v.content_hash,
        v.created_at, v.created_by, v.registered_at, v.registered_by,
        v.status, v.deprecation, v.deployed_at, v.deployed_by, v.rollback_reference,
        e.at AS event_at, e.actor AS event_actor, e.prompt_hash AS event_prompt_hash, e.content_hash AS event_content_hash
      FROM promptmon.prompt_version v
      LEFT JOIN promptmon.registry_event e
        ON e.kind = 'registered' AND e.prompt_id = v.prompt_id AND e.version_id = v.version_id
      """;

  /** The version in the present row. */
  static StoredVersion read(ResultSet row) throws SQLException {
    Instant eventAt = EventRow.timeOrNull(row, "event_at");
    return new StoredVersion(
        row.getString("prompt_id"),
        row.getString("version_id"),
        row.getString("prompt_text"),
        row.getString("prompt_hash"),
        row.getString("definition"),
        row.getString("content_hash"),
        EventRow.time(row, "created_at"),
        row.getString("created_by"),
        EventRow.time(row, "registered_at"),
        row.getString("registered_by"),
        row.getString("status"),
        row.getString("deprecation"),
        EventRow.timeOrNull(row, "deployed_at"),
        row.getString("deployed_by"),
        row.getString("rollback_reference"),
        eventAt == null
            ? null
            : new Registration(
                eventAt,
                row.getString("event_actor"),
                String.valueOf(row.getString("event_prompt_hash")),
                String.valueOf(row.getString("event_content_hash"))));
  }

  /** What shows that the row is not what was registered; empty if it is. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (registration == null) {
      problems.add("its registration is missing in the history");
      return problems;
    }
    if (!PromptHash.of(promptText).equals(registration.promptHash())) {
      problems.add("its text is not the one that was registered");
    }
    if (!PromptHash.of(definitionJson).equals(registration.contentHash())) {
      problems.add("its definition is not the one that was registered");
    }
    if (!promptHash.equals(registration.promptHash())) {
      problems.add("its prompt_hash is not the one that was registered");
    }
    if (!contentHash.equals(registration.contentHash())) {
      problems.add("its content_hash is not the one that was registered");
    }
    if (!registeredAt.equals(registration.at()) || !registeredBy.equals(registration.actor())) {
      problems.add("it was not registered when, or by whom, the history says");
    }
    VersionDefinition definition = definitionOrNull();
    if (definition == null) {
      problems.add(NOT_UNDERSTOOD);
    } else if (!definition.versionId().toString().equals(versionId)
        || !definition.promptHash().equals(registration.promptHash())) {
      problems.add("its definition is of another version");
    } else if (!isCreatedAt(Objects.requireNonNullElse(definition.createdAt(), registration.at()))
        || !Objects.requireNonNullElse(definition.createdBy(), registration.actor())
            .equals(createdBy)) {
      problems.add("it was not created when, or by whom, its definition says");
    }
    return problems;
  }

  /** The database rounds to microseconds. */
  private boolean isCreatedAt(Instant time) {
    return Duration.between(time, createdAt).abs().compareTo(Duration.ofNanos(1000)) <= 0;
  }

  /** The definition; null if it cannot be read. */
  @Nullable VersionDefinition definitionOrNull() {
    return definitionOrNull(definitionJson);
  }

  /** The definition in a JSON; null if it cannot be read. */
  static @Nullable VersionDefinition definitionOrNull(String json) {
    try {
      return VersionDefinitionJson.read(json);
    } catch (ConfigException e) {
      return null;
    }
  }

  /**
   * The version.
   *
   * @throws RegistryException if it is not what was registered, or cannot be understood
   */
  PromptVersion verified() {
    List<String> problems = problems();
    if (problems.equals(List.of(NOT_UNDERSTOOD))) {
      throw new RegistryException(
          Reason.TAMPERED, promptId + "@" + versionId + ": " + NOT_UNDERSTOOD);
    }
    if (!problems.isEmpty()) {
      throw tampered(promptId, versionId, problems.get(0));
    }
    VersionDefinition definition = Objects.requireNonNull(definitionOrNull());
    try {
      return new PromptVersion(
          promptId,
          definition,
          promptText,
          Objects.requireNonNullElse(definition.createdAt(), createdAt),
          createdBy,
          deployment(),
          rollbackReference == null ? null : SemanticVersion.parse(rollbackReference));
    } catch (IllegalArgumentException e) {
      throw tampered(promptId, versionId, "its state is none that a version can be in");
    }
  }

  /** The state; {@link IllegalArgumentException} if it is none. */
  private Deployment deployment() {
    return new Deployment(
        VersionStatus.valueOf(status.toUpperCase(Locale.ROOT)),
        deprecation == null
            ? null
            : DeprecationReason.valueOf(deprecation.toUpperCase(Locale.ROOT)),
        deployedAt,
        deployedBy);
  }

  /** The failure to tell of when a version is not what was registered. */
  static RegistryException tampered(String promptId, String versionId, String problem) {
    return new RegistryException(
        Reason.TAMPERED,
        promptId
            + "@"
            + versionId
            + " is not what was registered, it was tampered with: "
            + problem
            + " (promptmon registry verify checks all)");
  }
}
