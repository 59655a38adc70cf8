package io.promptmonitor.reports.html;

import com.samskivert.mustache.DefaultCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Block.Figure;
import io.promptmonitor.reports.page.Block.LegendEntry;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Page;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a page as one HTML file that needs nothing else. How it is built is in {@code page.html}
 * (Mustache, which escapes all text), how it looks in {@code page.css}.
 */
public final class HtmlPage {

  private static final String STYLE = resource("page.css");

  private static final Template TEMPLATE =
      Mustache.compiler()
          .escapeHTML(true)
          .nullValue("")
          .strictSections(true)
          .withCollector(new MapsOnly())
          .compile(resource("page.html"));

  /** What has names is a map: the fields of a text within a section are none. */
  private static final class MapsOnly extends DefaultCollector {
    @Override
    public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
      return context instanceof Map ? super.createFetcher(context, name) : null;
    }
  }

  private HtmlPage() {}

  /**
   * The page.
   *
   * @param up the URL of the page above this one; null if there is none
   */
  public static String of(Page page, @Nullable String up) {
    return TEMPLATE.execute(
        view(
            "title", Names.oneLine(page.title()),
            "style", STYLE,
            "up", up,
            "facts", bullets(page.facts()),
            "attention", bullets(page.attention()),
            "sections", page.sections().stream().map(HtmlPage::section).toList()));
  }

  private static Map<String, @Nullable Object> section(Section section) {
    return view(
        "id", section.id(),
        "title", Names.oneLine(section.title()),
        "blocks", blocks(section.blocks()));
  }

  /** Charts that follow each other stand side by side where there is room. */
  private static List<Map<String, @Nullable Object>> blocks(List<Block> blocks) {
    List<Map<String, @Nullable Object>> views = new ArrayList<>();
    List<Map<String, @Nullable Object>> charts = new ArrayList<>();
    for (Block block : blocks) {
      if (block instanceof Figure figure) {
        if (charts.isEmpty()) {
          Map<String, @Nullable Object> view = emptyBlock();
          view.put("figures", view("charts", charts));
          views.add(view);
        }
        charts.add(figure(figure));
      } else {
        charts = new ArrayList<>();
        views.add(block(block));
      }
    }
    return views;
  }

  private static Map<String, @Nullable Object> block(Block block) {
    Map<String, @Nullable Object> view = emptyBlock();
    if (block instanceof Paragraph paragraph) {
      view.put("text", view("text", Names.oneLine(paragraph.text())));
    } else if (block instanceof Bullets bullets) {
      view.put("bullets", view("items", bullets(bullets.items())));
    } else if (block instanceof Table table) {
      view.put("table", table(table));
    }
    return view;
  }

  /** What each kind of block fills one part of. */
  private static Map<String, @Nullable Object> emptyBlock() {
    return view("text", null, "bullets", null, "table", null, "figures", null);
  }

  private static List<Map<String, @Nullable Object>> bullets(List<Bullet> bullets) {
    return bullets.stream()
        .map(
            bullet ->
                view(
                    "label",
                    bullet.label() == null ? null : Names.oneLine(bullet.label()),
                    "value",
                    Names.oneLine(bullet.text()),
                    "note",
                    bullet.note() == null ? null : Names.oneLine(bullet.note()),
                    "tone",
                    tone(bullet.tone())))
        .toList();
  }

  private static Map<String, @Nullable Object> table(Table table) {
    List<Map<String, @Nullable Object>> columns =
        table.columns().stream()
            .map(column -> view("heading", column.title(), "kind", kind(column)))
            .toList();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (List<Cell> row : table.rows()) {
      List<Map<String, @Nullable Object>> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(cell(table.columns().get(i), row.get(i)));
      }
      rows.add(view("head", cells.get(0), "cells", cells.subList(1, cells.size())));
    }
    return view("caption", table.caption(), "columns", columns, "rows", rows);
  }

  private static Map<String, @Nullable Object> cell(Column column, Cell cell) {
    return view(
        "kind", kind(column),
        "column", column.title(),
        "tone", tone(cell.tone()),
        "value", Names.oneLine(cell.text()),
        "link", cell.link(),
        "note", cell.note() == null ? null : Names.oneLine(cell.note()));
  }

  private static Map<String, @Nullable Object> figure(Figure figure) {
    return view(
        "id", figure.id(),
        "caption", figure.title(),
        "svg", figure.svg(),
        "legend",
            figure.legend().isEmpty()
                ? null
                : view("entries", figure.legend().stream().map(HtmlPage::legendEntry).toList()));
  }

  private static Map<String, @Nullable Object> legendEntry(LegendEntry entry) {
    return view("mark", entry.mark(), "meaning", Names.oneLine(entry.text()));
  }

  private static String kind(Column column) {
    return column.isNumeric() ? "number" : "text";
  }

  private static String tone(Tone tone) {
    return tone.name().toLowerCase(Locale.ROOT);
  }

  /** Names and values in turn; a value may be null, for a part of the template that is left out. */
  private static Map<String, @Nullable Object> view(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> view = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      view.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return view;
  }

  private static String resource(String name) {
    try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
