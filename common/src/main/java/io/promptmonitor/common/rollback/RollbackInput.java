package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.windows.WindowUpdate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol of a prompt takes: a row of a window of one of its versions, or a demand.
 *
 * @param window a row that {@link PromptTraffic#takes}; null if this is a demand
 * @param trigger a demand; null if this is a row
 */
public record RollbackInput(@Nullable WindowUpdate window, @Nullable RollbackTrigger trigger) {

  public RollbackInput {
    if ((window == null) == (trigger == null)) {
      throw new IllegalArgumentException("a window or a trigger");
    }
  }

  /** A row of a window. */
  public static RollbackInput of(WindowUpdate window) {
    return new RollbackInput(window, null);
  }

  /** A demand. */
  public static RollbackInput of(RollbackTrigger trigger) {
    return new RollbackInput(null, trigger);
  }

  /** The prompt. */
  public String promptId() {
    return window != null
        ? window.promptVersion().promptId()
        : Objects.requireNonNull(trigger).promptVersion().promptId();
  }
}
