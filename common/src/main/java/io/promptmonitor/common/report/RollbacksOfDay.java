package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rollbacks of the day, and those that were demanded and did not happen.
 *
 * @param count how many happened
 * @param events each of them, in the order of time
 * @param allowance whether the prompt may be rolled back automatically
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbacksOfDay(long count, List<Event> events, Allowance allowance) {

  public RollbacksOfDay {
    events = List.copyOf(events);
  }

  /**
   * A rollback, or one that did not happen.
   *
   * @param rollbackId identifies it: {@code promptmon rollbacks show} tells all of it
   * @param kind {@code automatic} or {@code manual}
   * @param happenedAt when it happened, or was demanded
   * @param fromVersion the version that was left
   * @param toVersion the version that was gone back to; null if there was none
   * @param status {@code switched}, {@code held_back} or {@code refused}
   * @param reason why, or why not
   * @param outcome {@code recovered}, {@code not_recovered} or {@code no_data}; null if it is not
   *     known
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Event(
      String rollbackId,
      String kind,
      Instant happenedAt,
      String fromVersion,
      @Nullable String toVersion,
      String status,
      String reason,
      @Nullable String outcome) {}

  /**
   * Whether the prompt may be rolled back automatically, when the day ended.
   *
   * @param used automatic rollbacks of the 24 hours of the day
   * @param maxPerDay how many are allowed in 24 hours; null if the prompt was never rolled back
   *     automatically
   * @param interventionSince since when it is not rolled back any more until an operator clears it;
   *     null if it may be
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Allowance(
      long used, @Nullable Integer maxPerDay, @Nullable Instant interventionSince) {

    /** How many automatic rollbacks are left; null if no limit is known. */
    public @Nullable Long remaining() {
      if (maxPerDay == null) {
        return null;
      }
      return interventionSince != null ? 0 : Math.max(0, maxPerDay - used);
    }
  }
}
