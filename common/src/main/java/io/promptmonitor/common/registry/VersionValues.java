package io.promptmonitor.common.registry;

import io.promptmonitor.common.conditions.Unit;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.metrics.Quantity;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms that single values have in a version's blocks. */
final class VersionValues {

  /** The spec's form of a time, in UTC and to the second. */
  static final DateTimeFormatter SPEC_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final int MAX_LABEL = 256;
  private static final int MAX_PROSE = 10_000;
  private static final int MAX_PROMPT = 1_000_000;

  private static final String TIME =
      "a time such as 2026-01-31T12:00:00Z, or \"2026-01-31 12:00:00\" which is UTC";
  private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private static final Pattern HASH =
      Pattern.compile("(?:sha256:)?([0-9a-f]{64})", Pattern.CASE_INSENSITIVE);
  private static final Pattern WITH_UNIT =
      Pattern.compile("([-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)) ?([%\\p{L}]+)");
  private static final double MAX_NUMBER = 999_999_999_999_999.0;

  private VersionValues() {}

  /** A semantic version. */
  static SemanticVersion version(ConfigValue value) {
    return value.parsed(SemanticVersion::parse);
  }

  /** A short text on one line. */
  static String label(ConfigValue value) {
    String text = bounded(value, value.text(), MAX_LABEL);
    if (text.codePoints().anyMatch(c -> Character.isISOControl(c) || isLineSeparator(c))) {
      throw value.invalid("must be one line without control characters");
    }
    return text;
  }

  /** A text of any number of lines. */
  static String prose(ConfigValue value) {
    String text = bounded(value, value.text(), MAX_PROSE);
    if (text.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
      throw value.invalid("must not contain control characters");
    }
    return text;
  }

  /** The text of a prompt. */
  static String promptText(ConfigValue value) {
    String text = bounded(value, value.text(), MAX_PROMPT);
    if (text.indexOf('\0') >= 0) {
      throw value.invalid("must not contain the character U+0000");
    }
    return text;
  }

  /** A {@link PromptHash}, in lower case and without prefix. */
  static String hash(ConfigValue value) {
    return hash(value, "");
  }

  /**
   * A {@link PromptHash}, in lower case and without prefix.
   *
   * @param hint ends the message about what is none
   */
  static String hash(ConfigValue value, String hint) {
    String expected = "expected a SHA-256, 64 hexadecimal digits";
    // {hash} without quotes is a mapping in YAML.
    String text = value.isSection() ? "{hash}" : value.text();
    Matcher matcher = HASH.matcher(text);
    if (!matcher.matches()) {
      throw value.invalid(
          (isPlaceholder(text) ? "is still a placeholder; " : "")
              + expected
              + ", found \""
              + shortened(text)
              + "\""
              + hint);
    }
    return matcher.group(1).toLowerCase(Locale.ROOT);
  }

  /** Whether a text stands where the author was to fill in something. */
  static boolean isPlaceholder(String text) {
    return text.startsWith("{") || text.startsWith("<") || text.startsWith("YYYY");
  }

  /** A point in time: ISO-8601 with a zone, or the spec's form. */
  static Instant time(ConfigValue value) {
    String text = value.text();
    Instant time;
    try {
      time =
          text.indexOf(' ') >= 0
              ? LocalDateTime.parse(text, SPEC_TIME).toInstant(ZoneOffset.UTC)
              : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw value.invalid(
          (isPlaceholder(text) ? "is still a placeholder; " : "")
              + "expected "
              + TIME
              + ", found \""
              + shortened(text)
              + "\"");
    }
    if (time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME)) {
      throw value.invalid("must be in the years 1 to 9999, found \"" + text + "\"");
    }
    return time;
  }

  /** A number of a quantity above 0, in the quantity's unit. */
  static double positive(ConfigValue value, Quantity quantity) {
    double number = number(value, quantity);
    if (!(number > 0)) {
      throw value.invalid("must be above 0");
    }
    return number;
  }

  /** A number of a quantity, with a unit that fits it or without; in the quantity's unit. */
  static double number(ConfigValue value, Quantity quantity) {
    Matcher matcher = WITH_UNIT.matcher(scalarText(value));
    String shown;
    double number;
    if (matcher.matches()) {
      Unit unit = unit(value, matcher.group(2), quantity);
      shown = matcher.group();
      number = new BigDecimal(matcher.group(1)).multiply(unit.factor()).doubleValue();
    } else {
      number = value.decimal(-MAX_NUMBER, MAX_NUMBER) + 0.0; // no negative zero
      shown = value.text();
    }
    if (number < quantity.min() || number > quantity.max()) {
      boolean percent =
          quantity == Quantity.RATE && !matcher.matches() && number > 1 && number <= 100;
      throw value.invalid(
          "must be "
              + quantity.description()
              + ", found "
              + shown
              + (percent ? "; did you mean " + shown + "%?" : ""));
    }
    return number;
  }

  private static Unit unit(ConfigValue value, String symbol, Quantity quantity) {
    List<String> symbols = Unit.symbolsFor(quantity);
    String expected =
        symbols.isEmpty()
            ? "expected no unit"
            : "expected " + String.join(", ", symbols) + " or none";
    Unit unit = Unit.ofSymbol(symbol);
    if (unit == null) {
      throw value.invalid("unknown unit \"" + shortened(symbol) + "\"; " + expected);
    }
    if (!unit.fits(quantity)) {
      throw value.invalid(
          "the unit \"" + symbol + "\" does not fit " + quantity.noun() + "; " + expected);
    }
    return unit;
  }

  /** What may be a number with a unit; empty for what is no text. */
  private static String scalarText(ConfigValue value) {
    return value.isList() || value.isSection() || value.isNull() ? "" : value.text();
  }

  /** A list in which nothing is given twice. */
  static <T> List<T> distinct(ConfigValue value, Function<ConfigValue, T> element) {
    return distinct(value, element, Function.identity());
  }

  /** A list in which no key is given twice. */
  static <T, K> List<T> distinct(
      ConfigValue value, Function<ConfigValue, T> element, Function<T, K> key) {
    Map<K, ConfigValue> seen = new HashMap<>();
    return new ArrayList<>(
        value.list(
            v -> {
              T read = element.apply(v);
              K k = key.apply(read);
              ConfigValue first = seen.putIfAbsent(k, v);
              if (first != null) {
                throw v.invalid("\"" + k + "\" is given twice, first as " + first.path());
              }
              return read;
            }));
  }

  private static String bounded(ConfigValue value, String text, int maxLength) {
    int length = text.codePointCount(0, text.length());
    if (length > maxLength) {
      throw value.invalid("must have at most " + maxLength + " characters, found " + length);
    }
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw value.invalid("must not contain half of a surrogate pair, which is no character");
    }
    return text;
  }

  private static boolean isLineSeparator(int c) {
    int type = Character.getType(c);
    return type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 80 ? line : line.substring(0, 80) + "…";
  }
}
