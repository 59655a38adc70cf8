package io.promptmonitor.common.config;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A value in a YAML file, which knows its position and its path.
 *
 * <p>Every method that reads the value notes a problem and throws an exception that {@link
 * ConfigSection} and {@link #list} catch, if the value is not what the method is for. Types are
 * what the reader asks for: {@code off} is a text where a text is expected, and {@code "5"} is not
 * a number.
 */
public final class ConfigValue {

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9][0-9_]{0,24}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");
  private static final int MAX_SHOWN = 60;

  private final ConfigReader reader;
  private final @Nullable Node node;
  private final String path;

  ConfigValue(ConfigReader reader, @Nullable Node node, String path) {
    this.reader = reader;
    this.node = node;
    this.path = path;
  }

  /** Where the value is in the file, for example {@code monitor.sliding_windows[1]}. */
  public String path() {
    return path;
  }

  /** Whether the value is empty or {@code null}. */
  public boolean isNull() {
    return node == null
        || (node instanceof ScalarNode scalar
            && scalar.getScalarStyle() == ScalarStyle.PLAIN
            && NULLS.contains(scalar.getValue()));
  }

  /** Whether the value is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Whether the value is a mapping. */
  public boolean isSection() {
    return node instanceof MappingNode;
  }

  /** Number of elements of a list or a mapping as written, right or wrong; 0 for other values. */
  public int size() {
    return node instanceof CollectionNode<?> collection ? collection.getValue().size() : 0;
  }

  /** A text that is not blank. Numbers and the like are texts too, as they were written. */
  public String text() {
    String text = scalar("text");
    if (text.isBlank()) {
      throw invalid("must not be empty");
    }
    return text;
  }

  /** {@code true} or {@code false}. */
  public boolean bool() {
    String text = plain("true or false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw expected("true or false");
    };
  }

  /** A whole number from {@code min} to {@code max}. */
  public long integer(long min, long max) {
    String text = plain("a whole number");
    if (!INTEGER.matcher(text).matches()) {
      throw expected("a whole number");
    }
    long number;
    try {
      number = Long.parseLong(text.replace("_", ""));
    } catch (NumberFormatException e) {
      throw invalid("must be from " + min + " to " + max + ", found " + text);
    }
    if (number < min || number > max) {
      throw invalid("must be from " + min + " to " + max + ", found " + text);
    }
    return number;
  }

  /** A number from {@code min} to {@code max}, both included. */
  public double decimal(double min, double max) {
    String text = plain("a number");
    if (!DECIMAL.matcher(text).matches()) {
      throw expected("a number");
    }
    double number = Double.parseDouble(text);
    if (!(number >= min && number <= max)) {
      throw invalid("must be from " + show(min) + " to " + show(max) + ", found " + text);
    }
    return number;
  }

  /** A duration, as {@link DurationText} reads it. */
  public Duration duration() {
    String text = scalar(DurationText.EXPECTED);
    try {
      return DurationText.parse(text);
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  /** A duration from {@code min} to {@code max}, both included. */
  public Duration duration(Duration min, Duration max) {
    Duration duration = duration();
    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
      throw invalid(
          "must be from "
              + DurationText.format(min)
              + " to "
              + DurationText.format(max)
              + ", found "
              + DurationText.format(duration));
    }
    return duration;
  }

  /** A point in time, ISO-8601 with a zone or offset; a bare date is its midnight in UTC. */
  public Instant instant() {
    String what = "a time such as 2026-01-31T12:00:00Z";
    String text = scalar(what);
    try {
      return text.length() == "2026-01-31".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw expected(what);
    }
  }

  /** A constant of an enum, by its name in lower case. */
  public <E extends Enum<E>> E choice(Class<E> type) {
    E[] constants = type.getEnumConstants();
    List<String> names =
        Arrays.stream(constants).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    int index = names.indexOf(choice(names));
    return constants[index];
  }

  /** One of the given texts. */
  public String choice(List<String> choices) {
    String text = scalar("one of " + String.join(", ", choices));
    if (!choices.contains(text)) {
      throw invalid("unknown value \"" + shortened(text) + "\"; " + Spelling.hint(text, choices));
    }
    return text;
  }

  /**
   * A text that {@code parser} understands.
   *
   * @param parser may throw {@link MalformedTextException}, whose place is then found in the file,
   *     or any other IllegalArgumentException, which becomes a problem at this value's position
   */
  public <T> T parsed(Function<String, T> parser) {
    String text = text();
    try {
      return parser.apply(text);
    } catch (MalformedTextException e) {
      throw malformed(text, e.offset(), e.message());
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  /** A list, with every element read by {@code element}. */
  public <T> List<T> list(Function<ConfigValue, T> element) {
    if (!(node instanceof SequenceNode sequence)) {
      throw expected("a list");
    }
    List<T> elements = new ArrayList<>();
    int index = 0;
    for (Node child : sequence.getValue()) {
      ConfigValue value = new ConfigValue(reader, child, path + "[" + index++ + "]");
      try {
        elements.add(element.apply(value));
      } catch (InvalidValueException e) {
        // Noted; the next element may be wrong too.
      }
    }
    return elements;
  }

  /**
   * A mapping with known keys: {@code schema} asks the section for each of them. Keys it has not
   * asked for are problems, unless a stored text is read.
   *
   * @param schema may throw IllegalArgumentException, which becomes a problem at this value's
   *     position unless one was noted already
   */
  public <T> T section(Function<ConfigSection, T> schema) {
    int before = reader.problemCount();
    ConfigSection section = new ConfigSection(this, entries());
    T result = null;
    String refusal = null;
    try {
      result = schema.apply(section);
    } catch (IllegalArgumentException e) {
      refusal = String.valueOf(e.getMessage());
    } catch (InvalidValueException e) {
      refusal = e.getMessage();
    }
    if (!reader.ignoresUnknownKeys()) {
      section.reportUnknownKeys();
    }
    if (result == null) {
      if (reader.problemCount() == before) {
        problem(refusal == null ? "cannot be used" : refusal);
      }
      throw new InvalidValueException();
    }
    return result;
  }

  /**
   * A mapping whose keys are data, in the file's order.
   *
   * @param key reads a key
   * @param value reads the value of a key
   */
  public <K, V> Map<K, V> map(Function<ConfigValue, K> key, BiFunction<K, ConfigValue, V> value) {
    Map<K, V> map = new LinkedHashMap<>();
    for (ConfigSection.Entry entry : entries().values()) {
      try {
        K k = key.apply(entry.key());
        V v = value.apply(k, entry.value());
        if (map.put(k, v) != null) {
          entry.key().problem("is given twice");
        }
      } catch (InvalidValueException e) {
        // Noted; the next entry may be wrong too.
      }
    }
    return map;
  }

  /** Notes a problem at this value. */
  public void problem(String message) {
    Mark mark = node == null ? null : node.getStartMark();
    reader.problem(mark, withPath(message));
  }

  /** Notes a problem at this value and ends its reading: {@code throw value.invalid(…)}. */
  public RuntimeException invalid(String message) {
    problem(message);
    return new InvalidValueException();
  }

  private String withPath(String message) {
    return path.isEmpty() ? message : path + ": " + message;
  }

  /** Notes a problem at an offset into the scalar's text, and ends the reading. */
  private RuntimeException malformed(String text, int offset, String message) {
    int before = text.codePointCount(0, Math.min(offset, text.length()));
    int quote = quoteLength(text);
    if (quote < 0) {
      return invalid(message + " (at character " + (before + 1) + " of the text)");
    }
    Mark start = Objects.requireNonNull(node).getStartMark();
    reader.problem(start.getLine() + 1, start.getColumn() + 1 + quote + before, withPath(message));
    return new InvalidValueException();
  }

  /**
   * How many characters are in the file before the first one of a scalar's text, or -1 if the text
   * is not in the file as it is: it has escapes, spans lines, is a block, or has a tag or anchor.
   */
  private int quoteLength(String text) {
    ScalarNode scalar = (ScalarNode) Objects.requireNonNull(node);
    Mark start = scalar.getStartMark();
    Mark end = scalar.getEndMark();
    int quote = scalar.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1;
    boolean verbatim =
        start.getLine() == end.getLine()
            && end.getColumn() - start.getColumn()
                == text.codePointCount(0, text.length()) + 2 * quote;
    return verbatim ? quote : -1;
  }

  private RuntimeException expected(String what) {
    return invalid("expected " + what + ", found " + found());
  }

  private Map<String, ConfigSection.Entry> entries() {
    Map<String, ConfigSection.Entry> entries = new LinkedHashMap<>();
    if (isNull()) {
      return entries;
    }
    if (!(node instanceof MappingNode mapping)) {
      throw expected("a mapping (key: value)");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        new ConfigValue(reader, tuple.getKeyNode(), path).problem("a key must be a text");
        continue;
      }
      String name = scalar.getValue();
      String childPath = path.isEmpty() ? name : path + "." + name;
      ConfigValue key = new ConfigValue(reader, scalar, childPath);
      ConfigValue value = new ConfigValue(reader, tuple.getValueNode(), childPath);
      ConfigSection.Entry earlier = entries.putIfAbsent(name, new ConfigSection.Entry(key, value));
      if (earlier != null) {
        key.problem("is given twice, first on line " + earlier.key().line());
      }
    }
    return entries;
  }

  private int line() {
    return node == null ? 1 : node.getStartMark().getLine() + 1;
  }

  private String scalar(String what) {
    if (!(node instanceof ScalarNode scalar) || isNull()) {
      throw expected(what);
    }
    return scalar.getValue();
  }

  private String plain(String what) {
    String text = scalar(what);
    if (((ScalarNode) Objects.requireNonNull(node)).getScalarStyle() != ScalarStyle.PLAIN) {
      throw expected(what);
    }
    return text;
  }

  private String found() {
    if (isNull()) {
      return "nothing";
    }
    if (node instanceof SequenceNode) {
      return "a list";
    }
    return node instanceof ScalarNode scalar
        ? (scalar.getScalarStyle() == ScalarStyle.PLAIN ? "\"" : "the text \"")
            + shortened(scalar.getValue())
            + "\""
        : "a mapping";
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
  }

  private static String show(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
