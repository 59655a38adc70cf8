package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.RollbackSnapshot;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.rollback.Stragglers;
import io.promptmonitor.common.rollback.analysis.Degradation;
import io.promptmonitor.common.rollback.analysis.DepthEvidence;
import io.promptmonitor.common.rollback.analysis.ExplorationMapping;
import io.promptmonitor.common.rollback.analysis.FailureCorrelation;
import io.promptmonitor.common.rollback.analysis.FailureDimension;
import io.promptmonitor.common.rollback.analysis.FailureFinding;
import io.promptmonitor.common.rollback.analysis.MetricChange;
import io.promptmonitor.common.rollback.analysis.PostRollbackAnalysis;
import io.promptmonitor.common.rollback.analysis.Recommendation;
import io.promptmonitor.common.rollback.recovery.RecoveryAssessment;
import io.promptmonitor.common.rollback.recovery.RecoveryReading;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rows of {@code rollback_event} as the job and the registry leave them. */
final class StoredRollbacks {

  static final String AUTOMATIC = "pm-aaaaaaaa00000000000000000000000a";
  static final String HELD_BACK = "pm-bbbbbbbb00000000000000000000000b";
  static final String MANUAL = "manual-17";

  private static final Instant TRIGGERED = Instant.parse("2026-03-01T10:05:10Z");

  private StoredRollbacks() {}

  /** One that is over, with all that can be known. */
  static RollbackRecord automatic() {
    return new RollbackRecord(
        AUTOMATIC,
        Kind.AUTOMATIC,
        "checkout",
        "2.0.0",
        "1.0.0",
        Status.SWITCHED,
        null,
        null,
        "robot",
        "Critical Error Rate: error_rate 52% > 10% (60 in 2 min)",
        TRIGGERED,
        Instant.parse("2026-03-01T10:05:11.482Z"),
        12L,
        cause(AUTOMATIC),
        new RollbackEvidence(
            3.25e14,
            1e4,
            31,
            60,
            null,
            0.012,
            "the version to go back to, its last 24 hours of traffic",
            4_812L),
        List.of(
            step(RollbackStep.DETECT, "2026-03-01T10:05:11.250Z", "31 of 60 executions failed"),
            step(RollbackStep.VERIFY, "2026-03-01T10:05:11.260Z", "1.0.0 is what was registered"),
            step(RollbackStep.SNAPSHOT, "2026-03-01T10:05:11.270Z", "2 windows"),
            step(RollbackStep.SWITCH, "2026-03-01T10:05:11.482Z", "2.0.0 → 1.0.0"),
            step(RollbackStep.NOTIFY, "2026-03-01T10:05:11.500Z", "handed to the escalation"),
            step(RollbackStep.LOG, "2026-03-01T10:05:11.500Z", "written to rollback_event"),
            step(RollbackStep.MONITOR, "2026-03-01T10:20:12Z", "recovered: see the readings")),
        new RollbackSnapshot(
            List.of(
                new RollbackSnapshot.Window(
                    "2.0.0",
                    Instant.parse("2026-03-01T10:04:00Z"),
                    Instant.parse("2026-03-01T10:05:00Z"),
                    30,
                    16,
                    16 / 30.0,
                    812.5,
                    2310.0,
                    4100.0,
                    512.25,
                    null,
                    Map.of("timeout", 12L, "refusal", 4L)),
                new RollbackSnapshot.Window(
                    "1.0.0",
                    Instant.parse("2026-03-01T08:00:00Z"),
                    Instant.parse("2026-03-01T09:00:00Z"),
                    200,
                    2,
                    0.01,
                    640.0,
                    1200.0,
                    1850.0,
                    498.5,
                    4.25,
                    Map.of("timeout", 2L)))),
        Instant.parse("2026-03-01T10:21:00Z"),
        RollbackOutcome.RECOVERED,
        "error_rate is 1.33% (450 executions), not > 10%",
        Instant.parse("2026-03-01T10:21:00Z"),
        recovery(),
        new Stragglers(12, 0.026, Instant.parse("2026-03-01T10:05:53Z"), 42L),
        analysis());
  }

  private static RollbackCause cause(String alertId) {
    return new RollbackCause(
        alertId,
        "Critical Error Rate",
        "alert_rule",
        "error_rate > 0.10 for 5m",
        "critical",
        "high",
        Instant.parse("2026-03-01T10:00:10Z"),
        TRIGGERED,
        TRIGGERED,
        "error_rate",
        31 / 60.0,
        ">",
        0.1,
        null,
        60L,
        120L);
  }

  private static RollbackCause slow() {
    Instant at = Instant.parse("2026-02-01T09:00:00Z");
    return new RollbackCause(
        HELD_BACK,
        "Latency",
        "rollback_trigger",
        "latency_p99 > 10000ms for 5m",
        "critical",
        "medium",
        at.minusSeconds(300),
        at,
        at,
        "latency_p99",
        12_500.0,
        ">",
        10_000.0,
        2_000.0,
        24L,
        300L);
  }

  private static StepResult step(RollbackStep step, String at, String detail) {
    return new StepResult(step, Instant.parse(at), StepResult.Status.DONE, detail);
  }

