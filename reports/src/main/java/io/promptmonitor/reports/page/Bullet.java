package io.promptmonitor.reports.page;

import org.jspecify.annotations.Nullable;

/**
 * An item of a list.
 *
 * @param label what it is about; null if the text says so itself
 * @param text what it says
 * @param note what is to be known beside it, such as an interval; null if nothing is
 * @param tone how it is to be taken
 */
public record Bullet(@Nullable String label, String text, @Nullable String note, Tone tone) {

  public static Bullet of(String label, String text) {
    return new Bullet(label, text, null, Tone.PLAIN);
  }

  public static Bullet of(String label, String text, @Nullable String note) {
    return new Bullet(label, text, note, Tone.PLAIN);
  }

  public Bullet in(Tone other) {
    return new Bullet(label, text, note, other);
  }
}
