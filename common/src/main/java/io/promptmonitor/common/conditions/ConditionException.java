package io.promptmonitor.common.conditions;

import io.promptmonitor.common.config.MalformedTextException;

/** A text that is not a condition, with the place in it that is wrong. */
public final class ConditionException extends MalformedTextException {

  private static final long serialVersionUID = 1;

  ConditionException(String message, int offset, int length) {
    super(message, offset, length);
  }
}
