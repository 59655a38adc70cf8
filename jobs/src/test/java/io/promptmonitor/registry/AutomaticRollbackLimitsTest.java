package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.rollback;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Not two automatic rollbacks of a prompt within 15 minutes, and after three within 24 hours none
 * until an operator has looked.
 */
class AutomaticRollbackLimitsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private PostgresPromptRegistry registry;
  private PostgresRollbacks rollbacks;
  private OperatorCommands commands;

  @BeforeEach
  void deployTwoOfTwoPrompts() {
    RegistryDatabase.clear(postgres.database());
    registry = new PostgresPromptRegistry(postgres.database());
    rollbacks = new PostgresRollbacks(postgres.database());
    commands = new OperatorCommands(postgres.database());
    for (String p : List.of("p", "q")) {
      registry.execute(
          List.of(
              register(p, "1.0.0"),
              stage(p, "1.0.0"),
              deploy(p, "1.0.0"),
              register(p, "1.1.0"),
              stage(p, "1.1.0"),
              deploy(p, "1.1.0")));
    }
  }

  @AfterEach
  void close() {
    registry.close();
    rollbacks.close();
    commands.close();
  }

  /** Rolls 1.1.0 back, as the streaming job does; the id of the event. */
  private long rollBack(String promptId, String decisionId) {
    return rollbacks.switchBack(Demands.order(promptId, "1.1.0", decisionId)).registryEventId();
  }

  private long rollBack(String decisionId, Duration minInterval, int maxPerDay) {
    RollbackRecord record = Demands.record("p", "1.1.0", decisionId, "errors");
    return rollbacks
        .switchBack(new RollbackOrder(record, minInterval, maxPerDay))
        .registryEventId();
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).hasMessage(message);
    assertThat(e.reason()).isEqualTo(reason);
  }

  private void assertTooSoon(String decisionId, String message) {
    assertRefused(() -> rollBack("p", decisionId), Reason.ROLLBACK_LIMIT, message);
  }

  private void assertInterventionRequired(String decisionId) {
    assertRefused(
        () -> rollBack("p", decisionId),
        Reason.INTERVENTION_REQUIRED,
        "p was rolled back automatically 3 times in 24 hours; an operator has to look, and then:"
            + " promptmon rollbacks clear p");
  }

  private void assertNothingToClear(String promptId) {
    assertRefused(
        () -> commands.clearRollbacks(promptId, "why"),
        Reason.NOTHING_TO_CLEAR,
        "nothing keeps " + promptId + " from being rolled back automatically");
  }

  /** An operator insists that 1.1.0 is good. */
  private void deployAgain() {
    registry.deploy("p", v("1.1.0"), null);
  }

  private static void pass(Duration time) {
    RegistryDatabase.letTimePass(postgres.database(), time);
  }

  private String active(String promptId) {
    return registry.getActive(promptId).versionId().toString();
  }

  @Test
  void theNextOneOfAPromptIsFifteenMinutesLater() {
    long first = rollBack("p", "d1");
    deployAgain();
    assertTooSoon(
        "d2",
        "p was rolled back automatically less than a minute ago; the next one may be in 15 minutes");
    // Half a minute more, so that the time the test takes makes no difference.
    pass(Duration.ofSeconds(4 * 60 + 30));
    assertTooSoon(
        "d2", "p was rolled back automatically 4 minutes ago; the next one may be in 11 minutes");
    pass(Duration.ofMinutes(10));
    assertTooSoon(
        "d2", "p was rolled back automatically 14 minutes ago; the next one may be in 1 minute");
    assertThat(active("p")).isEqualTo("1.1.0");
    // What was decided before is not a second one; another prompt does not have to wait.
    assertThat(rollBack("p", "d1")).isEqualTo(first);
    rollBack("q", "d3");
    pass(Duration.ofSeconds(30));
    assertThat(rollBack("p", "d2")).isGreaterThan(first);
    assertThat(active("p")).isEqualTo("1.0.0");
    assertThat(registry.verify()).isEmpty();
  }

  /** Three within almost 24 hours; the prompt is left with 1.1.0. */
  private void rollBackThreeTimes() {
    rollBack("p", "d1");
    deployAgain();
    pass(Duration.ofHours(12).minusSeconds(30));
    rollBack("p", "d2");
    deployAgain();
    pass(Duration.ofHours(12).minusSeconds(30));
    rollBack("p", "d3");
    deployAgain();
  }

  @Test
  void afterThreeInTwentyFourHoursAnOperatorHasToLook() {
    rollBackThreeTimes();
    assertInterventionRequired("d4");
    // Not even when they are long ago.
    pass(Duration.ofDays(30));
    assertInterventionRequired("d4");
    assertThat(active("p")).isEqualTo("1.1.0");
    // What was decided before is told, and an operator can do what he likes.
    assertThat(rollBack("p", "d1")).isPositive();
    registry.rollback("p", null, "still bad");
    deployAgain();
    assertInterventionRequired("d4");

    OperatorCommand cleared = commands.clearRollbacks("p", " the provider was away ");
    assertThat(cleared.kind()).isEqualTo(OperatorCommand.Kind.ROLLBACKS_CLEARED);
    assertThat(cleared.promptId()).isEqualTo("p");
    assertThat(cleared.comment()).isEqualTo("the provider was away");
    assertThat(cleared.alertId()).isNull();
    assertThat(commands.after(0, 10)).containsExactly(cleared);
    assertNothingToClear("p");
    rollBack("p", "d4");
    assertThat(active("p")).isEqualTo("1.0.0");
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void toClearDoesNotShortenTheTimeBetweenTwo() {
    rollBackThreeTimes();
    commands.clearRollbacks("p", "why not");
    assertTooSoon(
        "d4",
        "p was rolled back automatically less than a minute ago; the next one may be in 15 minutes");
    pass(Duration.ofMinutes(15));
    rollBack("p", "d4");
    deployAgain();
    // Those before are not counted any more.
    pass(Duration.ofMinutes(15));
    rollBack("p", "d5");
    deployAgain();
    pass(Duration.ofMinutes(15));
    rollBack("p", "d6");
    deployAgain();
    pass(Duration.ofMinutes(15));
    assertInterventionRequired("d7");
  }

  @Test
  void threeInMoreThanTwentyFourHoursAreNotTooMany() {
    for (int i = 0; i < 6; i++) {
      rollBack("p", "d" + i);
      deployAgain();
      pass(Duration.ofHours(12).plusSeconds(1));
    }
    // Two were just before, this is the third.
    rollBack("d6", Duration.ZERO, 3);
    deployAgain();
    rollBack("d7", Duration.ZERO, 3);
    deployAgain();
    assertInterventionRequired("d8");
  }

  @Test
  void whatIsCountedCanBeClearedBeforeItIsTooMuch() {
    assertNothingToClear("p");
    rollBack("p", "d1");
    deployAgain();
    registry.rollback("q", null, "by hand");
    assertNothingToClear("q");
    commands.clearRollbacks("p", "a test of ours");
    assertNothingToClear("p");
    for (int i = 2; i < 5; i++) {
      pass(Duration.ofHours(1));
      rollBack("p", "d" + i);
      deployAgain();
    }
    assertInterventionRequired("d5");
  }

  @Test
  void theLimitsAreThoseOfTheOrder() {
    rollBack("d1", Duration.ofMinutes(15), 1);
    deployAgain();
    assertRefused(
        () -> rollBack("d2", Duration.ZERO, 1),
        Reason.INTERVENTION_REQUIRED,
        "p was rolled back automatically once in 24 hours; an operator has to look, and then:"
            + " promptmon rollbacks clear p");
    rollBack("d2", Duration.ZERO, 2);
    deployAgain();
    assertRefused(
        () -> rollBack("d3", Duration.ofHours(2), 99),
        Reason.ROLLBACK_LIMIT,
        "p was rolled back automatically less than a minute ago; the next one may be in 120 minutes");
    assertRefused(
        () -> rollBack("d3", Duration.ZERO, 0),
        Reason.AUTO_ROLLBACK_DISABLED,
        "p is not to be rolled back automatically (at most 0 times a day); an operator can");
    assertThat(active("p")).isEqualTo("1.1.0");
  }

  @Test
  void whatAnOperatorDoesIsNotCounted() {
    for (int i = 0; i < 4; i++) {
      registry.execute(List.of(rollback("p", null), deploy("p", "1.1.0")));
    }
    rollBack("p", "d1");
    deployAgain();
    assertThat(registry.rollback("p", null, "still bad").toVersion()).isEqualTo(v("1.0.0"));
  }

  @Test
  void toClearNeedsAReasonAndAPrompt() {
    rollBack("p", "d1");
    for (String blank : List.of("", " \n")) {
      assertThatThrownBy(() -> commands.clearRollbacks("p", blank))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("cannot allow automatic rollbacks again: a comment must say why");
    }
    assertRefused(
        () -> commands.clearRollbacks("nobody", "why"),
        Reason.UNKNOWN_PROMPT,
        "no version of prompt nobody is registered");
    assertThat(commands.after(0, 10)).isEmpty();
  }
}
