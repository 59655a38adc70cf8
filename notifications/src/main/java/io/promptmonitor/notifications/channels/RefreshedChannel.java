package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.notifications.AlertMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A channel that forgets alerts unless it is told again and again that they fire. */
public interface RefreshedChannel extends Channel {

  /** How often {@link #refresh} is called. */
  Duration refreshEvery();

  /**
   * Says of all alerts that fire, and that this channel was told of, that they still do.
   *
   * @param firing the last message about each of them
   * @throws InterruptedException if the thread is interrupted
   */
  Outcome refresh(List<AlertMessage> firing, Instant now) throws InterruptedException;
}
