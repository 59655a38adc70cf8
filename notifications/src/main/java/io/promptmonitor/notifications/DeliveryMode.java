package io.promptmonitor.notifications;

/** What is done with notifications. */
public enum DeliveryMode {
  /** They are sent. */
  LIVE,
  /** They come from a replay of the past: they are recorded, and consoles print them. */
  REPLAY,
  /** They come from a replay of the past, and are sent nevertheless. */
  NOTIFYING_REPLAY
}
