package io.promptmonitor.registry;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.RegistrySession.Purpose;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry in a PostgreSQL database. Its rules are kept by the database, and who may do what is
 * decided there; the actor is the user of the connection.
 *
 * <p>Every text, and every definition, is compared with the hash that the log has of what was
 * registered whenever it is read. A version that differs is refused, except by {@link #view} and
 * {@link #changesAfter}, which pass over its definition.
 *
 * <p>Keeps one connection, opened when it is needed. Safe for use by many threads; they wait for
 * each other.
 */
public final class PostgresPromptRegistry implements PromptRegistry, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresPromptRegistry.class);

  private static final String OPERATOR = "promptmon_operator";
  private static final Purpose READ_ACTIVE =
      new Purpose("read active prompts", "promptmon_runtime or " + OPERATOR);
  private static final Purpose READ_TEXTS = new Purpose("read the texts of prompts", OPERATOR);
  private static final Purpose READ_HISTORY =
      new Purpose(
          "read the history of the registry",
          "promptmon_analyst, promptmon_investigator, promptmon_job or " + OPERATOR);
  private static final Purpose READ_PROMPTS =
      new Purpose("read the list of prompts", "promptmon_analyst, or any other of promptmon");
  private static final Purpose VERIFY = new Purpose("verify the registry", OPERATOR);

  private static final int CHANGES_AT_ONCE = 1_000;

  private final RegistrySession session;

  /** The events whose definitions cannot be used, which has been told. */
  private final Set<Long> unusable = ConcurrentHashMap.newKeySet();

  /** The registry in {@code database}; does not connect yet. */
  public PostgresPromptRegistry(Database database) {
    this.session = new RegistrySession(database);
  }

  @Override
  public List<Optional<RegistryEvent>> execute(List<RegistryOperation> operations) {
    List<RegistryOperation> checked = operations.stream().map(LifeCycle::checked).toList();
    if (checked.isEmpty()) {
      return List.of();
    }
    String actions = String.join(", ", checked.stream().map(o -> action(o)).distinct().toList());
    return session.write(
        new Purpose(actions, OPERATOR),
        connection -> {
          List<Optional<RegistryEvent>> events = new ArrayList<>();
          for (RegistryOperation operation : checked) {
            events.add(execute(operation, connection));
          }
          return events;
        });
  }

  private static String action(RegistryOperation operation) {
    if (operation instanceof RegistryOperation.Register) {
      return "register";
    } else if (operation instanceof RegistryOperation.Stage) {
      return "stage";
    } else if (operation instanceof RegistryOperation.Deploy) {
      return "deploy";
    }
    return operation instanceof RegistryOperation.Rollback ? "roll back" : "deprecate";
  }

  private static Optional<RegistryEvent> execute(RegistryOperation operation, Connection connection)
      throws SQLException {
    String promptId = operation.promptId();
    if (operation instanceof RegistryOperation.Register o) {
      return register(o, connection);
    } else if (operation instanceof RegistryOperation.Stage o) {
      return call(connection, "registry_stage(?, ?, ?)", promptId, o.versionId(), o.reason());
    } else if (operation instanceof RegistryOperation.Deploy o) {
      return call(connection, "registry_deploy(?, ?, ?)", promptId, o.versionId(), o.reason());
    } else if (operation instanceof RegistryOperation.Rollback o) {
      return call(
          connection, "registry_rollback(?, ?, ?, ?)", promptId, o.to(), o.reason(), o.from());
    } else if (operation instanceof RegistryOperation.Deprecate o) {
      return call(connection, "registry_deprecate(?, ?, ?)", promptId, o.versionId(), o.reason());
    }
    throw new IllegalArgumentException("unknown operation " + operation.getClass());
  }

  private static Optional<RegistryEvent> register(
      RegistryOperation.Register operation, Connection connection) throws SQLException {
    String promptId = operation.promptId();
    VersionDefinition definition = operation.definition();
    Savepoint before = connection.setSavepoint();
    try {
      Optional<RegistryEvent> event =
          call(
              connection,
              "registry_register(?, ?::json, ?)",
              promptId,
              VersionDefinitionJson.write(definition),
              operation.promptText());
      connection.releaseSavepoint(before);
      return event;
    } catch (SQLException e) {
      if (!Reason.VERSION_EXISTS.sqlState().equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      // The same may be written in two ways: with and without what the registry filled in.
      PromptVersion present = version(connection, promptId, definition.versionId());
      if (present.hasContentOf(definition)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<RegistryEvent> call(
      Connection connection, String function, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT " + EventRow.COLUMNS + " FROM promptmon." + function + " AS e")) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, text(arguments[i]));
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(EventRow.read(rows)) : Optional.empty();
      }
    }
  }

  private static @Nullable String text(@Nullable Object argument) {
    return argument == null ? null : argument.toString();
  }

  @Override
  public ActivePrompt getActive(String promptId) {
    return session.read(
        READ_ACTIVE,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  """
                  SELECT a.version_id, a.prompt_text, a.prompt_hash
                  FROM promptmon.prompt p
                  LEFT JOIN promptmon.active_prompt a ON a.prompt_id = p.prompt_id
                  WHERE p.prompt_id = ?
                  """)) {
            statement.setString(1, promptId);
            try (ResultSet rows = statement.executeQuery()) {
              if (!rows.next()) {
                throw unknownPrompt(promptId);
              }
              String versionId = rows.getString("version_id");
              if (versionId == null) {
                throw new RegistryException(
                    Reason.NO_ACTIVE_VERSION, "no version of " + promptId + " is active");
              }
              String text = rows.getString("prompt_text");
              String hash = rows.getString("prompt_hash");
              if (hash == null) {
                throw StoredVersion.tampered(
                    promptId, versionId, "its registration is missing in the history");
              }
              if (!PromptHash.of(text).equals(hash)) {
                throw StoredVersion.tampered(
                    promptId, versionId, "its text is not the one that was registered");
              }
              return new ActivePrompt(promptId, SemanticVersion.parse(versionId), text, hash);
            }
          }
        });
  }

  @Override
  public ActivePrompt getActive(String promptId, Instant at) {
    return session.read(
        READ_TEXTS,
        connection -> {
          SemanticVersion active = activeAt(connection, promptId, at);
          if (active == null) {
            requireKnown(connection, promptId);
            throw new RegistryException(
                Reason.NO_ACTIVE_VERSION, "no version of " + promptId + " was active at " + at);
          }
          PromptVersion version = version(connection, promptId, active);
          return new ActivePrompt(
              promptId, active, version.promptText(), version.definition().promptHash());
        });
  }

  private static @Nullable SemanticVersion activeAt(
      Connection connection, String promptId, Instant at) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT promptmon.active_version_at(?, ?) AS version_id")) {
      statement.setString(1, promptId);
      statement.setObject(2, at.atOffset(ZoneOffset.UTC));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? EventRow.version(rows, "version_id") : null;
      }
    }
  }

  @Override
  public RegistryView view() {
    RegistryView view = new RegistryView();
    List<RegistryChange> changes;
    do {
      changes = changesAfter(view.lastEventId(), CHANGES_AT_ONCE);
      for (RegistryChange change : changes) {
        try {
          view.apply(change);
        } catch (IllegalStateException e) {
          throw new RegistryException(
              Reason.TAMPERED, "the history was tampered with: " + e.getMessage(), e);
        }
      }
    } while (changes.size() == CHANGES_AT_ONCE);
    return view;
  }

  @Override
  public List<String> promptIds() {
    return session.read(
        READ_PROMPTS,
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT prompt_id FROM promptmon.prompt");
              ResultSet rows = statement.executeQuery()) {
            List<String> promptIds = new ArrayList<>();
            while (rows.next()) {
              promptIds.add(rows.getString(1));
            }
            promptIds.sort(Comparator.naturalOrder());
            return promptIds;
          }
        });
  }

  @Override
  public List<PromptVersion> versions(String promptId) {
    return session.read(
        READ_TEXTS,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(StoredVersion.SELECT + "WHERE v.prompt_id = ?")) {
            statement.setString(1, promptId);
            List<PromptVersion> versions = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                versions.add(StoredVersion.read(rows).verified());
              }
            }
            if (versions.isEmpty()) {
              requireKnown(connection, promptId);
            }
            versions.sort(Comparator.comparing(PromptVersion::versionId));
            return versions;
          }
        });
  }

  @Override
  public PromptVersion version(String promptId, SemanticVersion versionId) {
    return session.read(READ_TEXTS, connection -> version(connection, promptId, versionId));
  }

  private static PromptVersion version(
      Connection connection, String promptId, SemanticVersion versionId) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            StoredVersion.SELECT + "WHERE v.prompt_id = ? AND v.version_id = ?")) {
      statement.setString(1, promptId);
      statement.setString(2, versionId.toString());
      try (ResultSet rows = statement.executeQuery()) {
        if (rows.next()) {
          return StoredVersion.read(rows).verified();
        }
      }
    }
    requireKnown(connection, promptId);
    throw new RegistryException(Reason.UNKNOWN_VERSION, promptId + " has no version " + versionId);
  }

  private static void requireKnown(Connection connection, String promptId) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT FROM promptmon.prompt WHERE prompt_id = ?")) {
      statement.setString(1, promptId);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw unknownPrompt(promptId);
        }
      }
    }
  }

  private static RegistryException unknownPrompt(String promptId) {
    return new RegistryException(
        Reason.UNKNOWN_PROMPT, "no version of prompt " + promptId + " is registered");
  }

  @Override
  public List<RegistryEvent> history(@Nullable String promptId) {
    return session.read(
        READ_HISTORY,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT "
                      + EventRow.COLUMNS
                      + " FROM promptmon.registry_event e"
                      + (promptId == null ? "" : " WHERE e.prompt_id = ?")
                      + " ORDER BY e.event_id")) {
            if (promptId != null) {
              statement.setString(1, promptId);
            }
            try (ResultSet rows = statement.executeQuery()) {
              List<RegistryEvent> events = new ArrayList<>();
              while (rows.next()) {
                events.add(EventRow.read(rows));
              }
              return events;
            }
          }
        });
  }

  /**
   * The changes after an event, oldest first, of all prompts. Whoever asks again for those after
   * the last one misses none and gets none twice, because ids have no gaps and rise in the order in
   * which changes become visible.
   *
   * @param eventId the event to go on from; 0 for the beginning
   * @param limit how many changes at most
   * @return of a version whose definition was tampered with, or cannot be understood, only the
   *     number and the hash of the text; which one is logged as an error, once
   * @throws RegistryException if the changes cannot be read
   */
  public List<RegistryChange> changesAfter(long eventId, int limit) {
    return session.read(
        READ_HISTORY,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT "
                      + EventRow.COLUMNS
                      + ", e.prompt_hash, e.content_hash, v.definition::text AS definition"
                      + " FROM promptmon.registry_event e"
                      + " LEFT JOIN promptmon.registered_version v ON e.kind = 'registered'"
                      + "   AND v.prompt_id = e.prompt_id AND v.version_id = e.version_id"
                      + " WHERE e.event_id > ? ORDER BY e.event_id LIMIT ?")) {
            statement.setLong(1, eventId);
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
              List<RegistryChange> changes = new ArrayList<>();
              while (rows.next()) {
                RegistryEvent event = EventRow.read(rows);
                boolean registered = event.kind() == RegistryEvent.Kind.REGISTERED;
                changes.add(new RegistryChange(event, registered ? definition(event, rows) : null));
              }
              return changes;
            }
          }
        });
  }

  /**
   * What was registered. One definition that cannot be used must not keep everybody from all other
   * changes, for an event never goes away: of such a version only what the event says is known.
   */
  private VersionDefinition definition(RegistryEvent event, ResultSet row) throws SQLException {
    String promptHash = row.getString("prompt_hash");
    String json = row.getString("definition");
    String problem;
    if (json == null || !PromptHash.of(json).equals(row.getString("content_hash"))) {
      problem = "is not the one that was registered: it was tampered with";
    } else {
      VersionDefinition definition = StoredVersion.definitionOrNull(json);
      if (definition == null) {
        problem = "cannot be understood, perhaps it was written by a newer release";
      } else if (!definition.versionId().equals(event.versionId())
          || !definition.promptHash().equals(promptHash)) {
        problem = "is of another version: it was tampered with";
      } else {
        return definition;
      }
    }
    if (unusable.add(event.eventId())) {
      LOG.error(
          "the definition of {}@{} (registry event {}) {}; going on without what it says",
          event.promptId(),
          event.versionId(),
          event.eventId(),
          problem);
    }
    return VersionDefinition.ofUnknownContent(event.versionId(), promptHash);
  }

  @Override
  public List<String> verify() {
    return session.readSnapshot(VERIFY, connection -> RegistryCheck.of(connection).problems());
  }

  /** Closes the connection; a later call opens another. */
  @Override
  public void close() {
    session.close();
  }
}
