package io.promptmonitor.reports.page;

import java.util.List;

/** A part of a section. */
public sealed interface Block {

  /** A paragraph. */
  record Paragraph(String text) implements Block {}

  /** A list. */
  record Bullets(List<Bullet> items) implements Block {
    public Bullets {
      items = List.copyOf(items);
    }
  }

  /**
   * A table.
   *
   * @param caption what it shows
   * @param columns its columns; the first one names the rows
   * @param rows a cell for each column
   */
  record Table(String caption, List<Column> columns, List<List<Cell>> rows) implements Block {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<Cell> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "a row of " + row.size() + " cells in a table of " + columns.size() + " columns");
        }
      }
    }
  }

  /**
   * A chart, only for looks that can show one: what it says is also in words elsewhere.
   *
   * @param id unique on the page, of letters, digits and hyphens
   * @param title what it shows
   * @param legend what its marks mean; empty if there is only one
   * @param svg the chart as an {@code svg} element
   */
  record Figure(String id, String title, List<LegendEntry> legend, String svg) implements Block {
    public Figure {
      legend = List.copyOf(legend);
    }
  }

  /**
   * An entry of a chart's legend.
   *
   * @param mark the class of its mark in the style sheet
   * @param text what it means
   */
  record LegendEntry(String mark, String text) {}
}
