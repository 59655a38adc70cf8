package io.promptmonitor.reports.page;

/** How something is to be taken. Never said by colour alone: the words say it too. */
public enum Tone {
  /** As it is. */
  PLAIN,
  /** Good news. */
  GOOD,
  /** Somebody should know. */
  WARNING,
  /** Somebody should act. */
  BAD,
  /** What to do. */
  ADVICE,
  /** Nothing to see. */
  FAINT
}
