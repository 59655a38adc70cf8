package io.promptmonitor.database;

import org.jspecify.annotations.Nullable;

/** The database cannot be used; the message is one line for a person and holds no secret. */
public final class DatabaseException extends RuntimeException {

  public DatabaseException(String message) {
    super(message);
  }

  public DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
