package io.promptmonitor.common.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Reads one YAML file by a schema and reports everything that is wrong with it at once. */
public final class ConfigReader {

  private static final int MAX_CHARACTERS = 10_000_000;
  private static final int MAX_DEPTH = 50;

  private final String file;
  private final boolean ignoresUnknownKeys;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private ConfigReader(String file, boolean ignoresUnknownKeys) {
    this.file = file;
    this.ignoresUnknownKeys = ignoresUnknownKeys;
  }

  /**
   * Reads a file.
   *
   * @param schema turns the file's top-level mapping into the result; an empty file is an empty
   *     mapping
   * @throws ConfigException if the file cannot be read, or has any problem
   */
  public static <T> T read(Path path, Function<ConfigSection, T> schema) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw unreadable(path, "no such file");
    } catch (IOException e) {
      throw unreadable(
          path, Files.isDirectory(path) ? "is a directory" : "cannot be read: " + e.getMessage());
    }
    return read(path.toString(), bytes, schema);
  }

  /**
   * Reads the bytes of a file.
   *
   * @param file name of the file for messages
   * @param bytes UTF-8
   * @throws ConfigException if there is any problem
   */
  public static <T> T read(String file, byte[] bytes, Function<ConfigSection, T> schema) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      ConfigReader reader = new ConfigReader(file, false);
      reader.problemAtEndOf(text, "not UTF-8 text");
      throw reader.exception();
    }
    return read(file, text, schema);
  }

  /**
   * Reads the text of a file.
   *
   * @param file name of the file for messages
   * @throws ConfigException if there is any problem
   */
  public static <T> T read(String file, String text, Function<ConfigSection, T> schema) {
    return new ConfigReader(file, false).read(text, schema);
  }

  /**
   * Reads a text that a program wrote, perhaps one of a newer release: keys that the schema does
   * not know are no problem.
   *
   * @param name name of the text for messages
   * @throws ConfigException if there is any other problem
   */
  public static <T> T readStored(String name, String text, Function<ConfigSection, T> schema) {
    return new ConfigReader(name, true).read(text, schema);
  }

  private <T> T read(String text, Function<ConfigSection, T> schema) {
    Node root = compose(text.startsWith("\uFEFF") ? text.substring(1) : text);
    if (!problems.isEmpty()) {
      throw exception();
    }
    ConfigValue top = new ConfigValue(this, root, "");
    T result = null;
    try {
      result = top.section(schema);
    } catch (InvalidValueException e) {
      // Already among the problems.
    }
    if (!problems.isEmpty()) {
      throw exception();
    }
    return Objects.requireNonNull(result, "the schema of " + file + " returned nothing");
  }

  private @Nullable Node compose(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_DEPTH);
    try {
      return new Yaml(options).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
      String context = e.getContext() == null ? "" : e.getContext() + ", ";
      problem(mark, "not valid YAML: " + oneLine(context + e.getProblem()));
    } catch (ReaderException e) {
      problemAtEndOf(
          text.substring(0, Math.min(text.length(), text.offsetByCodePoints(0, e.getPosition()))),
          String.format("character U+%04X is not allowed in YAML", e.getCodePoint()));
    } catch (YAMLException e) {
      problems.add(new ConfigProblem(file, 0, 0, "not valid YAML: " + oneLine(e.getMessage())));
    }
    return null;
  }

  /** Notes a problem at a position, or at the file's first character if there is none. */
  void problem(@Nullable Mark mark, String message) {
    int line = mark == null ? 1 : mark.getLine() + 1;
    int column = mark == null ? 1 : mark.getColumn() + 1;
    problem(line, column, message);
  }

  /** Notes a problem at a line and column, both from 1. */
  void problem(int line, int column, String message) {
    problems.add(new ConfigProblem(file, line, column, message));
  }

  /** Whether keys that a schema does not know are no problem. */
  boolean ignoresUnknownKeys() {
    return ignoresUnknownKeys;
  }

  /** Number of problems so far. */
  int problemCount() {
    return problems.size();
  }

  private void problemAtEndOf(String text, String message) {
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    int column = text.length() - text.lastIndexOf('\n');
    problems.add(new ConfigProblem(file, line, column, message));
  }

  private ConfigException exception() {
    problems.sort(
        Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column));
    return new ConfigException(problems);
  }

  private static ConfigException unreadable(Path path, String message) {
    return new ConfigException(List.of(new ConfigProblem(path.toString(), 0, 0, message)));
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "unreadable" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
