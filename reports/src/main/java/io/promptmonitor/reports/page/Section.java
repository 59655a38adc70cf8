package io.promptmonitor.reports.page;

import java.util.List;
import java.util.stream.Stream;

/**
 * A section of a page.
 *
 * @param id unique on the page, of letters and hyphens
 * @param title its heading
 * @param blocks what it says
 */
public record Section(String id, String title, List<Block> blocks) {

  public Section {
    blocks = List.copyOf(blocks);
  }

  public static Section of(String id, String title, Block... blocks) {
    return new Section(id, title, List.of(blocks));
  }

  /** This section with more at its end. */
  public Section with(List<Block> more) {
    return new Section(id, title, Stream.concat(blocks.stream(), more.stream()).toList());
  }
}
