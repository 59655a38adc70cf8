package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.notifications.EscalationRun.Alert;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptEscalationsTest {

  private static final long MINUTE = 60;

  private static final Map<Severity, EscalationPolicy> DEFAULTS =
      AlertingConfig.defaults().escalation();

  private static final Alert CRITICAL =
      new Alert("critical", "1.2.0", Severity.CRITICAL, Metric.ERROR_RATE);
  private static final Alert WARNING =
      new Alert("warning", "1.2.0", Severity.WARNING, Metric.ERROR_RATE);
  private static final Alert LATENCY =
      new Alert("latency", "1.2.0", Severity.WARNING, Metric.LATENCY_P95);
  private static final Alert OLD_VERSION =
      new Alert("warning", "1.1.0", Severity.WARNING, Metric.ERROR_RATE);

  private static EscalationRun run() {
    return new EscalationRun(DEFAULTS, GroupingConfig.defaults(), false);
  }

  @Test
  void aCriticalAlertIsRepeatedAndEscalatedUntilItIsResolved() {
    EscalationRun run = run().at(0).fires(CRITICAL).at(50 * MINUTE).resolves(CRITICAL);
    run.at(60 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 pagerduty: FIRING critical",
            "1 slack: FIRING critical",
            "901 pagerduty: REPEATED critical",
            "901 slack: REPEATED critical",
            "1801 on_call_engineer: ESCALATED critical",
            "1801 pagerduty: ESCALATED critical",
            "1801 slack: ESCALATED critical",
            "2701 on_call_engineer: REPEATED critical",
            "2701 pagerduty: REPEATED critical",
            "2701 slack: REPEATED critical",
            "3001 on_call_engineer: RESOLVED critical",
            "3001 pagerduty: RESOLVED critical",
            "3001 slack: RESOLVED critical");
    assertThat(run.escalations().isEmpty()).isTrue();
    assertThat(run.escalations().wakeUpAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void messagesOfAnEpisodeAreNumbered() {
    EscalationRun run = run().at(0).fires(CRITICAL).at(35 * MINUTE).resolves(CRITICAL);
    run.at(60 * MINUTE);
    List<AlertMessage> slack =
        run.sent().stream()
            .filter(n -> n.channel().equals("slack"))
            .map(n -> n.alerts().get(0))
            .toList();
    assertThat(slack).extracting(AlertMessage::number).containsExactly(1, 2, 3, 4);
    assertThat(slack).extracting(AlertMessage::alertId).containsOnly(CRITICAL.id(0));
    assertThat(slack.get(1).dueAt()).isEqualTo(Instant.ofEpochSecond(900));
    assertThat(slack.get(2).endedAt()).isNull();
    assertThat(slack.get(3).endedAt()).isEqualTo(Instant.ofEpochSecond(35 * MINUTE));
    assertThat(slack.get(3).value()).isEqualTo(0.125);
    assertThat(slack.get(3).baseline()).isNull();
  }

  @Test
  void whereAnEscalationIs() {
    EscalationRun run = run().at(0).fires(CRITICAL).at(20 * MINUTE);
    assertThat(run.lastRow())
        .isEqualTo(
            new EscalationRow(
                CRITICAL.id(0),
                EscalationRun.PROMPT,
                0,
                900_000L,
                null,
                null,
                null,
                null,
                null,
                1_800_000L,
                2,
                null));
    run.at(31 * MINUTE);
    assertThat(run.lastRow().escalatedAt()).isEqualTo(1_800_000L);
    assertThat(run.lastRow().dueAt()).isEqualTo(2_700_000L);
    run.acknowledged(CRITICAL.id(0));
    assertThat(run.lastRow().acknowledgedBy()).isEqualTo("ann");
    assertThat(run.lastRow().comment()).isEqualTo("on it");
    assertThat(run.lastRow().dueAt()).isNull();
    run.at(40 * MINUTE).resolves(CRITICAL);
    assertThat(run.lastRow().endedAt()).isEqualTo(2_400_000L);
    assertThat(run.lastRow().acknowledgedBy()).isEqualTo("ann");
    int rows = run.rows().size();
    run.at(100 * MINUTE);
    assertThat(run.rows()).hasSize(rows);
  }

  @Test
  void whoTakesAnAlertOnEndsRepetitions() {
    EscalationRun run = run().at(0).fires(CRITICAL).at(5 * MINUTE).acknowledged(CRITICAL.id(0));
    run.acknowledged(CRITICAL.id(0)).at(60 * MINUTE).resolves(CRITICAL).at(100 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 pagerduty: FIRING critical",
            "1 slack: FIRING critical",
            "301 pagerduty: ACKNOWLEDGED critical",
            "301 slack: ACKNOWLEDGED critical",
            "3601 pagerduty: RESOLVED critical",
            "3601 slack: RESOLVED critical");
    assertThat(run.sent().get(2).alerts().get(0).acknowledgedBy()).isEqualTo("ann");
    assertThat(run.sent().get(4).alerts().get(0).acknowledgedBy()).isEqualTo("ann");
    assertThat(run.escalations().isEmpty()).isTrue();
  }

  @Test
  void whoTakesAnAlertOnBeforeItFiresIsNotTold() {
    EscalationRun run = run().at(0).acknowledged(CRITICAL.id(600));
    assertThat(run.escalations().isEmpty()).isFalse();
    run.at(600).fires(CRITICAL);
    assertThat(run.lastRow().acknowledgedBy()).isEqualTo("ann");
    run.at(120 * MINUTE).resolves(CRITICAL).at(130 * MINUTE);
    assertThat(run.shown()).isEmpty();
    assertThat(run.escalations().isEmpty()).isTrue();
  }

  @Test
  void anAcknowledgementOfNothingIsForgottenAfterAnHour() {
    EscalationRun run = run().at(0).acknowledged(CRITICAL.id(3_600)).at(3_599);
    assertThat(run.escalations().isEmpty()).isFalse();
    run.at(3_600);
    assertThat(run.escalations().isEmpty()).isTrue();
    run.fires(CRITICAL).at(3_601);
    assertThat(run.shown()).hasSize(2);
  }

  @Test
  void oneThatIsAcknowledgedStillCoversTheWarning() {
    EscalationRun run = run().at(0).fires(CRITICAL).fires(WARNING).acknowledged(CRITICAL.id(0));
    run.at(120 * MINUTE);
    assertThat(run.shown()).allMatch(text -> !text.contains("warning"));
  }

  @Test
  void aSilenceThatEndsByItself() {
    EscalationRun run = run().at(0).silenced("s1", 0, 20 * MINUTE, "severity=critical");
    run.fires(CRITICAL).fires(LATENCY).at(19 * MINUTE);
    assertThat(run.rows().get(1).mutedBy()).isEqualTo("silence s1 of ben: known");
    assertThat(run.rows().get(1).dueAt()).isNull();
    run.at(21 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 slack: FIRING latency",
            "1201 pagerduty: FIRING critical",
            "1201 slack: FIRING critical");
    assertThat(run.lastRow().mutedBy()).isNull();
    assertThat(run.sent().get(1).dueAt()).as("since when it is due").isEqualTo(Instant.EPOCH);
  }

  @Test
  void aSilenceThatLastsUntilItShouldHaveBeenEscalated() {
    EscalationRun run = run().at(0).silenced("s1", 0, 40 * MINUTE, "rule=critical");
    run.fires(CRITICAL).at(54 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "2401 on_call_engineer: ESCALATED critical",
            "2401 pagerduty: ESCALATED critical",
            "2401 slack: ESCALATED critical");
  }

  @Test
  void aSilenceThatIsEndedEarly() {
    EscalationRun run = run().at(0).silenced("s1", 0, 20 * MINUTE, "prompt=checkout");
    run.fires(CRITICAL).at(7 * MINUTE).silenceEnded("s1").at(8 * MINUTE);
    assertThat(run.shown())
        .containsExactly("421 pagerduty: FIRING critical", "421 slack: FIRING critical");
  }

  @Test
  void aSilenceThatBeginsLater() {
    EscalationRun run = run().at(0).fires(CRITICAL);
    run.silenced("s1", 10 * MINUTE, 16 * MINUTE, "version=1.2.*").at(17 * MINUTE);
    // What was due at 15 is said at 16.
    assertThat(run.shown())
        .containsExactly(
            "1 pagerduty: FIRING critical",
            "1 slack: FIRING critical",
            "961 pagerduty: REPEATED critical",
            "961 slack: REPEATED critical");
  }

  @Test
  void ofTwoSilencesTheLongerOneCounts() {
    EscalationRun run = run().at(0).silenced("s1", 0, 5 * MINUTE, "prompt=*").fires(CRITICAL);
    run.at(MINUTE).silenced("s2", MINUTE, 9 * MINUTE, "prompt=*").at(10 * MINUTE);
    assertThat(run.shown())
        .containsExactly("541 pagerduty: FIRING critical", "541 slack: FIRING critical");
  }

  @Test
  void whoeverWasToldIsToldOfTheEndInSpiteOfASilence() {
    EscalationRun run = run().at(0).fires(WARNING).at(MINUTE);
    run.silenced("s1", 60, 60 * MINUTE, "rule=warning").at(5 * MINUTE).resolves(WARNING);
    run.at(6 * MINUTE);
    assertThat(run.shown())
        .containsExactly("1 slack: FIRING warning", "301 slack: RESOLVED warning");
  }

  @Test
  void aCriticalAlertMutesTheWarningOfTheSameMetricAndVersion() {
    EscalationRun run = run().at(0).fires(CRITICAL).fires(WARNING).fires(LATENCY);
    run.fires(OLD_VERSION).at(10 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 pagerduty: FIRING critical",
            "1 slack: FIRING critical, FIRING latency, FIRING warning");
    assertThat(run.sent().get(1).alerts())
        .extracting(AlertMessage::promptVersion)
        .containsExactly("1.2.0", "1.2.0", "1.1.0");
    assertThat(run.rows())
        .filteredOn(row -> row.alertId().equals(WARNING.id(0)))
        .last()
        .extracting(EscalationRow::mutedBy, EscalationRow::dueAt)
        .containsExactly("the critical alert critical", null);
    // When the critical one ends, the warning is told, because it still fires.
    run.resolves(CRITICAL).at(11 * MINUTE);
    assertThat(run.shown().subList(2, 4))
        .containsExactly(
            "601 pagerduty: RESOLVED critical", "601 slack: RESOLVED critical, FIRING warning");
  }

  @Test
  void aWarningThatWasToldIsNotRepeatedBesideACriticalAlert() {
    EscalationRun run = run().at(0).fires(WARNING).at(50 * MINUTE).fires(CRITICAL);
    run.at(62 * MINUTE).acknowledged(CRITICAL.id(50 * MINUTE)).at(100 * MINUTE).resolves(WARNING);
    run.at(101 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 slack: FIRING warning",
            "3001 pagerduty: FIRING critical",
            "3001 slack: FIRING critical",
            "3721 pagerduty: ACKNOWLEDGED critical",
            "3721 slack: ACKNOWLEDGED critical",
            "6001 slack: RESOLVED warning");
  }

  @Test
  void severalAlertsAreOneNotificationForEachChannel() {
    EscalationRun run = run().at(0).fires(LATENCY).fires(OLD_VERSION);
    run.fires(new Alert("success", "1.2.0", Severity.CRITICAL, Metric.SUCCESS_RATE));
    run.fires(CRITICAL).at(10);
    assertThat(run.shown())
        .containsExactly(
            "1 pagerduty: FIRING critical, FIRING success",
            "1 slack: FIRING critical, FIRING success, FIRING latency, FIRING warning");
    assertThat(run.sent().get(0).promptId()).isEqualTo(EscalationRun.PROMPT);
  }

  @Test
  void aVersionsOwnChannels() {
    Alert alert =
        new Alert(
            "own",
            "1.2.0",
            Severity.WARNING,
            Metric.ERROR_RATE,
            List.of("slack", "email"),
            AlertAction.ALERT);
    assertThat(run().at(0).fires(alert).at(1).shown())
        .containsExactly("1 email: FIRING own", "1 slack: FIRING own");
  }

  @Test
  void aRuleThatTellsNobody() {
    Alert rollback =
        new Alert(
            "rollback",
            "1.2.0",
            Severity.CRITICAL,
            Metric.ERROR_RATE,
            List.of(),
            AlertAction.AUTO_ROLLBACK);
    EscalationRun run = run().at(0).fires(rollback).fires(WARNING).at(1);
    assertThat(run.shown()).as("nor does it cover what somebody is told of").hasSize(1);
    run.resolves(rollback).resolves(WARNING).at(10 * MINUTE);
    assertThat(run.escalations().isEmpty()).isTrue();
  }

  @Test
  void aPolicyThatTellsNobody() {
    EscalationPolicy nobody = new EscalationPolicy(List.of(), null, null, null);
    EscalationRun run =
        new EscalationRun(
            Map.of(Severity.WARNING, nobody, Severity.CRITICAL, nobody),
            GroupingConfig.defaults(),
            false);
    run.at(0).fires(CRITICAL);
    assertThat(run.escalations().isEmpty()).isTrue();
    assertThat(run.rows()).isEmpty();
  }

  @Test
  void anEpisodeKeepsThePolicyItBeganWith() {
    EscalationPolicy soon = new EscalationPolicy(List.of("a"), null, Duration.ofMinutes(5), "boss");
    EscalationPolicy later = new EscalationPolicy(List.of("b"), Duration.ofMinutes(1), null, null);
    EnumMap<Severity, EscalationPolicy> policies = new EnumMap<>(Map.of(Severity.CRITICAL, soon));
    EscalationRun run = new EscalationRun(policies, GroupingConfig.defaults(), true);
    run.at(0).fires(CRITICAL);
    policies.put(Severity.CRITICAL, later);
    run.take(CRITICAL, Change.FIRING).at(10 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 a: FIRING critical", "301 a: ESCALATED critical", "301 boss: ESCALATED critical");
  }

  @Test
  void theSameEventTwiceIsOneEpisode() {
    EscalationRun run = run().at(0).fires(CRITICAL).take(CRITICAL, Change.FIRING).at(1);
    assertThat(run.shown()).hasSize(2);
    run.take(CRITICAL, Change.RESOLVED).take(CRITICAL, Change.RESOLVED).at(10);
    assertThat(run.shown()).hasSize(4);
  }

  @Test
  void changesThatAreNoEpisodesDoNotMatter() {
    EscalationRun run = run().at(0).fires(CRITICAL);
    int rows = run.rows().size();
    run.at(1).take(CRITICAL, Change.DATA).take(CRITICAL, Change.PENDING);
    run.take(CRITICAL, Change.CANCELLED).at(60);
    assertThat(run.shown()).hasSize(2);
    assertThat(run.rows()).hasSize(rows);
  }

  @Test
  void flappingIsToldOnce() {
    EscalationRun run = run().at(0).fires(WARNING).at(60).resolves(WARNING);
    // Twice on and off within the five minutes after that, then on for good.
    run.at(120).fires(WARNING).at(150).resolves(WARNING);
    run.at(180).fires(WARNING).at(210).resolves(WARNING);
    run.at(240).fires(WARNING).at(30 * MINUTE);
    assertThat(run.shown())
        .containsExactly(
            "1 slack: FIRING warning",
            "61 slack: RESOLVED warning",
            "361 slack: FIRING warning +2");
    run.resolves(WARNING).at(60 * MINUTE);
    assertThat(run.shown()).last().isEqualTo("1801 slack: RESOLVED warning");
    assertThat(run.escalations().isEmpty()).isTrue();
  }

  @Test
  void whatIsHeldIsSentAtTheEndOfTheInput() {
    EscalationRun run = run().at(0).fires(WARNING).at(60).resolves(WARNING).at(120).fires(WARNING);
    run.fires(LATENCY).at(120).finished();
    assertThat(run.shown())
        .containsExactly(
            "1 slack: FIRING warning",
            "61 slack: RESOLVED warning",
            "361 slack: FIRING latency, FIRING warning");
  }

  @Test
  void messagesSayWhyAnAlertEnded() {
    EscalationRun run = run().at(0).fires(CRITICAL).at(MINUTE).ends(CRITICAL, Cause.RULE_CHANGED);
    run.at(2 * MINUTE);
    assertThat(run.sent().stream().flatMap(n -> n.alerts().stream()))
        .extracting(AlertMessage::reason, AlertMessage::cause)
        .contains(tuple(Reason.FIRING, null), tuple(Reason.RESOLVED, Cause.RULE_CHANGED));
  }

  @Test
  void theSameMessagesHaveTheSameId() {
    EscalationRun one = run().at(0).fires(CRITICAL).fires(LATENCY).at(40 * MINUTE);
    EscalationRun other =
        new EscalationRun(DEFAULTS, GroupingConfig.defaults(), true)
            .at(0)
            .fires(LATENCY)
            .fires(CRITICAL)
            .at(40 * MINUTE);
    assertThat(other.sent()).isEqualTo(one.sent());
    assertThat(one.sent()).extracting(Notification::notificationId).doesNotHaveDuplicates();
    assertThat(one.sent().get(0).notificationId()).matches("pn-[0-9a-f]{32}");
  }

  @Test
  void bytesStayReadable() throws IOException {
    GroupingConfig slow = new GroupingConfig(Duration.ofMinutes(5), Duration.ofHours(1));
    EscalationRun run = new EscalationRun(DEFAULTS, slow, false);
    run.at(1_700_000_000L).silenced("s1", 0, 1_800_000_000L, "rule=latency");
    run.fires(CRITICAL).fires(LATENCY).acknowledged(WARNING.id(1_700_000_500L));
    run.at(1_700_001_000L).acknowledged(CRITICAL.id(1_700_000_000L));
    byte[] bytes = run.escalations().toBytes();
    GoldenBytes.assertGolden("prompt-escalations", out -> out.write(bytes));
    PromptEscalations read =
        PromptEscalations.fromBytes(
            EscalationRun.PROMPT, slow, GoldenBytes.golden("prompt-escalations"));
    assertThat(read.toBytes()).isEqualTo(bytes);
    assertThat(read.wakeUpAt()).isEqualTo(run.escalations().wakeUpAt());
  }

  @Test
  void bytesThatAreSomethingElse() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                PromptEscalations.fromBytes(
                    EscalationRun.PROMPT, GroupingConfig.defaults(), new byte[] {7}))
        .withMessage("unknown format of a prompt's escalations: 7");
  }
}
