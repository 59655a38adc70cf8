package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptmonitor.cli.VisibleText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The block {@code performance_to_exploration_mapping} in the order of the specification, which the
 * database does not keep, and as YAML.
 */
final class MappingYaml {

  /** The key of the block. */
  static final String KEY = "performance_to_exploration_mapping";

  private static final List<String> ORDER =
      List.of(
          "degradation_detected",
          "affected_metric",
          "current_value",
          "baseline_value",
          "delta",
          "exploration_analysis",
          "exploration_path",
          "selected",
          "alternatives",
          "rationale",
          "potential_issue",
          "failure_correlation",
          "recommendations");

  private static final String INDENT = "  ";

  private MappingYaml() {}

  /** An analysis with its block in the order of the specification. */
  static JsonNode ordered(JsonNode analysis) {
    JsonNode copy = analysis.deepCopy();
    if (copy instanceof ObjectNode object && object.get(KEY) instanceof ObjectNode mapping) {
      object.set(KEY, sorted(mapping));
    }
    return copy;
  }

  private static JsonNode sorted(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode result = object.objectNode();
    for (Map.Entry<String, JsonNode> field : fields(object)) {
      result.set(field.getKey(), sorted(field.getValue()));
    }
    return result;
  }

  private static List<Map.Entry<String, JsonNode>> fields(ObjectNode object) {
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
    fields.sort(Comparator.comparingInt(field -> rank(field.getKey())));
    return fields;
  }

  /** Decisions come after what is known, by their depth, which jsonb has in its order. */
  private static int rank(String key) {
    int rank = ORDER.indexOf(key);
    return rank < 0 ? ORDER.size() : rank;
  }

  /** The block with its key, a line each, as the specification writes it. */
  static List<String> lines(JsonNode mapping) {
    List<String> lines = new ArrayList<>();
    lines.add(KEY + ":");
    if (sorted(mapping) instanceof ObjectNode object) {
      add(object, INDENT, lines);
    }
    return lines;
  }

  private static void add(ObjectNode object, String indent, List<String> lines) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String key = indent + VisibleText.of(field.getKey()) + ":";
      JsonNode value = field.getValue();
      if (value instanceof ObjectNode child) {
        lines.add(key);
        add(child, indent + INDENT, lines);
      } else if (!value.isArray()) {
        lines.add(key + " " + scalar(value));
      } else if (isShort(field.getKey())) {
        lines.add(key + " " + flow(value));
      } else {
        lines.add(value.isEmpty() ? key + " []" : key);
        value.forEach(element -> lines.add(indent + INDENT + "- " + scalar(element)));
      }
    }
  }

  /** Names, not sentences. */
  private static boolean isShort(String key) {
    return key.equals("alternatives");
  }

  private static String flow(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(MappingYaml::scalar)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Texts in double quotes, which are written as in JSON. */
  private static String scalar(JsonNode value) {
    return VisibleText.of(
        value.isTextual() ? TextNode.valueOf(value.asText()).toString() : value.toString());
  }
}
