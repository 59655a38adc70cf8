package io.promptmonitor.cli;

import java.io.PrintWriter;

/** One line on a terminal that is rewritten while a command works for long. Not thread-safe. */
public final class ProgressLine {

  private static final long FIRST_NANOS = 2_000_000_000L;
  private static final long EVERY_NANOS = 250_000_000L;

  private final PrintWriter terminal;
  private final boolean visible;
  private long next = System.nanoTime() + FIRST_NANOS;
  private boolean shown;

  /**
   * A line that does not show yet.
   *
   * @param visible whether it ever shows: only if somebody watches
   */
  ProgressLine(PrintWriter terminal, boolean visible) {
    this.terminal = terminal;
    this.visible = visible;
  }

  /** Shows a text, unless it is too early or too soon after the last. */
  public void show(String text) {
    if (!visible || System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + EVERY_NANOS;
    shown = true;
    terminal.print("\r\u001B[K" + text);
    terminal.flush();
  }

  /** Takes the line away. */
  public void clear() {
    if (shown) {
      terminal.print("\r\u001B[K");
      terminal.flush();
      shown = false;
    }
  }
}
