package io.promptmonitor.registry;

import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.RollbackSnapshot;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rollbacks that a rule demands, as the streaming job orders them in tests. */
final class Demands {

  static final Instant TRIGGERED = Instant.parse("2026-03-01T10:05:10Z");

  private static final RollbackCause CAUSE =
      new RollbackCause(
          "pm-1",
          "Critical Error Rate",
          "alert_rule",
          "error_rate > 0.10 for 5m",
          "critical",
          "high",
          Instant.parse("2026-03-01T10:00:10Z"),
          TRIGGERED,
          TRIGGERED,
          "error_rate",
          0.125,
          ">",
          0.1,
          null,
          312L,
          300L);

  private Demands() {}

  /** An order with the limits of the specification. */
  static RollbackOrder order(String promptId, String failingVersion, String decisionId) {
    return order(record(promptId, failingVersion, decisionId, "it fails"));
  }

  static RollbackOrder order(RollbackRecord record) {
    return new RollbackOrder(record, Duration.ofMinutes(15), 3);
  }

  /** What is known when the order is given. */
  static RollbackRecord record(
      String promptId, String failingVersion, String decisionId, String reason) {
    return record(promptId, failingVersion, decisionId, reason, null);
  }

  static RollbackRecord record(
      String promptId,
      String failingVersion,
      String decisionId,
      String reason,
      @Nullable Refusal refusal) {
    return new RollbackRecord(
        decisionId,
        Kind.AUTOMATIC,
        promptId,
        failingVersion,
        null,
        refusal == null ? Status.SWITCHED : Status.HELD_BACK,
        refusal,
        refusal == null ? null : "because",
        null,
        reason,
        TRIGGERED,
        null,
        null,
        CAUSE,
        new RollbackEvidence(3.25e14, 1e4, 39, 312, null, 0.012, "its last 24 h", 4_812L),
        List.of(
            step(RollbackStep.DETECT, "the rule holds"),
            step(RollbackStep.VERIFY, "1.0.0"),
            step(RollbackStep.SNAPSHOT, "1 window")),
        new RollbackSnapshot(
            List.of(
                new RollbackSnapshot.Window(
                    failingVersion,
                    TRIGGERED.minusSeconds(70),
                    TRIGGERED.minusSeconds(10),
                    60,
                    31,
                    31 / 60.0,
                    812.5,
                    null,
                    null,
                    null,
                    null,
                    Map.of("timeout", 31L)))),
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static StepResult step(RollbackStep step, String detail) {
    return new StepResult(step, TRIGGERED.plusMillis(250), StepResult.Status.DONE, detail);
  }
}
