package io.promptmonitor.registry;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares all that the registry holds with what its history says. */
final class RegistryCheck {

  /** So many rows are read at a time: texts can be long. */
  private static final int FETCH_SIZE = 50;

  private final List<String> problems = new ArrayList<>();
  private final Map<String, List<RegistryEvent>> histories = new LinkedHashMap<>();
  private final Map<PromptVersionId, Stored> stored = new TreeMap<>(BY_PROMPT_AND_VERSION);

  private static final Comparator<PromptVersionId> BY_PROMPT_AND_VERSION =
      Comparator.comparing(PromptVersionId::promptId).thenComparing(PromptVersionId::version);

  /** What is kept of a version while it is checked: not its text. */
  private record Stored(
      @Nullable VersionDefinition definition,
      String state,
      @Nullable Instant deployedAt,
      @Nullable String deployedBy,
      @Nullable String rollbackReference) {}

  private RegistryCheck() {}

  /** Checks the registry; the connection is in a transaction with one snapshot. */
  static RegistryCheck of(Connection connection) throws SQLException {
    RegistryCheck check = new RegistryCheck();
    check.readEvents(connection);
    check.readVersions(connection);
    check.readPrompts(connection);
    check.histories.forEach(check::compare);
    return check;
  }

  /** A line for each problem. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  private static ResultSet query(Statement statement, String sql) throws SQLException {
    statement.setFetchSize(FETCH_SIZE);
    return statement.executeQuery(sql);
  }

  private void readEvents(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            query(
                statement,
                "SELECT "
                    + EventRow.COLUMNS
                    + " FROM promptmon.registry_event e ORDER BY e.event_id")) {
      long last = 0;
      Instant lastAt = Instant.MIN;
      while (rows.next()) {
        long eventId = rows.getLong("event_id");
        if (eventId == last + 2) {
          problems.add("event " + (last + 1) + " is missing in the history");
        } else if (eventId > last + 1) {
          problems.add(
              "events " + (last + 1) + " to " + (eventId - 1) + " are missing in the history");
        }
        last = eventId;
        try {
          RegistryEvent event = EventRow.read(rows);
          if (event.at().isBefore(lastAt)) {
            problems.add("event " + eventId + " is dated before the event before it");
          }
          lastAt = event.at();
          histories.computeIfAbsent(event.promptId(), p -> new ArrayList<>()).add(event);
        } catch (RegistryException e) {
          problems.add(e.getMessage());
        }
      }
    }
  }

  private void readVersions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = query(statement, StoredVersion.SELECT + "ORDER BY 1, 2")) {
      while (rows.next()) {
        StoredVersion version = StoredVersion.read(rows);
        PromptVersionId id = new PromptVersionId(version.promptId(), version.versionId());
        version.problems().forEach(problem -> problems.add(id + ": " + problem));
        stored.put(
            id,
            new Stored(
                version.definitionOrNull(),
                state(version.status(), version.deprecation()),
                version.deployedAt(),
                version.deployedBy(),
                version.rollbackReference()));
      }
    }
  }

  private void readPrompts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            query(
                statement,
                "SELECT prompt_id, created_at, created_by FROM promptmon.prompt ORDER BY 1")) {
      while (rows.next()) {
        String promptId = rows.getString("prompt_id");
        List<RegistryEvent> history = histories.getOrDefault(promptId, List.of());
        if (history.isEmpty()
            || !history.get(0).at().equals(EventRow.time(rows, "created_at"))
            || !history.get(0).actor().equals(rows.getString("created_by"))) {
          problems.add(promptId + ": it was not created when, or by whom, the history says");
        }
      }
    }
  }

  /** Compares the versions of one prompt with what its events lead to. */
  private void compare(String promptId, List<RegistryEvent> history) {
    RegistryView view = new RegistryView();
    long number = 0;
    for (RegistryEvent event : history) {
      Stored version = stored.get(RegistryView.id(promptId, event.versionId()));
      if (version == null) {
        problems.add(
            "%s@%s: is in the history (event %d) but not in the registry"
                .formatted(promptId, event.versionId(), event.eventId()));
        return;
      }
      boolean registered = event.kind() == RegistryEvent.Kind.REGISTERED;
      if (registered && version.definition() == null) {
        return; // A problem that has been told of.
      }
      try {
        view.apply(
            new RegistryChange(
                numbered(event, ++number), registered ? version.definition() : null));
      } catch (IllegalStateException | IllegalArgumentException e) {
        problems.add(
            "%s@%s: event %d (%s) contradicts the events before it"
                .formatted(promptId, event.versionId(), event.eventId(), event.kind().label()));
        return;
      }
    }
    stored.forEach(
        (id, version) -> {
          if (id.promptId().equals(promptId)) {
            compare(id, version, view.version(id));
          }
        });
  }

  /** The event as if there were no other prompts. */
  private static RegistryEvent numbered(RegistryEvent event, long number) {
    return new RegistryEvent(
        number,
        event.at(),
        event.kind(),
        event.promptId(),
        event.versionId(),
        event.fromVersion(),
        event.toVersion(),
        event.actor(),
        event.reason(),
        event.decisionId());
  }

  private void compare(PromptVersionId id, Stored version, @Nullable RegisteredVersion byHistory) {
    if (byHistory == null) {
      return; // Its registration is missing, which has been told of.
    }
    Deployment deployment = byHistory.deployment();
    DeprecationReason deprecation = deployment.deprecation();
    String state =
        state(deployment.status().label(), deprecation == null ? null : deprecation.label());
    if (!version.state().equals(state)) {
      problems.add(id + ": is " + version.state() + ", but by the history " + state);
    }
    if (!Objects.equals(version.deployedAt(), deployment.deployedAt())
        || !Objects.equals(version.deployedBy(), deployment.deployedBy())) {
      problems.add(id + ": it was not deployed when, or by whom, the history says");
    }
    SemanticVersion reference = byHistory.rollbackReference();
    String expected = reference == null ? null : reference.toString();
    if (!Objects.equals(version.rollbackReference(), expected)) {
      problems.add(
          "%s: its rollback reference is %s, but by the history %s"
              .formatted(id, version.rollbackReference(), expected));
    }
  }

  private static String state(String status, @Nullable String deprecation) {
    return deprecation == null ? status : status + " (" + deprecation + ")";
  }
}
