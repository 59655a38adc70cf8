package io.promptmonitor.common.registry;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The registry refused an operation, or a command of an operator; the message is one line for a
 * person.
 */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Why an operation was refused. */
  public enum Reason {
    /** No version of the prompt was ever registered. */
    UNKNOWN_PROMPT("PM001"),
    /** The prompt has no such version. */
    UNKNOWN_VERSION("PM002"),
    /** The version is registered with other content. */
    VERSION_EXISTS("PM003"),
    /** The life cycle does not allow it. */
    ILLEGAL_TRANSITION("PM004"),
    /** No version of the prompt is active. */
    NO_ACTIVE_VERSION("PM005"),
    /** There is no version to roll back to, or it cannot be rolled back to. */
    INVALID_ROLLBACK_TARGET("PM006"),
    /** What is stored is not what was registered. */
    TAMPERED("PM007"),
    /** The prompt was rolled back automatically too lately or too often. */
    ROLLBACK_LIMIT("PM008"),
    /** There is no such alert. */
    UNKNOWN_ALERT("PM009"),
    /** The alert does not fire, or somebody has acknowledged it. */
    NOTHING_TO_ACKNOWLEDGE("PM010"),
    /** There is no such silence. */
    UNKNOWN_SILENCE("PM011"),
    /** The silence has ended. */
    SILENCE_ENDED("PM012"),
    /** The prompt was rolled back automatically so often that an operator has to look first. */
    INTERVENTION_REQUIRED("PM013"),
    /** Nothing keeps the prompt from being rolled back automatically. */
    NOTHING_TO_CLEAR("PM014"),
    /** The version is not to be rolled back automatically. */
    AUTO_ROLLBACK_DISABLED("PM015"),
    /** Somebody else applied corrections of predictions meanwhile. */
    HEURISTIC_CHANGED("PM016"),
    /** The user may not do that. */
    NOT_AUTHORIZED("42501"),
    /** The registry's storage cannot be reached. */
    UNAVAILABLE("08000");

    private final String sqlState;

    Reason(String sqlState) {
      this.sqlState = sqlState;
    }

    /** The error code with which the database reports it. */
    public String sqlState() {
      return sqlState;
    }
  }

  private final Reason reason;

  public RegistryException(Reason reason, String message) {
    this(reason, message, null);
  }

  public RegistryException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
