package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a prompt when it was rolled back, for the post-mortem; the executions that
 * were kept as evidence are those of the alert.
 *
 * @param windows the windows before the trigger: minutes of the failing version, and the last
 *     traffic of the version to go back to
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbackSnapshot(List<Window> windows) {

  public RollbackSnapshot {
    windows = List.copyOf(windows);
  }

  /**
   * One window of a version. What is not known is null.
   *
   * @param latencyP50 in milliseconds, as the other percentiles
   * @param errors how many failures of each of the most frequent types
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Window(
      String version,
      Instant start,
      Instant end,
      long executions,
      long failures,
      @Nullable Double errorRate,
      @Nullable Double latencyP50,
      @Nullable Double latencyP95,
      @Nullable Double latencyP99,
      @Nullable Double avgTotalTokens,
      @Nullable Double avgUserFeedback,
      Map<String, Long> errors) {

    public Window {
      Objects.requireNonNull(version, "version");
      Objects.requireNonNull(start, "start");
      Objects.requireNonNull(end, "end");
      errors = Map.copyOf(errors);
    }
  }
}
