package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The block {@code channels} of the configuration.
 *
 * @param entries the channels that have an entry, by name, in the file's order
 */
public record ChannelsConfig(Map<String, ChannelSettings> entries) implements Serializable {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  public ChannelsConfig {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** What holds where the configuration says nothing: no entries. */
  public static ChannelsConfig defaults() {
    return new ChannelsConfig(Map.of());
  }

  /** Reads the block {@code channels}. */
  public static ChannelsConfig read(ConfigValue value) {
    return new ChannelsConfig(value.map(ChannelsConfig::name, ChannelsConfig::entry));
  }

  /**
   * How a channel is set up: by its entry, or by the name of its type, which needs none; null if it
   * is neither.
   */
  public @Nullable ChannelSettings settings(String name) {
    ChannelSettings entry = entries.get(name);
    if (entry != null) {
      return entry;
    }
    return ChannelType.labels().contains(name) ? ChannelType.ofLabel(name).defaults(name) : null;
  }

  private static String name(ConfigValue key) {
    String name = key.text();
    if (!NAME.matcher(name).matches()) {
      throw key.invalid(
          "a channel's name is a lower-case letter, then at most 63 of a-z, 0-9, _ and -");
    }
    return name;
  }

  private static ChannelSettings entry(String name, ConfigValue value) {
    if (!value.isSection() && !value.isNull()) {
      // Not quoted: it may be a URL with a token.
      throw value.invalid("expected a mapping (key: value) such as {type: slack}");
    }
    return value.section(section -> entry(name, section));
  }

  private static ChannelSettings entry(String name, ConfigSection section) {
    if (!section.has("type") && !ChannelType.labels().contains(name)) {
      // Which keys there may be is not known.
      section.keys().forEach(section::has);
    }
    String type =
        ChannelType.labels().contains(name)
            ? section.get("type", v -> v.choice(ChannelType.labels()), name)
            : section.need("type", v -> v.choice(ChannelType.labels()));
    return ChannelType.ofLabel(type).read(name, section);
  }
}
