package io.promptmonitor.common.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;

/**
 * What was registered of a version as JSON: the blocks of its file without the prompt's text and
 * the state. Equal definitions give equal texts.
 */
public final class VersionDefinitionJson {

  private static final ObjectWriter WRITER =
      JsonMapper.builder().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN).build().writer();

  private VersionDefinitionJson() {}

  /** The JSON of a definition, on one line; numbers are as short as they can be. */
  public static String write(VersionDefinition definition) {
    try {
      return WRITER.writeValueAsString(VersionTree.of(definition));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and texts are always JSON", e);
    }
  }

  /**
   * Reads what {@link #write} wrote, however a database has formatted it since. Keys that only a
   * newer release knows are passed over.
   *
   * @throws ConfigException if it is anything else
   */
  public static VersionDefinition read(String json) {
    return ConfigReader.readStored("definition", escaped(json), VersionSchema::definition);
  }

  /**
   * JSON is YAML, except that some characters that JSON allows in texts are not, or are line
   * breaks. Outside of texts there are only ASCII characters.
   */
  private static String escaped(String json) {
    StringBuilder escaped = new StringBuilder(json.length() + 16);
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x7f) {
        escaped.append(c);
      } else {
        escaped.append(String.format("\\u%04x", (int) c));
      }
    }
    return escaped.toString();
  }
}
