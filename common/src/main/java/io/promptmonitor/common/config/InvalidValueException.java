package io.promptmonitor.common.config;

/**
 * Ends the reading of a value whose problem has been noted; the section or list around it goes on
 * with the next one.
 */
final class InvalidValueException extends RuntimeException {

  private static final long serialVersionUID = 1;

  InvalidValueException() {
    super("a problem has been noted", null, false, false);
  }
}
