package io.promptmonitor.common.rollback;

import static io.promptmonitor.common.rollback.RollbackRun.MINUTE;
import static io.promptmonitor.common.rollback.RollbackRun.NEW;
import static io.promptmonitor.common.rollback.RollbackRun.OLD;
import static io.promptmonitor.common.rollback.RollbackRun.PROMPT;
import static io.promptmonitor.common.rollback.RollbackRun.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import io.promptmonitor.common.windows.WindowSize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptRollbacksTest {

  private static final SemanticVersion V1 = SemanticVersion.parse(OLD);
  private static final SemanticVersion V2 = SemanticVersion.parse(NEW);

  /** Ten minutes of the new version, half of which fail from the fifth on. */
  private static RollbackRun incident() {
    return incident(new RollbackRun());
  }

  private static RollbackRun incident(RollbackRun run) {
    run.window(OLD, WindowSize.ONE_HOUR, START - 60 * MINUTE, 1_200, 12);
    for (int minute = 0; minute < 10; minute++) {
      run.minute(NEW, minute, 20, minute < 5 ? 0 : 10);
    }
    run.until(10);
    return run;
  }

  private static RollbackRun rolledBack() {
    RollbackRun run = incident();
    run.demand(10, 20);
    run.hear();
    return run;
  }

  @Test
  void aVersionThatFailsIsRolledBackAndTheNextOneIsWatched() {
    RollbackRun run = rolledBack();
    assertThat(run.active()).isEqualTo(OLD);
    RollbackRecord switched = run.last();
    assertThat(switched.status()).isEqualTo(Status.SWITCHED);
    assertThat(switched.reason())
        .isEqualTo("rollback: error_rate > 0.10 for 5 minutes: error_rate 50% > 10% (20 in 1 min)");
    assertThat(switched.evidence().reference()).isEqualTo(13.0 / 1_202);
    assertThat(switched.evidence().referenceExecutions()).isEqualTo(1_200);
    assertThat(switched.snapshot().windows())
        .hasSize(11)
        .last()
        .satisfies(
            window -> {
              assertThat(window.version()).isEqualTo(OLD);
              assertThat(window.executions()).isEqualTo(1_200);
            });
    assertThat(switched.watchUntil()).isEqualTo(Instant.ofEpochMilli(START + 25 * MINUTE));
    assertThat(run.told()).containsExactly("FIRING Automatic rollback 2.0.0");

    for (int minute = 10; minute < 25; minute++) {
      run.minute(OLD, minute, 20, 0);
      run.minute(NEW, minute, minute < 13 ? 5 : 0, minute < 13 ? 2 : 0);
    }
    run.until(24.9);
    assertThat(run.last().outcome()).isNull();
    run.until(25);
    RollbackRecord done = run.last();
    assertThat(done.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(done.outcomeAt()).isEqualTo(done.watchUntil());
    assertThat(done.steps()).extracting(StepResult::step).isEqualTo(RollbackStep.AUTOMATIC);
    assertThat(done.steps()).extracting(StepResult::status).containsOnly(StepResult.Status.DONE);
    assertThat(done.stragglers())
        .isEqualTo(
            new Stragglers(
                15, 15.0 / 315, Instant.ofEpochMilli(START + 12 * MINUTE + 48_000), 168L));
    assertThat(done.analysis().at("/failure_correlation/findings/0/value").asText())
        .isEqualTo("timeout");
    assertThat(run.told())
        .containsExactly(
            "FIRING Automatic rollback 2.0.0", "RESOLVED Automatic rollback 2.0.0 CONDITION");
    assertThat(run.state()).isEmpty();
  }

  @Test
  void aTargetThatFailsAsWellIsEscalatedUntilTheNextSwitch() {
    RollbackRun run = rolledBack();
    for (int minute = 10; minute < 25; minute++) {
      run.minute(OLD, minute, 20, 9);
    }
    run.until(25);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NOT_RECOVERED);
    assertThat(run.told())
        .containsExactly(
            "FIRING Automatic rollback 2.0.0", "FIRING No recovery after rollback 1.0.0");
    assertThat(run.alerts.get(1).rule().channels()).containsExactly("on_call_engineer");
    run.until(30);
    run.deploy("3.0.0", RollbackPolicy.defaults());
    run.hear();
    assertThat(run.told().subList(2, 4))
        .containsExactly(
            "RESOLVED Automatic rollback 2.0.0 RULE_REMOVED",
            "RESOLVED No recovery after rollback 1.0.0 RULE_REMOVED");
    assertThat(run.state()).isEmpty();
  }

  @Test
  void noTrafficSaysNothing() {
    RollbackRun run = rolledBack();
    // Event time may stand still: the machine's clock ends the watch.
    run.until(40);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(run.told()).endsWith("RESOLVED Automatic rollback 2.0.0 NO_DATA");
    assertThat(run.last().stragglers()).isEqualTo(new Stragglers(0, null, null, null));
  }

  @Test
  void ofWindowsThatAnEarlierReleaseWroteTheLastStragglerIsNotKnown() {
    RollbackRun run = rolledBack();
    run.minute(NEW, 12, 20, 10);
    byte[] old = GoldenBytes.golden("window-aggregate-format-1");
    run.stored.replaceAll((key, bytes) -> key.endsWith("@" + NEW) ? old : bytes);
    run.minute(OLD, 12, 20, 0);
    run.until(25);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(run.last().stragglers()).isEqualTo(new Stragglers(12, 12.0 / 32, null, null));
  }

  @Test
  void anotherDeploymentEndsTheWatch() {
    RollbackRun run = rolledBack();
    for (int minute = 10; minute < 16; minute++) {
      run.minute(OLD, minute, 20, 0);
    }
    run.until(16);
    run.deploy("3.0.0", RollbackPolicy.defaults());
    run.hear();
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(run.last().outcomeReason()).endsWith("before the watch was over");
    assertThat(run.last().outcomeAt()).isEqualTo(Instant.ofEpochMilli(START + 16 * MINUTE));
    assertThat(run.state()).isEmpty();
  }

  @Test
  void theEndOfTheInputEndsTheWatch() {
    RollbackRun run = incident();
    run.live = false;
    run.demand(10, 20);
    for (int minute = 10; minute < 14; minute++) {
      run.minute(OLD, minute, 20, 0);
    }
    run.until(14);
    run.finish();
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.RECOVERED);
  }

  @Test
  void aReplayThatBeginsAnewAfterItHasSwitchedWatchesWhatItDid() {
    RollbackRun run = incident();
    run.live = false;
    run.demand(10, 20);
    RollbackRecord switched = run.last();
    for (int attempt = 0; attempt < 2; attempt++) {
      // There was no checkpoint yet: the registry is all that is known.
      run.restore("");
      run.records.clear();
      run.alerts.clear();
      run.caughtUp = false;
      run.hear();
      run.demand(10, 20);
      if (attempt == 0) {
        assertThat(run.records).containsExactly(switched);
        assertThat(run.told()).containsExactly("FIRING Automatic rollback 2.0.0");
      }
    }
    assertThat(run.registry.history(PROMPT).stream().filter(e -> e.fromVersion() != null))
        .as("one deployment, one rollback")
        .hasSize(2);
    run.until(25);
    assertThat(run.last().steps()).extracting(StepResult::step).isEqualTo(RollbackStep.AUTOMATIC);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(run.state()).isEmpty();
  }

  @Test
  void aReplayThatGoesBackToBeforeItSwitchedSaysAllOnceMore() {
    RollbackRun run = incident();
    run.live = false;
    String state = run.state();
    run.demand(10, 20);
    run.hear();
    run.until(25);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    List<String> told = run.told();
    assertThat(told).hasSize(2);
    run.restore(state);
    run.alerts.clear();
    run.now = START + 10 * MINUTE;
    run.demand(10, 20);
    run.until(25);
    assertThat(run.told()).isEqualTo(told);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    // Live, what is over is over.
    run.restore(state);
    run.alerts.clear();
    run.live = true;
    run.hear();
    run.demand(10, 20);
    assertThat(run.told()).isEmpty();
    assertThat(run.state()).isEmpty();
  }

  @Test
  void aRollbackByAnOperatorDuringAReplayEndsTheWatchAndIsNotWatched() {
    RollbackRun run = incident();
    run.live = false;
    run.demand(10, 20);
    run.hear();
    run.registry.deploy(PROMPT, V2, "it is good");
    run.registry.rollback(PROMPT, null, "it is not");
    run.hear();
    assertThat(run.records).hasSize(2);
    assertThat(run.last().outcome()).isEqualTo(RollbackOutcome.NO_DATA);
    assertThat(run.told())
        .containsExactly(
            "FIRING Automatic rollback 2.0.0", "RESOLVED Automatic rollback 2.0.0 NO_DATA");
    assertThat(run.state()).isEmpty();
  }

  // What keeps a version from being rolled back

  @Test
  void chanceIsNotEnough() {
    RollbackRun run = incident();
    run.demand(3, 25);
    assertThat(run.active()).isEqualTo(NEW);
    assertThat(run.last().status()).isEqualTo(Status.HELD_BACK);
    assertThat(run.last().refusal()).isEqualTo(Refusal.TOO_LITTLE_EVIDENCE);
    assertThat(run.last().refusalReason())
        .startsWith("it may be chance: 3 of 25 executions failed");
    run.demand(4, 25);
    assertThat(run.records).as("said once").hasSize(1);
    run.demand(12, 25);
    assertThat(run.active()).isEqualTo(OLD);
    assertThat(run.last().rollbackId()).isEqualTo(run.records.get(0).rollbackId());
    assertThat(run.told()).containsExactly("FIRING Automatic rollback 2.0.0");
  }

  @Test
  void whatIsHeldBackIsOverWhenTheRuleDemandsNothingMoreOrAnotherVersionIsActive() {
    RollbackRun run = incident();
    run.demand(3, 25);
    run.until(30);
    assertThat(run.last().status()).isEqualTo(Status.REFUSED);
    assertThat(run.last().refusal()).isEqualTo(Refusal.TOO_LITTLE_EVIDENCE);
    assertThat(run.last().refusalReason()).endsWith("; then the rule demanded it no longer");
    run.demand(3, 25);
    run.deploy("3.0.0", RollbackPolicy.defaults());
    run.hear();
    assertThat(run.last().refusalReason()).endsWith("; then another version became active");
    assertThat(run.records).hasSize(4);
    assertThat(run.state()).isEmpty();
  }

  @Test
  void aTriggerThatIsNotSureOrCannotBeIsNotEnough() {
    RollbackRun run = incident();
    run.demand(NEW, Confidence.LOW, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.LOW_CONFIDENCE);
    RollbackRun other = incident();
    other.demand(NEW, Confidence.HIGH, null);
    assertThat(other.last().refusal()).isEqualTo(Refusal.NO_EVIDENCE_POSSIBLE);
    other.config = other.config.withEvidence(null);
    other.demand(NEW, Confidence.HIGH, null);
    assertThat(other.active()).as("settled for this episode").isEqualTo(NEW);
    assertThat(List.of(run.active(), other.active())).containsOnly(NEW);
    assertThat(run.alerts).isEmpty();
  }

  @Test
  void aVersionThatIsNotToBeRolledBackIsNotButItIsSaidWhatWouldHaveBeenDone() {
    RollbackRun run = incident(new RollbackRun(new RollbackPolicy(null, false)));
    run.demand(10, 20);
    run.demand(10, 20);
    assertThat(run.active()).isEqualTo(NEW);
    assertThat(run.records).hasSize(1);
    assertThat(run.last().refusal()).isEqualTo(Refusal.DISABLED);
    assertThat(run.last().refusalReason()).startsWith("it would have been rolled back to 1.0.0");
    assertThat(run.last().toVersion()).isEqualTo(OLD);
    assertThat(run.told()).containsExactly("FIRING Automatic rollback not possible 2.0.0");
    run.until(40);
    assertThat(run.told()).endsWith("RESOLVED Automatic rollback not possible 2.0.0 CONDITION");
    assertThat(run.state()).isEmpty();
  }

  @Test
  void withoutAValidTargetNothingHappensUntilTheRegistryChanges() {
    RollbackRun run = incident();
    run.registry.deprecate(PROMPT, V1, "it leaks");
    run.hear();
    run.demand(10, 20);
    assertThat(run.last().refusal()).isEqualTo(Refusal.INVALID_TARGET);
    assertThat(run.last().refusalReason()).contains("withdrawn");
    run.demand(10, 20);
    assertThat(run.records).hasSize(1);
    assertThat(run.last().steps())
        .extracting(step -> step.step() + " " + step.status())
        .containsExactly("DETECT DONE", "VERIFY FAILED");
    run.deploy("3.0.0", RollbackPolicy.defaults());
    run.hear();
    assertThat(run.told())
        .containsExactly(
            "FIRING Automatic rollback not possible 2.0.0",
            "RESOLVED Automatic rollback not possible 2.0.0 RULE_REMOVED");
    run.demand(10, 20);
    assertThat(run.active()).as("2.0.0 is not active").isEqualTo("3.0.0");
    assertThat(run.records).hasSize(1);
  }

  @Test
  void aVersionThatReplacedNoneHasNoTarget() {
    RollbackRun run = incident();
    run.registry.rollback(PROMPT, V1, "by hand");
    run.hear();
    run.until(10.5);
    run.demand(OLD, Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.STALE);
    run.until(12);
    run.demand(OLD, Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.NO_TARGET);
    assertThat(run.active()).isEqualTo(OLD);
  }

  @Test
  void aTargetThatItselfFailedIsNone() {
    RollbackRun run = rolledBack();
    run.until(40);
    // 3.0.0 replaces 1.0.0 and names 2.0.0, which was rolled back, as its reference.
    run.deploy("3.0.0", new RollbackPolicy(V2, true));
    run.hear();
    run.until(50);
    run.demand("3.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.INVALID_TARGET);
    assertThat(run.last().refusalReason()).contains("itself rolled back");
    assertThat(run.active()).isEqualTo("3.0.0");
  }

  @Test
  void whatWasSeenLongAgoOrOfAnEarlierDeploymentDoesNotCount() {
    RollbackRun run = new RollbackRun();
    run.until(0.5);
    run.demand(20, 20);
    assertThat(run.last().refusal()).isEqualTo(Refusal.STALE);
    run.until(1);
    run.demand(20, 20);
    assertThat(run.active()).isEqualTo(OLD);
  }

  @Test
  void safeguardsHoldAVersionBack() {
    RollbackRun run = rolledBack();
    run.until(11);
    run.deploy("3.0.0", RollbackPolicy.defaults());
    run.hear();
    run.until(13);
    run.demand("3.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.TOO_SOON);
    assertThat(run.active()).isEqualTo("3.0.0");
    run.until(25);
    run.demand("3.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.active()).isEqualTo(OLD);
  }

  @Test
  void afterTheLimitAnOperatorHasToLook() {
    RollbackRun run = rolledBack();
    for (int n = 3; n <= 4; n++) {
      run.until(20 * n);
      run.deploy(n + ".0.0", RollbackPolicy.defaults());
      run.hear();
      run.until(20 * n + 2);
      run.demand(n + ".0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
      run.hear();
      assertThat(run.active()).isEqualTo(OLD);
    }
    // Far more than 24 hours later: only an operator lifts the limit.
    run.until(5 * 24 * 60);
    run.deploy("5.0.0", RollbackPolicy.defaults());
    run.hear();
    run.alerts.clear();
    run.until(5 * 24 * 60 + 2);
    run.demand("5.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    run.demand("5.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.last().refusal()).isEqualTo(Refusal.MANUAL_INTERVENTION_REQUIRED);
    assertThat(run.told()).containsExactly("FIRING Manual intervention required 5.0.0");
    assertThat(run.active()).isEqualTo("5.0.0");
    run.clear();
    assertThat(run.told()).endsWith("RESOLVED Manual intervention required 5.0.0 CONDITION");
    run.demand("5.0.0", Confidence.HIGH, RollbackRun.sample(20, 20));
    assertThat(run.active()).isEqualTo(OLD);
  }

  // A registry that is away

  @Test
  void aRegistryThatIsAwayIsAskedAgainAtTheNextEvaluation() {
    for (String call : List.of("verify", "switch", "answer")) {
      RollbackRun run = incident();
      run.away.add(call);
      run.demand(10, 20);
      assertThat(run.records).as(call).isEmpty();
      assertThat(run.unavailable).hasSize(1);
      run.away.clear();
      run.until(10.2);
      if (call.equals("answer")) {
        run.hear(); // The switch was made; the registry's changes tell.
      } else {
        run.demand(10, 20);
      }
      assertThat(run.active()).as(call).isEqualTo(OLD);
      assertThat(run.registry.history(PROMPT).stream().filter(e -> e.fromVersion() != null))
          .as("one deployment, one rollback")
          .hasSize(2);
      assertThat(run.records).hasSize(1);
      assertThat(run.last().steps()).extracting(StepResult::step).isEqualTo(RollbackStep.AUTOMATIC);
      assertThat(run.told()).hasSize(1);
    }
  }

  @Test
  void aSwitchThatWasHeardOfIsReadAsSoonAsTheRegistryIsBack() {
    RollbackRun run = incident();
    run.registry.rollback(PROMPT, null, "customers complain");
    run.away.add("read");
    run.hear();
    assertThat(run.records).isEmpty();
    run.until(11);
    run.away.clear();
    run.until(11.1);
    assertThat(run.last().kind()).isEqualTo(RollbackRecord.Kind.MANUAL);
    assertThat(run.told()).containsExactly("FIRING Manual rollback 2.0.0");
  }

  // Rollbacks by operators

  @Test
  void aRollbackByAnOperatorIsWatchedAndDocumented() {
    RollbackRun run = incident();
    run.registry.rollback(PROMPT, null, "customers complain");
    run.hear();
    for (int minute = 10; minute < 25; minute++) {
      run.minute(OLD, minute, 20, 0);
    }
    run.until(25);
    RollbackRecord done = run.last();
    assertThat(done.outcome()).isEqualTo(RollbackOutcome.RECOVERED);
    assertThat(done.steps())
        .extracting(StepResult::step)
        .containsExactly(RollbackStep.EXECUTE, RollbackStep.MONITOR, RollbackStep.DOCUMENT);
    assertThat(done.steps().get(2).detail()).isEqualTo("customers complain → recovered");
    assertThat(done.snapshot().windows()).isNotEmpty();
    assertThat(run.state()).isEmpty();
  }

  @Test
  void anOldRollbackIsNotWatchedByAJobThatStartsLater() {
    RollbackRun run = incident();
    run.registry.rollback(PROMPT, null, "customers complain");
    run.now += Duration.ofHours(25).toMillis();
    run.hear();
    assertThat(run.records).isEmpty();
    assertThat(run.state()).isEmpty();
  }
}
