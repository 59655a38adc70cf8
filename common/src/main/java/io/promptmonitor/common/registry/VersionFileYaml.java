package io.promptmonitor.common.registry;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.LineBreak;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes versions as {@link VersionFile}s, the way a person would. */
public final class VersionFileYaml {

  private static final int INDENT = 2;

  /** Stands for a text that is written as a block; the emitter does not quote it. */
  private static final String BLOCK = "PROMPT_TEXT";

  /** What no block can hold as it is: what a reader refuses, or takes for a line break. */
  private static final Pattern NEEDS_ESCAPES =
      Pattern.compile(
          "[^\\t\\n\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\x{10000}-\\x{10ffff}]"
              + "|[\\u2028\\u2029]");

  private VersionFileYaml() {}

  /**
   * A version with its text, its state and what the registry filled in; reading it gives the same
   * text, the same state, and a definition that has the {@linkplain PromptVersion#hasContentOf same
   * content}.
   */
  public static String write(PromptVersion version) {
    String text = version.promptText();
    if (!text.contains("\n") || NEEDS_ESCAPES.matcher(text).find()) {
      return dump(VersionTree.of(version, text));
    }
    // SnakeYAML reads tabs and spaces at the ends of lines in blocks, but quotes what has them.
    // Only the version's number, which is one line, comes before the text in its block.
    String key = "prompt_text: ";
    String file = dump(VersionTree.of(version, BLOCK));
    int start = file.indexOf("\n" + " ".repeat(INDENT) + key + BLOCK + "\n");
    int value = start + 1 + INDENT + key.length();
    return file.substring(0, value) + block(text) + file.substring(value + BLOCK.length() + 1);
  }

  /** What was registered of a version, without its text and its state; to be read by people. */
  public static String writeDefinition(VersionDefinition definition) {
    return dump(VersionTree.of(definition));
  }

  /** A literal block scalar, two levels deep, with the line break after it. */
  private static String block(String text) {
    String indent = " ".repeat(2 * INDENT);
    String content = text.stripLeading();
    boolean beginsWithSpace = content.length() < text.length();
    StringBuilder block = new StringBuilder("|");
    if (beginsWithSpace) {
      block.append(INDENT); // Else the first line's spaces would count as indentation.
    }
    boolean ended = text.endsWith("\n");
    if (!ended) {
      block.append('-');
    } else if (text.endsWith("\n\n")) {
      block.append('+');
    }
    block.append('\n');
    String lines = ended ? text.substring(0, text.length() - 1) : text;
    for (String line : lines.split("\n", -1)) {
      block.append(line.isEmpty() ? "" : indent).append(line).append('\n');
    }
    return block.toString();
  }

  /**
   * The blocks with an empty line between them, which belongs to no text: only the last block can
   * end with one of several lines.
   */
  private static String dump(Map<String, Object> tree) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.BLOCK);
    options.setLineBreak(LineBreak.UNIX);
    options.setIndent(INDENT);
    options.setIndicatorIndent(INDENT);
    options.setIndentWithIndicator(true);
    options.setSplitLines(false);
    Yaml yaml = new Yaml(new TreeRepresenter(options), options);
    return tree.entrySet().stream()
        .map(block -> yaml.dump(Map.of(block.getKey(), block.getValue())))
        .collect(Collectors.joining("\n"));
  }

  /** Says how the values of a {@link VersionTree} are written. */
  private static final class TreeRepresenter extends Representer {

    TreeRepresenter(DumperOptions options) {
      super(options);
      representers.put(
          BigDecimal.class,
          number -> {
            BigDecimal decimal = (BigDecimal) number;
            Tag tag = decimal.scale() == 0 ? Tag.INT : Tag.FLOAT;
            return representScalar(tag, decimal.toPlainString());
          });
      representers.put(
          String.class, text -> representScalar(Tag.STR, (String) text, style((String) text)));
    }

    private static ScalarStyle style(String text) {
      if (NEEDS_ESCAPES.matcher(text).find()) {
        return ScalarStyle.DOUBLE_QUOTED;
      }
      return text.contains("\n") ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
    }
  }
}
