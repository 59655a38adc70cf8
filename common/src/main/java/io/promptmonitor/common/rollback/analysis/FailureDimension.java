package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What failures can concentrate in. */
public enum FailureDimension {
  /**
   * What went wrong. Each value's failures are those of that type, out of all executions: of every
   * execution each type is possible.
   */
  ERROR_TYPE(false),
  /** The {@code conditional_path} that an execution took; its failures out of its executions. */
  BRANCH(true),
  /** The model that answered; its failures out of its executions. */
  MODEL(true),
  /**
   * How long the execution was, in tokens, as a range such as {@code 1000-1999}; its failures out
   * of its executions.
   */
  TOKEN_LENGTH(true),
  /**
   * Users, one value for all of them: those with at least one failure out of all that were seen.
   * The more often a user executes, the sooner one execution fails: spans in which users did so
   * about as often are compared, others not.
   */
  USERS(false);

  private final boolean dividesExecutions;

  FailureDimension(boolean dividesExecutions) {
    this.dividesExecutions = dividesExecutions;
  }

  /** Whether each execution belongs to one value, so that a value can be compared to the others. */
  boolean dividesExecutions() {
    return dividesExecutions;
  }

  /** The name in JSON: {@code error_type}. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A value for messages: {@code branch "full"}. */
  String show(String value) {
    return switch (this) {
      case ERROR_TYPE -> "error type \"" + value + "\"";
      case BRANCH -> "branch \"" + value + "\"";
      case MODEL -> "model \"" + value + "\"";
      case TOKEN_LENGTH -> "executions of " + value + " tokens";
      case USERS -> "users";
    };
  }
}
