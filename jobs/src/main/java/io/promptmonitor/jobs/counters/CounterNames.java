package io.promptmonitor.jobs.counters;

import io.promptmonitor.common.alerts.AlertTransition;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.WindowSize;
import java.util.Locale;

/** The names of the job's counts: of accumulators, of Flink metrics and in summaries. */
public final class CounterNames {

  /** Records that the source emitted, of whatever kind. */
  public static final String RECORDS = "records";

  /** Executions that were counted in windows. */
  public static final String EXECUTIONS = "executions";

  /** Executions that were seen before and not counted again. */
  public static final String DUPLICATES = "duplicates";

  /** Feedback events read. */
  public static final String FEEDBACK = "feedback";

  /** Records that carried raw text of the call, which was dropped. */
  public static final String RAW_TEXT_STRIPPED = "raw_text_stripped";

  /** Rows of windows written, rewrites included. */
  public static final String WINDOW_ROWS = "window_rows";

  /** Evaluations of sliding windows, all lengths together. */
  public static final String EVALUATIONS = "evaluations";

  /** Changes of the prompt registry that the job has applied. */
  public static final String REGISTRY_CHANGES = "registry_changes";

  /** Changes of the prompt registry that came again, after a restart, and were ignored. */
  public static final String REGISTRY_REPEATS = "registry_repeats";

  /** Rules that were evaluated, each for each version at each evaluation. */
  public static final String RULE_EVALUATIONS = "rule_evaluations";

  /** Notifications that were made, whatever became of them. */
  public static final String NOTIFICATIONS = "notifications";

  /** Times that the rollback protocol could not ask the registry, and asks again. */
  public static final String ROLLBACK_RETRIES = "rollback_retries";

  private static final String ROLLBACKS = "rollbacks.";
  private static final String ALERTS = "alerts.";
  private static final String WINDOWS = "windows.";
  private static final String REJECTED = "rejected.";

  private CounterNames() {}

  /** Records that became a dead letter for {@code reason}. */
  public static String rejected(RejectionReason reason) {
    return REJECTED + reason.code();
  }

  /** Alerts to which something happened. */
  public static String alerts(AlertTransition.Change change) {
    return ALERTS + change.name().toLowerCase(Locale.ROOT);
  }

  /** Rollbacks that happened, or did not. */
  public static String rollbacks(RollbackRecord.Status status) {
    return ROLLBACKS + status.label();
  }

  /** Windows of a size that were written for the first time. */
  public static String windows(WindowSize size) {
    return WINDOWS + size.label();
  }
}
