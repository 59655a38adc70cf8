package io.promptmonitor.cli.registry;

import io.promptmonitor.common.registry.SemanticVersion;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a version on the command line. */
final class VersionConverter implements ITypeConverter<SemanticVersion> {

  @Override
  public SemanticVersion convert(String text) {
    try {
      return SemanticVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
