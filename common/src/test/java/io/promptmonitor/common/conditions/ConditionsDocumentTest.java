package io.promptmonitor.common.conditions;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.metrics.BaselineSource;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/conditions.md} says what the language is. */
class ConditionsDocumentTest {

  private static String document;

  @BeforeAll
  static void read() throws IOException {
    document =
        Files.readString(
            Path.of(System.getProperty("promptmonitor.root", ".."), "docs", "conditions.md"));
  }

  @Test
  void theExamplesAreConditions() {
    List<String> examples =
        Pattern.compile("```\n(.*?)```\n", Pattern.DOTALL)
            .matcher(document)
            .results()
            .flatMap((MatchResult block) -> block.group(1).lines())
            .filter(line -> line.matches("[a-z0-9_]+ [<>].*"))
            .toList();
    assertThat(examples).hasSizeGreaterThan(15);
    assertThat(examples).allSatisfy(text -> assertThat(Condition.parse(text)).hasToString(text));
  }

  @Test
  void everyMetricIsDescribed() {
    assertThat(table("| metric |"))
        .containsExactlyElementsOf(
            Stream.of(Metric.values())
                .filter(metric -> metric.quantity() != null)
                .map(ConditionsDocumentTest::row)
                .toList());
  }

  private static String row(Metric metric) {
    BaselineSource source = metric.baseline();
    String baseline = source == null ? "" : metric == Metric.ERROR_RATE ? "1 - `KEY` " : "`KEY` ";
    return "| `"
        + metric.column()
        + "` | "
        + metric.quantity().noun()
        + " | "
        + metric.worse().name().toLowerCase(Locale.ROOT)
        + " | "
        + (source == null ? "" : baseline.replace("KEY", source.key()))
        + "|";
  }

  @Test
  void everyQuantityIsDescribed() {
    assertThat(table("| what the metric is |"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Quantity.values())
                .map(
                    quantity ->
                        "| "
                            + quantity.noun()
                            + " | "
                            + quantity.range()
                            + " | "
                            + units(quantity)
                            + "|")
                .toList());
  }

  private static String units(Quantity quantity) {
    List<String> units = Unit.symbolsFor(quantity);
    return units.isEmpty()
        ? ""
        : units.stream().map(unit -> "`" + unit + "`").collect(Collectors.joining(", ", "", " "));
  }

  @Test
  void everyAliasIsDescribed() {
    for (Metric metric : Metric.values()) {
      for (String alias : metric.names().subList(1, metric.names().size())) {
        assertThat(document)
            .contains("`" + alias + "` is another name of `" + metric.column() + "`");
      }
    }
  }

  /** The rows of the table whose header begins like this. */
  private static List<String> table(String header) {
    return document
        .lines()
        .dropWhile(line -> !line.startsWith(header))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }
}
