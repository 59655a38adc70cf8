package io.promptmonitor.reports.page;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cell of a table.
 *
 * @param text what it says
 * @param note what is to be known beside it, such as an interval; null if nothing is
 * @param tone how it is to be taken
 * @param link where it leads, a URL; null if nowhere
 */
public record Cell(String text, @Nullable String note, Tone tone, @Nullable String link) {

  public Cell {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(tone, "tone");
  }

  public static Cell of(String text) {
    return new Cell(text, null, Tone.PLAIN, null);
  }

  public static Cell of(String text, @Nullable String note) {
    return new Cell(text, note, Tone.PLAIN, null);
  }

  /** A cell that says that something is not there. */
  public static Cell faint(String text) {
    return new Cell(text, null, Tone.FAINT, null);
  }

  public Cell in(Tone other) {
    return new Cell(text, note, other, link);
  }

  public Cell to(String url) {
    return new Cell(text, note, tone, url);
  }
}
