package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run of the monitor did, from the job's counters.
 *
 * @param counts the job's counters by name; a name that is absent counts 0
 * @param elapsed how long the run took
 */
public record MonitorSummary(Map<String, Long> counts, Duration elapsed) {

  public MonitorSummary {
    counts = Map.copyOf(counts);
  }

  /** The summary of Flink's accumulators. */
  public static MonitorSummary of(Map<String, ?> accumulators, Duration elapsed) {
    Map<String, Long> counts = new LinkedHashMap<>();
    accumulators.forEach(
        (name, value) -> {
          if (value instanceof Long count) {
            counts.put(name, count);
          }
        });
    return new MonitorSummary(counts, elapsed);
  }

  /** What a metric has counted. */
  public long count(JobMetric metric) {
    return counts.getOrDefault(metric.metricName(), 0L);
  }

  private long count(JobMetric metric, String labelValue) {
    return counts.getOrDefault(metric.countName(labelValue), 0L);
  }

  /** Records read from the source. */
  public long records() {
    return count(JobMetric.RECORDS);
  }

  /**
   * Records for each reason why they were not counted, in the order of the reasons; without those
   * that did not occur.
   */
  public Map<RejectionReason, Long> rejected() {
    Map<RejectionReason, Long> rejected = new LinkedHashMap<>();
    for (RejectionReason reason : RejectionReason.values()) {
      long count = count(JobMetric.REJECTED, reason.code());
      if (count > 0) {
        rejected.put(reason, count);
      }
    }
    return rejected;
  }

  /** Changes of the prompt registry that were applied, since the job's first start. */
  public long registryChanges() {
    return count(JobMetric.REGISTRY_CHANGES);
  }

  /** Episodes of alerts that began to fire. */
  public long alertsFired() {
    return count(JobMetric.ALERTS, JobMetric.label(Change.FIRING));
  }

  /** Episodes of alerts that ended after they had fired. */
  public long alertsResolved() {
    return count(JobMetric.ALERTS, JobMetric.label(Change.RESOLVED));
  }

  /**
   * Rollbacks that happened, or were demanded and did not. One that was held back first counts
   * there as well.
   */
  public long rollbacks(RollbackRecord.Status status) {
    return count(JobMetric.ROLLBACKS, status.label());
  }

  /** Windows of a size, each counted once however often it was rewritten. */
  public long windows(WindowSize size) {
    return count(JobMetric.WINDOWS, size.label());
  }

  /** Records a second over the whole run. */
  public double throughput() {
    double seconds = elapsed.toMillis() / 1000.0;
    return seconds == 0 ? 0 : records() / seconds;
  }

  /** The summary as lines for a person. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "records read", records(), "");
    line(text, "executions counted", count(JobMetric.EXECUTIONS), "");
    line(text, "feedback events", count(JobMetric.FEEDBACK), "");
    line(text, "duplicates", count(JobMetric.DUPLICATES), "not counted again");
    long late = rejected().getOrDefault(RejectionReason.LATE, 0L);
    line(text, "late", late, "not counted, in dead_letter");
    long rejected = rejected().values().stream().mapToLong(Long::longValue).sum() - late;
    line(text, "rejected", rejected, "not counted, in dead_letter");
    rejected()
        .forEach(
            (reason, count) -> {
              if (reason != RejectionReason.LATE) {
                line(text, "  " + reason.code(), count, "");
              }
            });
    line(
        text,
        "raw text stripped",
        count(JobMetric.RAW_TEXT_STRIPPED),
        "records that carried text of the call");
    line(text, "registry changes", registryChanges(), "applied");
    for (WindowSize size : WindowSize.values()) {
      line(text, "windows " + size.label(), windows(size), "");
    }
    line(text, "rows written", count(JobMetric.WINDOW_ROWS), "rewrites included");
    line(text, "rules evaluated", count(JobMetric.RULE_EVALUATIONS), "");
    line(text, "alerts fired", alertsFired(), alertsResolved() + " of them resolved");
    line(
        text,
        "rollbacks",
        rollbacks(RollbackRecord.Status.SWITCHED),
        rollbacks(RollbackRecord.Status.REFUSED)
            + " refused, "
            + rollbacks(RollbackRecord.Status.HELD_BACK)
            + " held back");
    line(text, "notifications", count(JobMetric.NOTIFICATIONS), "");
    text.append(
        String.format(
            Locale.ROOT,
            "%-24s %,12.1f s, %,.0f records/s%n",
            "time",
            elapsed.toMillis() / 1000.0,
            throughput()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long count, String note) {
    text.append(String.format(Locale.ROOT, "%-24s %,12d  %s", name, count, note).stripTrailing())
        .append(System.lineSeparator());
  }

  /** The summary as values for a script, in the order of {@link #toText}. */
  public Map<String, Object> toJsonValues() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("records", records());
    values.put("executions", count(JobMetric.EXECUTIONS));
    values.put("feedback", count(JobMetric.FEEDBACK));
    values.put("duplicates", count(JobMetric.DUPLICATES));
    Map<String, Long> rejectedByCode = new LinkedHashMap<>();
    rejected().forEach((reason, count) -> rejectedByCode.put(reason.code(), count));
    values.put("rejected", rejectedByCode);
    values.put("raw_text_stripped", count(JobMetric.RAW_TEXT_STRIPPED));
    values.put("registry_changes", registryChanges());
    Map<String, Long> windows = new LinkedHashMap<>();
    for (WindowSize size : WindowSize.values()) {
      windows.put(size.label(), windows(size));
    }
    values.put("windows", windows);
    values.put("rows_written", count(JobMetric.WINDOW_ROWS));
    values.put("rule_evaluations", count(JobMetric.RULE_EVALUATIONS));
    values.put("alerts_fired", alertsFired());
    values.put("alerts_resolved", alertsResolved());
    values.put("rollbacks", rollbacks(RollbackRecord.Status.SWITCHED));
    values.put("rollbacks_refused", rollbacks(RollbackRecord.Status.REFUSED));
    values.put("rollbacks_held_back", rollbacks(RollbackRecord.Status.HELD_BACK));
    values.put("notifications", count(JobMetric.NOTIFICATIONS));
    values.put("seconds", elapsed.toMillis() / 1000.0);
    return values;
  }
}
