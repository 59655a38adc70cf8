package io.promptmonitor.cli;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A job failed: its message is the innermost reason, as the one line that the user sees. */
public final class JobFailedException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  public JobFailedException(@Nullable Throwable failure) {
    super("the job failed: " + reason(failure) + " (more in .promptmon/promptmon.log)", failure);
  }

  private static String reason(@Nullable Throwable failure) {
    String reason = "unknown reason";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank()) {
        reason = isPlain(cause) ? message : cause.getClass().getSimpleName() + ": " + message;
      }
    }
    return reason;
  }

  /** Whether the exception's message speaks for itself. */
  private static boolean isPlain(Throwable cause) {
    String name = cause.getClass().getName();
    return name.startsWith("io.promptmonitor.") || cause.getClass() == java.io.IOException.class;
  }
}