  private static JsonNode recovery() {
    return RollbackJson.tree(
        new RecoveryAssessment(
            RollbackOutcome.RECOVERED,
            "error_rate is 1.33% (450 executions), not > 10%",
            List.of(
                new RecoveryReading(
                    "error_rate",
                    0.0133,
                    450,
                    0.52,
                    160,
                    null,
                    ">",
                    0.1,
                    -0.58,
                    -0.42,
                    true,
                    "error_rate is 1.33% (450 executions), not > 10%"),
                new RecoveryReading(
                    "latency_p95",
                    null,
                    450,
                    2310.0,
                    160,
                    null,
                    ">",
                    null,
                    null,
                    null,
                    null,
                    "latency_p95 is unknown (450 executions): too little is known"))));
  }

  private static JsonNode analysis() {
    MetricChange errors =
        new MetricChange(
            "error_rate",
            new MetricReading(0.012, 0.0093, 0.0155, 4_812),
            new MetricReading(0.52, 0.443, 0.596, 160),
            new MetricReading(0.0133, 0.0061, 0.0287, 450),
            new MetricComparison(0.508, 0.431, 0.584, Verdict.WORSE),
            new MetricComparison(-0.5067, -0.584, -0.428, Verdict.BETTER),
            new MetricComparison(0.0013, -0.006, 0.0168, Verdict.NOT_DISTINGUISHABLE),
            "error_rate: …");
    MetricChange rating =
        new MetricChange(
            "avg_user_feedback",
            new MetricReading(4.25, 4.0, 4.4, 120),
            new MetricReading(null, null, null, 0),
            new MetricReading(4.5, null, null, 3),
            new MetricComparison(null, null, null, Verdict.UNKNOWN),
            new MetricComparison(null, null, null, Verdict.UNKNOWN),
            new MetricComparison(0.25, null, null, Verdict.UNKNOWN),
            "avg_user_feedback: …");
    String cluster =
        "Failures cluster in branch \"full_expansion\": 78 of 83 failures; there fail 76% of 102";
    ExplorationMapping mapping =
        new ExplorationMapping(
            new Degradation("error_rate", 0.52, 0.012),
            "root → B → B.1",
            List.of(
                new ExplorationDecision(
                    "Chain of Thought",
                    List.of(new Alternative("Few-Shot", 7.3), new Alternative("Zero-Shot", 6.8)),
                    "Task requires multi-step reasoning",
                    "CoT may struggle with ambiguous inputs"),
                new ExplorationDecision(
                    "Complexity-Adaptive",
                    List.of(new Alternative("Fixed Structure", 7.6)),
                    null,
                    "Complexity assessment may be unreliable")),
            List.of(cluster),
            List.of("Try the alternative Fixed Structure (7.6), because …"));
    return RollbackJson.tree(
        new PostRollbackAnalysis(
            List.of(errors, rating),
            new FailureCorrelation(
                9,
                List.of(
                    new FailureFinding(
                        FailureDimension.BRANCH,
                        "full_expansion",
                        78,
                        102,
                        0.6375,
                        31,
                        2_000,
                        false,
                        0.4156,
                        49.3,
                        34.5,
                        70.5,
                        5L,
                        58L,
                        8.87,
                        1e-40,
                        9e-40,
                        cluster))),
            mapping,
            List.of(
                new DepthEvidence(0, "Chain of Thought", List.of()),
                new DepthEvidence(1, "Complexity-Adaptive", List.of("branch \"full_expansion\""))),
            List.of(
                new Recommendation(
                    "Try the alternative Fixed Structure (7.6)",
                    List.of("78 of 102 failed in branch \"full_expansion\"")))));
  }

  /** One that may happen yet. */
  static RollbackRecord heldBack() {
    return new RollbackRecord(
        HELD_BACK,
        Kind.AUTOMATIC,
        "billing/explain",
        "3.1.0",
        null,
        Status.HELD_BACK,
        Refusal.TOO_LITTLE_EVIDENCE,
        "it may be chance: 6 of 24 executions were slower than 10000 ms",
        null,
        "Latency: latency_p99 12500 ms > 10000 ms (24 in 5 min)",
        Instant.parse("2026-02-01T09:00:00Z"),
        null,
        null,
        slow(),
        new RollbackEvidence(
            41.7, 1e4, 6, 24, 10_000.0, 0.01, "the share beyond the percentile", null),
        List.of(
            new StepResult(
                RollbackStep.DETECT,
                Instant.parse("2026-02-01T09:00:01Z"),
                StepResult.Status.WAITING,
                "it may be chance")),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** One of an operator, before the job takes it up. */
  static RollbackRecord manual() {
    return new RollbackRecord(
        MANUAL,
        Kind.MANUAL,
        "greeting",
        "1.1.0",
        "1.0.0",
        Status.SWITCHED,
        null,
        null,
        "olga",
        "wrong totals",
        null,
        Instant.parse("2026-03-02T08:00:00.5Z"),
        17L,
        null,
        null,
        List.of(
            step(RollbackStep.RECEIVE, "2026-03-02T08:00:00.498Z", "olga: wrong totals"),
            step(
                RollbackStep.AUTHORIZE,
                "2026-03-02T08:00:00.498Z",
                "olga has the role promptmon_operator"),
            step(RollbackStep.CONFIRM, "2026-03-02T08:00:00.500Z", "1.0.0 was deployed before"),
            step(RollbackStep.EXECUTE, "2026-03-02T08:00:00.500Z", "1.1.0 → 1.0.0")),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
