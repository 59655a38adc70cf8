package io.promptmonitor.jobs.metrics;

import java.util.List;
import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * What the streaming job measures of itself, a constant each with all there is to say of it: the
 * only list of the names of its Flink metrics and of its counts in summaries.
 *
 * <p>All are in the group {@value #GROUP} of the operator that has them. Times are milliseconds.
 * The clock is that of the machine, as Flink's processing time.
 */
public enum JobMetric {
  RECORDS(
      Kind.COUNT, "records", null, "routing", "records that the source emitted, of whatever kind"),
  FEEDBACK(Kind.COUNT, "feedback", null, "routing", "feedback events read"),
  RAW_TEXT_STRIPPED(
      Kind.COUNT,
      "raw_text_stripped",
      null,
      "routing",
      "records that carried raw text of the call, which was dropped"),
  REJECTED(
      Kind.COUNT,
      "rejected",
      "reason",
      "routing, panes, window-roll-up",
      "records that were not counted and became a dead letter; `late` is one of the reasons"),
  DUPLICATES(
      Kind.COUNT,
      "duplicates",
      null,
      "deduplication",
      "executions that were seen before and not counted again"),
  EXECUTIONS(
      Kind.COUNT, "executions", null, "panes", "executions that were taken into a pane, in time"),
  PANES(
      Kind.COUNT,
      "panes",
      null,
      "panes",
      "panes given out to the roll-up: a pane of a prompt version, or a part of one"),
  WINDOWS(
      Kind.COUNT,
      "windows",
      "size",
      "window-roll-up",
      "windows of a size that were written for the first time"),
  WINDOW_ROWS(
      Kind.COUNT, "window_rows", null, "window-roll-up", "rows of windows, rewrites included"),
  EVALUATIONS(
      Kind.COUNT,
      "evaluations",
      null,
      "window-roll-up",
      "evaluations of the sliding windows of a prompt version"),
  PROMPT_VERSIONS_IN_MEMORY(
      Kind.GAUGE,
      "prompt_versions_in_memory",
      null,
      "window-roll-up",
      "prompt versions whose windows are on the heap"),
  WINDOWS_IN_MEMORY(
      Kind.GAUGE,
      "windows_in_memory",
      null,
      "window-roll-up",
      "windows on the heap, in front of the state backend"),
  WATERMARK_LAG(
      Kind.GAUGE,
      "watermark_lag_ms",
      null,
      "panes, window-roll-up, alert-evaluation, alert-escalation, rollback-control",
      "how far event time is behind the clock; NaN before the first watermark"),
  REGISTRY_EVENT_ID(
      Kind.GAUGE,
      "registry_event_id",
      null,
      "registry-changes, window-roll-up, alert-evaluation, rollback-control",
      "the last change of the prompt registry that was sent (registry-changes) or applied (the others)"),
  REGISTRY_AWAY(
      Kind.GAUGE,
      "registry_away_ms",
      null,
      "registry-changes",
      "for how long the registry cannot be read; 0 while it can"),
  REGISTRY_CHANGES(
      Kind.COUNT,
      "registry_changes",
      null,
      "window-roll-up",
      "changes of the prompt registry that were applied"),
  REGISTRY_REPEATS(
      Kind.COUNT,
      "registry_repeats",
      null,
      "window-roll-up",
      "changes of the prompt registry that came again, after a restart, and were ignored"),
  RULE_EVALUATIONS(
      Kind.COUNT,
      "rule_evaluations",
      null,
      "alert-evaluation",
      "rules evaluated, each for each version at each evaluation"),
  EVALUATION_LAG(
      Kind.HISTOGRAM,
      "evaluation_lag_ms",
      null,
      "alert-evaluation",
      "how far the end of the evaluated windows was behind the clock when rules were evaluated; the"
          + " quantiles are those of the last 500 evaluations of a subtask"),
  EVALUATION_LAG_TOTAL(
      Kind.COUNT,
      "evaluation_lag_total_ms",
      null,
      "alert-evaluation",
      "the same added up: by `evaluation_lag_ms_count` it gives the mean of any span"),
  ALERTS(
      Kind.COUNT,
      "alerts",
      "change",
      "alert-evaluation, rollback-control",
      "alerts to which something happened"),
  NOTIFICATIONS(
      Kind.COUNT,
      "notifications",
      null,
      "alert-escalation",
      "notifications that were made, whatever became of them"),
  ROLLBACKS(
      Kind.COUNT,
      "rollbacks",
      "status",
      "rollback-control",
      "rollbacks that happened, were held back or refused"),
  ROLLBACK_RETRIES(
      Kind.COUNT,
      "rollback_retries",
      null,
      "rollback-control",
      "times that the rollback protocol could not ask the registry, and asks again"),
  ROLLBACK_LATENCY(
      Kind.HISTOGRAM,
      "rollback_latency_ms",
      null,
      "rollback-control",
      "from the evaluation that completed a trigger (event time) to the switch (clock of the"
          + " database), of automatic rollbacks that are not of a replay; the quantiles are those of"
          + " the last 500 of a subtask"),
  ROLLBACK_LATENCY_TOTAL(
      Kind.COUNT,
      "rollback_latency_total_ms",
      null,
      "rollback-control",
      "the same added up: by `rollback_latency_ms_count` it gives the mean of any span"),
  SINK_BATCHES(
      Kind.COUNT, "sink_batches", "table", "each sink", "transactions that wrote into the table"),
  SINK_ROWS(
      Kind.COUNT, "sink_rows", "table", "each sink", "rows written into the table, rewrites too"),
  SINK_RETRIES(
      Kind.COUNT,
      "sink_retries",
      "table",
      "each sink",
      "further attempts at a transaction, while the database was away"),
  SINK_ROWS_NOT_FOUND(
      Kind.COUNT,
      "sink_rows_not_found",
      "table",
      "each sink",
      "changes to rows that are not there: retention has removed them, or somebody else"),
  NOTIFICATIONS_SENT(
      Kind.COUNT,
      "notifications_sent",
      "channel",
      "notifications",
      "notifications that the receiver took"),
  NOTIFICATIONS_RETRIED(
      Kind.COUNT,
      "notifications_retried",
      "channel",
      "notifications",
      "attempts that failed and are followed by another one"),
  NOTIFICATIONS_FAILED(
      Kind.COUNT,
      "notifications_failed",
      "channel",
      "notifications",
      "notifications that were given up"),
  NOTIFICATIONS_UNCONFIGURED(
      Kind.COUNT,
      "notifications_unconfigured",
      null,
      "notifications",
      "notifications to channels that the deployment does not have"),
  NOTIFICATION_ERRORS(
      Kind.COUNT,
      "notification_errors",
      null,
      "notifications",
      "errors of the monitor itself that interrupted a channel; they are in the log"),
  OUTBOX_PENDING(
      Kind.GAUGE,
      "outbox_pending",
      null,
      "notifications",
      "notifications that wait in the outbox, looked at every 10 s"),
  OUTBOX_OLDEST(
      Kind.GAUGE,
      "outbox_oldest_ms",
      null,
      "notifications",
      "how long the oldest of these has waited; 0 if there is none"),
  ESCALATIONS_OVERDUE(
      Kind.GAUGE,
      "escalations_overdue",
      null,
      "notifications",
      "alerts whose next step of escalation should have been taken by now and was not");

  /** The group of all these metrics. */
  public static final String GROUP = "promptmonitor";

  /** How a metric behaves. */
  public enum Kind {
    /**
     * Only rises, and begins at 0 with each start of its subtask, as Prometheus' {@code rate}
     * expects.
     */
    COUNT,
    /** What it is now. */
    GAUGE,
    /** A number, and quantiles of the latest values. */
    HISTOGRAM
  }

  /** Before the names of metrics of operators, in Prometheus. */
  public static final String PROMETHEUS_PREFIX = "flink_taskmanager_job_task_operator_";

  private final Kind kind;
  private final String metricName;
  private final @Nullable String label;
  private final String operators;
  private final String meaning;

  JobMetric(
      Kind kind, String metricName, @Nullable String label, String operators, String meaning) {
    this.kind = kind;
    this.metricName = metricName;
    this.label = label;
    this.operators = operators;
    this.meaning = meaning;
  }

  /** How it behaves. */
  public Kind kind() {
    return kind;
  }

  /** The label that there is one metric for each value of; null if there is one metric. */
  public @Nullable String label() {
    return label;
  }

  /** The operators that have it, by their uid. */
  public List<String> operators() {
    return List.of(operators.split(", "));
  }

  /** What it says, for people. */
  public String meaning() {
    return meaning;
  }

  /** The stable name: in Flink, within {@link #GROUP}, and of a count in summaries. */
  public String metricName() {
    return metricName;
  }

  /**
   * The name of the count for one value of the label, in summaries, as in {@code rejected.late}.
   */
  public String countName(String labelValue) {
    return metricName + "." + labelValue;
  }

  /** The label's value for a constant of an enum. */
  public static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** The name in Prometheus; what a histogram has has a suffix as well. */
  public String prometheusName() {
    return PROMETHEUS_PREFIX + GROUP + "_" + (label == null ? "" : label + "_") + metricName;
  }

  /** Registers a counter with an operator's metrics. */
  public Counter counter(MetricGroup operator) {
    return group(operator).counter(metricName);
  }

  /** Registers the counter for one value of the label. */
  public Counter counter(MetricGroup operator, String labelValue) {
    return group(operator, labelValue).counter(metricName);
  }

  /** Registers what is looked up whenever somebody wants to know; from a thread of its own. */
  public void gauge(MetricGroup operator, Gauge<?> gauge) {
    group(operator).gauge(metricName, gauge);
  }

  /** The same for one value of the label. */
  public void gauge(MetricGroup operator, String labelValue, Gauge<?> gauge) {
    group(operator, labelValue).gauge(metricName, gauge);
  }

  private MetricGroup group(MetricGroup operator) {
    if (label != null) {
      throw new IllegalArgumentException(this + " needs a value for its label " + label);
    }
    return operator.addGroup(GROUP);
  }

  private MetricGroup group(MetricGroup operator, String labelValue) {
    if (label == null) {
      throw new IllegalArgumentException(this + " has no label, got " + labelValue);
    }
    return operator.addGroup(GROUP).addGroup(label, labelValue);
  }
}
