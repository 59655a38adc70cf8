package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.SemanticVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Events of the registry for people and for scripts. */
final class EventText {

  private EventText() {}

  /** What happened, in one line. */
  static String sentence(RegistryEvent event) {
    String version = event.promptId() + "@" + event.versionId();
    return switch (event.kind()) {
      case REGISTERED -> version + " is registered, as a draft";
      case STAGED -> version + " is staged";
      case DEPLOYED -> version + " is active" + replaced(event.fromVersion());
      case ROLLED_BACK -> version + " is active again" + replaced(event.fromVersion());
      case DEPRECATED -> version + " is withdrawn";
    };
  }

  private static String replaced(@Nullable SemanticVersion from) {
    return from == null ? "" : ", in place of " + from;
  }

  /** A time in UTC, to the second. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The values of an event, for JSON. */
  static Map<String, @Nullable Object> values(RegistryEvent event) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("event_id", event.eventId());
    values.put("at", event.at().toString());
    values.put("kind", event.kind().label());
    values.put("prompt_id", event.promptId());
    values.put("version_id", event.versionId().toString());
    values.put("from_version", text(event.fromVersion()));
    values.put("to_version", text(event.toVersion()));
    values.put("actor", event.actor());
    values.put("reason", event.reason());
    values.put("decision_id", event.decisionId());
    return values;
  }

  /** The text of a value in a table, where nothing is better seen as nothing. */
  static String cell(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** The text of a value, or null. */
  static @Nullable String text(@Nullable Object value) {
    return value == null ? null : Objects.toString(value);
  }
}
