package io.promptmonitor.common.config;

import java.util.Objects;

/** A text that cannot be read, with the place in it that is wrong. */
public class MalformedTextException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String message;
  private final int offset;
  private final int length;

  /**
   * A problem at a place of the text.
   *
   * @param message what was wrong and what was expected: one line, without the place
   * @param offset where the wrong part begins, from 0, in characters of the text
   * @param length length of the wrong part, 0 if something is missing there
   */
  public MalformedTextException(String message, int offset, int length) {
    super(message);
    this.message = Objects.requireNonNull(message, "message");
    this.offset = offset;
    this.length = length;
  }

  /** What was wrong and what was expected. */
  public final String message() {
    return message;
  }

  /** Where the wrong part begins, from 0. */
  public final int offset() {
    return offset;
  }

  /** Length of the wrong part, 0 if something is missing there. */
  public final int length() {
    return length;
  }
}
