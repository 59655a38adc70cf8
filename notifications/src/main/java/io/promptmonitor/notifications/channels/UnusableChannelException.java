package io.promptmonitor.notifications.channels;

/** A channel cannot be used as it is set up; the message says why in one line without secrets. */
public final class UnusableChannelException extends Exception {

  private static final long serialVersionUID = 1;

  /** {@code message} says what is missing or wrong. */
  public UnusableChannelException(String message) {
    super(message);
  }
}
