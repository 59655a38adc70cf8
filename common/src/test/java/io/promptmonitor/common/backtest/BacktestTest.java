package io.promptmonitor.common.backtest;

import static io.promptmonitor.common.backtest.BacktestTraffic.BAD;
import static io.promptmonitor.common.backtest.BacktestTraffic.GOOD;
import static io.promptmonitor.common.backtest.BacktestTraffic.MINUTE;
import static io.promptmonitor.common.backtest.BacktestTraffic.PROMPT;
import static io.promptmonitor.common.backtest.BacktestTraffic.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.windows.WindowSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BacktestTest {

  /** 1.1.0 is deployed after 40 minutes; from minute 60 on a fifth of its executions fails. */
  private static BacktestTraffic incident(long badUntil) {
    Random random = new Random(7);
    return new BacktestTraffic()
        .minutes(GOOD, 0, 40, 60, 0.005, 0, random)
        .deploy(BAD, 40)
        .minutes(BAD, 40, 60, 60, 0.005, 0, random)
        .minutes(BAD, 60, badUntil, 60, 0.2, 0, random);
  }

  private static BacktestPlan onRows(WindowSize size, long minutes) {
    return new BacktestPlan(
        DeploymentConfig.defaults(),
        START,
        START + minutes * MINUTE,
        List.of(new RowSpan(size, START, START + minutes * MINUTE)));
  }

  private static List<String> text(BacktestPlan plan, PromptResult result, Actual actual) {
    return BacktestText.of(new BacktestResult(plan, List.of(result), id -> actual), 20);
  }

  /** The rules that were in force took five minutes longer, and one of them is gone. */
  private static Actual later() {
    return new Actual(
        List.of(
            new PastAlert(PROMPT, BAD, "Critical Error Rate", "critical", null, at(63), at(72)),
            new PastAlert(PROMPT, BAD, "Old Rule", "warning", null, at(64), null)),
        List.of(
            new PastRollback(
                PROMPT,
                true,
                BAD,
                GOOD,
                "switched",
                null,
                "Old Rule",
                "it failed",
                "recovered",
                at(66))),
        List.of(
            new PastMessage("slack", PROMPT, BAD, "Critical Error Rate", "firing"),
            new PastMessage("mail", PROMPT, BAD, "Old Rule", "firing")));
  }

  private static long at(long minute) {
    return START + minute * MINUTE;
  }

  @Test
  void tellsWhatWouldHaveHappenedBesideWhatDid() {
    BacktestTraffic traffic =
        incident(66).rollBack(66).minutes(GOOD, 66, 90, 60, 0.005, 0, new Random(8));
    BacktestPlan plan = onRows(WindowSize.ONE_MINUTE, 100);
    PromptResult result =
        PromptBacktest.run(plan, traffic.history(later()), traffic.rows(WindowSize.ONE_MINUTE));
    assertThat(String.join("\n", text(plan, result, later())))
        .isEqualTo(
            """
            Backtest from 2026-03-02 00:00:00 to 2026-03-02 01:40:00 (UTC): 1 prompt, 5,160 executions
            Judged on stored rows of 1m: rules are evaluated when a row ends, on windows of whole rows.

                                             both  only candidate  only actual
            alerts                              1               4            1
            rollbacks                           1               0            0
            demands that led to no rollback     0               0            0
            messages to mail                    0               0            1
            messages to pagerduty               0               6            0
            messages to slack                   1               7            0

            Alerts by rule                                both  only candidate  only actual
            Critical Error Rate                              1               0            0
            Elevated Error Rate                              0               1            0
            Low Success Rate                                 0               1            0
            Old Rule                                         0               0            1
            rollback: error_rate > 0.10 for 5 minutes        0               1            0
            rollback: success_rate < 0.85 for 10 minutes     0               1            0

            Rollbacks (= both, + only the candidate, - only what did happen)
            = 2026-03-02 01:02:00  checkout  1.1.0 → 1.0.0  rolled back, 4m earlier than it did
                Critical Error Rate: error_rate 9.667% > 5% (300 in 5 min)
                afterwards: recovered

            Alerts (= both, + only the candidate, - only what did happen)
            = 2026-03-02 01:01:00  checkout@1.1.0  Critical Error Rate (critical): error_rate 5.333% > 5% (300 executions), for 11m, 2m earlier than it did
            + 2026-03-02 01:02:00  checkout@1.1.0  Elevated Error Rate (warning): error_rate 3.444% > 3% (900 executions), for 20m
            + 2026-03-02 01:03:00  checkout@1.1.0  Low Success Rate (critical): success_rate 94.63% < 95% (540 executions), for 14m
            - 2026-03-02 01:04:00  checkout@1.1.0  Old Rule (warning), not ended
            + 2026-03-02 01:06:00  checkout@1.1.0  rollback: error_rate > 0.10 for 5 minutes (critical): error_rate 21.67% > 10% (60 executions), for 6m
            + 2026-03-02 01:11:00  checkout@1.1.0  rollback: success_rate < 0.85 for 10 minutes (critical): success_rate 78.33% < 85% (60 executions), for 6m

            What history cannot show
              checkout@1.1.0 would have been rolled back at 2026-03-02 01:02:00: 240 executions of it up to 2026-03-02 01:06:00 are set aside; what 1.0.0 would have made of them is not known""");
  }

  @Property(tries = 40)
  void rowsOfAMinuteTellTheSameAsExecutionsEvaluatedEachMinute(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 90) int perMinute,
      @ForAll @DoubleRange(min = 0, max = 0.5) double failing,
      @ForAll @DoubleRange(min = 0, max = 0.3) double slow,
      @ForAll @IntRange(min = 1, max = 60) int gap) {
    Random random = new Random(seed);
    BacktestTraffic traffic =
        new BacktestTraffic()
            .minutes(GOOD, 0, 30, perMinute, 0.01, 0, random)
            .deploy(BAD, 30)
            .minutes(BAD, 30, 60, perMinute, failing, slow, random)
            .minutes(GOOD, 60 + gap, 80 + gap, perMinute, 0.01, 0, random);
    long end = START + 180 * MINUTE;
    DeploymentConfig config = BacktestTraffic.eachMinute();
    PromptResult ofExecutions =
        PromptBacktest.run(
            new BacktestPlan(config, START, end, List.of()),
            traffic.history(Actual.nothing()),
            traffic.arrivals(MINUTE));
    PromptResult ofRows =
        PromptBacktest.run(
            new BacktestPlan(
                config, START, end, List.of(new RowSpan(WindowSize.ONE_MINUTE, START, end))),
            traffic.history(Actual.nothing()),
            traffic.rows(WindowSize.ONE_MINUTE));
    assertThat(ofRows.alerts()).isEqualTo(ofExecutions.alerts());
    assertThat(ofRows.rollbacks()).isEqualTo(ofExecutions.rollbacks());
    assertThat(ofRows.messages()).isEqualTo(ofExecutions.messages());
    assertThat(ofRows.setAside()).isEqualTo(ofExecutions.setAside());
    assertThat(ofRows.executions()).isEqualTo(ofExecutions.executions());
  }

  @Test
  void theOrderOfRowsDoesNotMatter() {
    BacktestTraffic traffic = incident(70);
    BacktestPlan plan = onRows(WindowSize.FIVE_MINUTES, 120);
    List<Arrival> rows = traffic.rows(WindowSize.FIVE_MINUTES);
    List<Arrival> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(1));
    PromptHistory history = traffic.history(Actual.nothing());
    assertThat(text(plan, PromptBacktest.run(plan, history, shuffled), Actual.nothing()))
        .isEqualTo(text(plan, PromptBacktest.run(plan, history, rows), Actual.nothing()));
  }

  @Test
  void findsTheIncidentInRowsOfFiveMinutes() {
    BacktestTraffic traffic = incident(90);
    BacktestPlan plan = onRows(WindowSize.FIVE_MINUTES, 120);
    PromptResult result =
        PromptBacktest.run(
            plan, traffic.history(Actual.nothing()), traffic.rows(WindowSize.FIVE_MINUTES));
    assertThat(result.alerts())
        .anySatisfy(
            alert -> {
              assertThat(alert.rule()).isEqualTo("Critical Error Rate");
              assertThat(alert.firedAt()).isEqualTo(START + 65 * MINUTE);
            });
    assertThat(result.rollbacks().stream().filter(PastRollback::switched))
        .singleElement()
        .satisfies(rollback -> assertThat(rollback.at()).isEqualTo(START + 65 * MINUTE));
    assertThat(result.setAside())
        .singleElement()
        .satisfies(set -> assertThat(set.executions()).isEqualTo(25 * 60));
  }

  @Test
  void rowsOfAnHourSayWhatTheyCannotTell() {
    BacktestTraffic traffic = incident(90);
    BacktestPlan plan = onRows(WindowSize.ONE_HOUR, 120);
    PromptResult result =
        PromptBacktest.run(
            plan, traffic.history(Actual.nothing()), traffic.rows(WindowSize.ONE_HOUR));
    assertThat(result.unjudged().get(WindowSize.ONE_HOUR))
        .containsEntry("Critical Error Rate", "its window of 5m is not made of whole rows")
        .doesNotContainKey("Calibration Drift");
    assertThat(result.alerts()).noneMatch(alert -> alert.rule().equals("Critical Error Rate"));
  }

  @Test
  void followsARollbackThatTheCandidateWouldNotHaveMade() {
    Random random = new Random(7);
    BacktestTraffic traffic =
        new BacktestTraffic()
            .minutes(GOOD, 0, 40, 60, 0.005, 0, random)
            .deploy(BAD, 40)
            .minutes(BAD, 40, 60, 60, 0.005, 0, random)
            .minutes(GOOD, 60, 90, 60, 0.005, 0, random);
    Actual actual =
        new Actual(
            List.of(),
            List.of(
                new PastRollback(
                    PROMPT,
                    true,
                    BAD,
                    GOOD,
                    "switched",
                    null,
                    "a rule",
                    "x",
                    null,
                    START + 60 * MINUTE)),
            List.of());
    BacktestPlan plan = onRows(WindowSize.ONE_MINUTE, 120);
    PromptResult result =
        PromptBacktest.run(plan, traffic.history(actual), traffic.rows(WindowSize.ONE_MINUTE));
    assertThat(result.rollbacks()).isEmpty();
    assertThat(text(plan, result, actual))
        .anyMatch(line -> line.startsWith("- 2026-03-02 01:00:00  checkout  1.1.0 → 1.0.0"));
  }

  @Test
  void theFinestRowsAreTakenForEachPartOfTheTime() {
    long hour = 60 * MINUTE;
    assertThat(
            RowSpan.plan(
                START,
                START + 100 * hour,
                Map.of(
                    WindowSize.ONE_HOUR, START,
                    WindowSize.FIVE_MINUTES, START + 50 * hour + 10 * MINUTE,
                    WindowSize.ONE_MINUTE, START + 90 * hour + 2 * MINUTE)))
        .containsExactly(
            new RowSpan(WindowSize.ONE_HOUR, START, START + 51 * hour),
            new RowSpan(WindowSize.FIVE_MINUTES, START + 51 * hour, START + 90 * hour + 5 * MINUTE),
            new RowSpan(WindowSize.ONE_MINUTE, START + 90 * hour + 5 * MINUTE, START + 100 * hour));
    assertThat(
            RowSpan.plan(
                START,
                START + hour,
                Map.of(
                    WindowSize.ONE_HOUR, START,
                    WindowSize.FIVE_MINUTES, START + 5 * MINUTE,
                    WindowSize.ONE_MINUTE, START + 7 * MINUTE)))
        .as("no traffic before")
        .containsExactly(new RowSpan(WindowSize.ONE_MINUTE, START, START + hour));
    assertThat(RowSpan.plan(START, START + hour, Map.of())).isEmpty();
  }
}
