package io.promptmonitor.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time on the command line; UTC where it names no zone. */
public final class TimeConverter implements ITypeConverter<Instant> {

  private static final int DATE_LENGTH = "2026-01-31".length();

  @Override
  public Instant convert(String text) {
    String iso = text.strip().replace(' ', 'T');
    try {
      if (iso.length() == DATE_LENGTH) {
        return LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      boolean zoned = iso.endsWith("Z") || iso.matches(".*T.*[+-]\\d{2}(:?\\d{2})?");
      return zoned
          ? OffsetDateTime.parse(iso).toInstant()
          : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "expected a time such as 2026-01-31T12:00:00Z, found \"" + text + "\"");
    }
  }
}
