package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registry's values as the serializers write them: by their public texts, not by ordinals. */
final class RegistryTexts {

  private RegistryTexts() {}

  static void writeDefinition(DataOutput out, VersionDefinition definition) throws IOException {
    Text.write(out, VersionDefinitionJson.write(definition));
  }

  static VersionDefinition readDefinition(DataInput in) throws IOException {
    try {
      return VersionDefinitionJson.read(Text.read(in));
    } catch (ConfigException e) {
      throw new IOException("malformed definition of a version", e);
    }
  }

  static void writeVersion(DataOutput out, @Nullable SemanticVersion version) throws IOException {
    Text.writeNullable(out, version == null ? null : version.toString());
  }

  static @Nullable SemanticVersion readVersion(DataInput in) throws IOException {
    String text = Text.readNullable(in);
    return text == null ? null : version(text);
  }

  static SemanticVersion version(String text) throws IOException {
    try {
      return SemanticVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("malformed version", e);
    }
  }

  static void writeInstant(DataOutput out, Instant instant) throws IOException {
    VarInt.writeSigned(out, instant.getEpochSecond());
    VarInt.write(out, instant.getNano());
  }

  static Instant readInstant(DataInput in) throws IOException {
    try {
      return Instant.ofEpochSecond(VarInt.readSigned(in), VarInt.read(in));
    } catch (DateTimeException e) {
      throw new IOException("malformed time", e);
    }
  }

  /** The constant of a label. */
  static <T> T known(Map<String, T> byLabel, String label) throws IOException {
    T value = byLabel.get(label);
    if (value == null) {
      throw new IOException("unknown \"" + label + "\", expected one of " + byLabel.keySet());
    }
    return value;
  }
}
