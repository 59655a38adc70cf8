package io.promptmonitor.common.config;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys. A schema asks for every key it knows, whether or not it is there, and
 * goes on after a problem: reading fails as a whole at the end, with all problems.
 */
public final class ConfigSection {

  /** A key and its value. */
  record Entry(ConfigValue key, ConfigValue value) {}

  private final ConfigValue self;
  private final Map<String, Entry> entries;
  private final Set<String> known = new LinkedHashSet<>();

  ConfigSection(ConfigValue self, Map<String, Entry> entries) {
    this.self = self;
    this.entries = entries;
  }

  /** The value of a key, or {@code fallback} if the key is absent, null or wrong. */
  public <T> T get(String key, Function<ConfigValue, T> reader, T fallback) {
    T value = getOrNull(key, reader);
    return value == null ? fallback : value;
  }

  /** The value of a key, or null if the key is absent, null or wrong. */
  public <T> @Nullable T getOrNull(String key, Function<ConfigValue, T> reader) {
    known.add(key);
    Entry entry = entries.get(key);
    if (entry == null || entry.value().isNull()) {
      return null;
    }
    try {
      return reader.apply(entry.value());
    } catch (InvalidValueException e) {
      return null; // Noted.
    }
  }

  /**
   * The value of a key that must be there.
   *
   * @param placeholder stands in for the value if it is absent or wrong, so that the rest can be
   *     checked too; never part of a result
   */
  public <T> T require(String key, Function<ConfigValue, T> reader, T placeholder) {
    if (!has(key)) {
      self.problem("\"" + key + "\" is missing");
    }
    return get(key, reader, placeholder);
  }

  /**
   * The value of a key without which the section means nothing: if it is absent or wrong, the
   * reading of the section ends.
   */
  public <T> T need(String key, Function<ConfigValue, T> reader) {
    if (!has(key)) {
      throw self.invalid("\"" + key + "\" is missing");
    }
    T value = getOrNull(key, reader);
    if (value == null) {
      throw new InvalidValueException();
    }
    return value;
  }

  /** All keys as written, known or not, in the file's order. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** Whether the key is there and not null. */
  public boolean has(String key) {
    known.add(key);
    Entry entry = entries.get(key);
    return entry != null && !entry.value().isNull();
  }

  /** Notes a problem at the value of a key, or at the section if the key is absent. */
  public void problem(String key, String message) {
    Entry entry = entries.get(key);
    if (entry == null) {
      self.problem(message);
    } else {
      entry.value().problem(message);
    }
  }

  void reportUnknownKeys() {
    entries.forEach(
        (name, entry) -> {
          if (!known.contains(name)) {
            entry.key().problem("unknown key; " + Spelling.hint(name, known));
          }
        });
  }
}
