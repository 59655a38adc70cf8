package io.promptmonitor.cli;

/** Whether somebody watches: only then are colours used and lines rewritten. */
final class Terminal {

  private Terminal() {}

  /** Whether standard error is a terminal, which the launcher finds out: Java cannot. */
  static boolean isInteractive() {
    return Boolean.getBoolean("promptmon.terminal");
  }

  /** Whether standard output is a terminal. */
  static boolean isOutputInteractive() {
    return Boolean.getBoolean("promptmon.terminal.out");
  }
}
