package io.promptmonitor.registry;

import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.SemanticVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A row of {@code registry_event}. */
final class EventRow {

  /** The columns that {@link #read} reads. */
  static final String COLUMNS =
      "e.event_id, e.at, e.kind, e.prompt_id, e.version_id, e.from_version, e.to_version,"
          + " e.actor, e.reason, e.decision_id";

  private EventRow() {}

  /**
   * The event in the present row.
   *
   * @throws RegistryException if no change of the registry could have written the row
   */
  static RegistryEvent read(ResultSet row) throws SQLException {
    long eventId = row.getLong("event_id");
    try {
      return new RegistryEvent(
          eventId,
          time(row, "at"),
          Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
          row.getString("prompt_id"),
          SemanticVersion.parse(row.getString("version_id")),
          version(row, "from_version"),
          version(row, "to_version"),
          row.getString("actor"),
          row.getString("reason"),
          row.getString("decision_id"));
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          Reason.TAMPERED,
          "event "
              + eventId
              + " of the registry, about "
              + row.getString("prompt_id")
              + "@"
              + row.getString("version_id")
              + ", is not what was recorded: it was tampered with",
          e);
    }
  }

  /** A time that is there. */
  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A time that may not be there. */
  static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** A version that may not be there. */
  static @Nullable SemanticVersion version(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? null : SemanticVersion.parse(text);
  }
}
