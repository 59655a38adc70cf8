package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.text.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** Whatever names and sentences are made of, they are shown and change nothing around them. */
class MarkupTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Parser MARKDOWN =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  /** What is not text: the rest of a report's strings may be anything. */
  private static final Set<String> NOT_TEXT =
      Set.of(
          "date",
          "from",
          "until",
          "fired_at",
          "resolved_at",
          "happened_at",
          "start",
          "status",
          "verdict",
          "trend",
          "severity",
          "result",
          "metric",
          "operator",
          "outcome");

  private static final List<String> PLAIN_HTML =
      structure(Jsoup.parse(HtmlReport.of(with("plain"))));

  private static final List<String> PLAIN_MARKDOWN =
      nodes(MARKDOWN.parse(MarkdownReport.of(with("plain"))));

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void namesNeverBecomeElementsOfThePage(@ForAll("texts") String text) {
    Document nasty = Jsoup.parse(HtmlReport.of(with(text)));
    assertThat(structure(nasty)).isEqualTo(PLAIN_HTML);
    assertThat(nasty.title()).isEqualTo(spaced("Prompt Performance Report: 1" + text + "."));
    assertThat(nasty.expectFirst("h1").text()).isEqualTo(nasty.title());
    assertThat(nasty.select("script, [onload], [onerror], a[href^=javascript]")).isEmpty();
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void namesNeverBecomeMarkdown(@ForAll("texts") String text) {
    Node nasty = MARKDOWN.parse(MarkdownReport.of(with(text)));
    assertThat(nodes(nasty)).isEqualTo(PLAIN_MARKDOWN);
    Node title = nasty.getFirstChild();
    assertThat(title).isInstanceOf(Heading.class);
    assertThat(textOf(title)).isEqualTo(spaced("Prompt Performance Report: 1" + text + "."));
  }

  @Test
  void tablesAreTables() {
    for (DailyReport report :
        List.of(SampleReports.incident(), SampleReports.halfDay(), SampleReports.empty())) {
      List<Integer> widths = new ArrayList<>();
      List<String> inTables = new ArrayList<>();
      Node document = MARKDOWN.parse(MarkdownReport.of(report));
      document.accept(
          new AbstractVisitor() {
            @Override
            public void visit(CustomNode node) {
              if (node instanceof TableRow) {
                int cells = 0;
                for (Node cell = node.getFirstChild(); cell != null; cell = cell.getNext()) {
                  cells++;
                }
                widths.add(cells);
              } else if (node instanceof TableCell) {
                inTables.add(textOf(node));
              }
              visitChildren(node);
            }
          });
      assertThat(widths).isNotEmpty().allMatch(width -> width >= 2);
      assertThat(inTables).contains("Metric", "vs Yesterday", "% of Errors", "Success Rate");
      assertThat(MarkdownReport.of(report).lines().filter(line -> line.startsWith("|")))
          .as("lines of tables that were not understood as such")
          .hasSize(widths.size() + tables(document));
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "<script>alert(1)</script>",
            "</title>",
            "<svg onload=x>",
            "<!--",
            "-->",
            "<b>",
            "\"",
            "'",
            "&lt;",
            "&#60;",
            "&amp",
            "&copy",
            "|",
            "\\",
            "\\|",
            "`",
            "``",
            "*",
            "**",
            "_",
            "__",
            "~~",
            "~",
            "$",
            "[",
            "](javascript:x)",
            "![x](y)",
            "#",
            "# ",
            "\n",
            "\r\n",
            "\n\n# x\n",
            "\n- ",
            "\n---\n",
            "\n|-|\n",
            "\t",
            "1. ",
            "2) ",
            "- ",
            "+ ",
            "> ",
            "===",
            "---",
            "    ",
            "{{title}}",
            "{{{svg}}}",
            "http://example.org",
            "\u0000",
            "\u0007",
            "\u001b[31m",
            "\u2028",
            "\u202e",
            "\u2066",
            "\u200f",
            "\ud800",
            "\ufffe",
            "\u05e9\u05dc\u05d5\u05dd",
            "\u0645\u0631\u062d\u0628\u0627",
            "\ud83d\ude80",
            "a",
            "9",
            " ",
            "name",
            "x".repeat(120));
    return pieces.list().ofMinSize(1).ofMaxSize(6).map(list -> String.join("", list));
  }

  /** The report of the incident, each of its texts a different one that has {@code text} in it. */
  private static DailyReport with(String text) {
    int[] count = {0};
    try {
      JsonNode report =
          replaced(
              JSON.readTree(JsonReport.of(SampleReports.incident())),
              "",
              name -> ++count[0] + text + ".");
      return JsonReport.read(report.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode replaced(JsonNode node, String field, UnaryOperator<String> name) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      boolean isMap = field.equals("executions_by_version") || field.equals("rejected");
      object
          .properties()
          .forEach(
              entry ->
                  copy.set(
                      isMap ? name.apply(entry.getKey()) : entry.getKey(),
                      replaced(entry.getValue(), entry.getKey(), name)));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JSON.createArrayNode();
      array.forEach(element -> copy.add(replaced(element, field, name)));
      return copy;
    }
    return node.isTextual() && !NOT_TEXT.contains(field)
        ? JSON.getNodeFactory().textNode(name.apply(node.textValue()))
        : node;
  }

  private static List<String> structure(Document document) {
    List<String> structure = new ArrayList<>();
    for (Element element : document.getAllElements()) {
      List<String> names = element.attributes().asList().stream().map(Attribute::getKey).toList();
      structure.add(element.tagName() + names + element.className());
    }
    return structure;
  }

  private static List<String> nodes(Node node) {
    List<String> nodes = new ArrayList<>();
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      if (!(child instanceof Text)) {
        nodes.add(child.getClass().getSimpleName());
        nodes.addAll(nodes(child));
        nodes.add("end");
      }
    }
    return nodes;
  }

  private static int tables(Node document) {
    return Collections.frequency(nodes(document), "TableBlock");
  }

  private static String textOf(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }
        });
    return text.toString().replaceAll("[ \\t\\n]+", " ").strip();
  }

  private static String spaced(String text) {
    return Names.oneLine(text).replaceAll("[ \\t\\n]+", " ").strip();
  }
}
