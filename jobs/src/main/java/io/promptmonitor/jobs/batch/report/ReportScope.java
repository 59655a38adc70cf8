package io.promptmonitor.jobs.batch.report;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Which reports are to be made.
 *
 * @param date the day (UTC)
 * @param asOf when they are made: what ends after it is provisional
 * @param feedbackHorizon how long after an execution its feedback is still counted
 * @param promptIds only these prompts, also if there is nothing to report of them; empty for all
 *     that had executions or were active on the day
 */
public record ReportScope(
    LocalDate date, Instant asOf, Duration feedbackHorizon, List<String> promptIds)
    implements Serializable {

  public ReportScope {
    promptIds = List.copyOf(promptIds);
  }

  /** When the day begins. */
  public Instant start() {
    return startOf(date);
  }

  /** When the day ends, exclusive. */
  public Instant end() {
    return startOf(date.plusDays(1));
  }

  /** Until when feedback on the day's executions is counted. */
  public Instant feedbackUntil() {
    return end().plus(feedbackHorizon);
  }

  /** When another day begins. */
  static Instant startOf(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
