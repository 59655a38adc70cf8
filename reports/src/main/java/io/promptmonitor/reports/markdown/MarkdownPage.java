package io.promptmonitor.reports.markdown;

import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Block.Figure;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Page;
import io.promptmonitor.reports.page.Section;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a page as Markdown (CommonMark with GitHub's tables), with the headings, lists and tables
 * of the page in their order. Charts are left out, and so is what a page puts first: sections say
 * it too.
 */
public final class MarkdownPage {

  private final StringBuilder out = new StringBuilder();

  private MarkdownPage() {}

  public static String of(Page page) {
    MarkdownPage markdown = new MarkdownPage();
    markdown.write(page);
    return markdown.out.toString();
  }

  private void write(Page page) {
    line("# " + MarkdownText.inline(page.title()));
    page.facts().forEach(fact -> line(item(fact)));
    page.sections().forEach(this::write);
  }

  private void write(Section section) {
    out.append('\n');
    line("## " + MarkdownText.inline(section.title()));
    boolean isFirst = true;
    for (Block block : section.blocks()) {
      if (block instanceof Figure) {
        continue;
      }
      if (!isFirst) {
        out.append('\n');
      }
      isFirst = false;
      write(block);
    }
  }

  private void write(Block block) {
    if (block instanceof Paragraph paragraph) {
      line(MarkdownText.atLineStart(paragraph.text()));
    } else if (block instanceof Bullets bullets) {
      bullets.items().forEach(bullet -> line("- " + item(bullet)));
    } else if (block instanceof Table table) {
      write(table);
    }
  }

  private void write(Table table) {
    row(table.columns().stream().map(column -> MarkdownText.inline(column.title())).toList());
    line(
        table.columns().stream()
            .map(Column::title)
            .map(title -> "-".repeat(Math.max(3, title.length() + 2)))
            .collect(Collectors.joining("|", "|", "|")));
    table.rows().forEach(cells -> row(cells.stream().map(MarkdownPage::cell).toList()));
  }

  private void row(List<String> cells) {
    line(cells.stream().collect(Collectors.joining(" | ", "| ", " |")));
  }

  private static String cell(Cell cell) {
    String text = MarkdownText.inline(cell.text());
    if (cell.link() != null) {
      text = "[" + text + "](" + cell.link() + ")";
    }
    return cell.note() == null ? text : text + " (" + MarkdownText.inline(cell.note()) + ")";
  }

  private static String item(Bullet bullet) {
    String text =
        bullet.label() == null
            ? MarkdownText.atLineStart(bullet.text())
            : MarkdownText.atLineStart(bullet.label()) + ": " + MarkdownText.inline(bullet.text());
    return bullet.note() == null ? text : text + " (" + MarkdownText.inline(bullet.note()) + ")";
  }

  private void line(String line) {
    out.append(line).append('\n');
  }
}
