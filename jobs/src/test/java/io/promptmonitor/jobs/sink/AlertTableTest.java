package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertState;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.DataStatus;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AlertTableTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final long MINUTE = 60_000;

  private final AlertTable table = new AlertTable();

  @BeforeEach
  void empty() {
    postgres.execute("SET session_replication_role = replica; TRUNCATE alert");
  }

  /**
   * An event of an episode.
   *
   * @param episode the minute in which it began
   * @param at the minute of the event
   */
  private static AlertEvent event(String rule, Change change, long episode, long at) {
    return new AlertEvent(
        new AlertKey(new PromptVersionId("p", "1.0.0"), rule),
        new RuleSummary(
            RuleKind.ALERT_RULE,
            Severity.CRITICAL,
            "error_rate > 0.05",
            0,
            List.of(Metric.ERROR_RATE),
            List.of(AlertAction.ALERT),
            null,
            List.of()),
        change,
        Cause.CONDITION,
        at * MINUTE,
        episode * MINUTE,
        change == Change.FIRING ? at * MINUTE : AlertState.NEVER,
        AlertPhase.FIRING,
        DataStatus.SUFFICIENT,
        null,
        null,
        List.of());
  }

  private void write(AlertEvent... events) throws Exception {
    try (Connection connection = postgres.database().connect()) {
      for (AlertEvent event : events) {
        String sql = table.statements().get(table.statement(event));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
          table.bind(event, statement);
          statement.execute();
        }
      }
    }
  }

  private static String rows() {
    return postgres.query(
        "SELECT rule, extract(minute FROM pending_since)::int, phase, cause,"
            + " extract(minute FROM fired_at)::int, extract(minute FROM ended_at)::int FROM alert"
            + " ORDER BY pending_since, rule");
  }

  @Test
  void followsAnEpisode() throws Exception {
    write(event("r", Change.PENDING, 1, 1), event("r", Change.FIRING, 1, 3));
    assertThat(rows()).isEqualTo("r|1|firing|condition|3|NULL");
    write(event("r", Change.RESOLVED, 1, 9));
    assertThat(rows()).isEqualTo("r|1|resolved|condition|3|9");
  }

  @Test
  void whatHasEndedStaysSoWhenItsBeginningIsToldAgain() throws Exception {
    write(event("r", Change.PENDING, 1, 1), event("r", Change.FIRING, 1, 3));
    write(event("r", Change.RESOLVED, 1, 9));
    write(event("r", Change.PENDING, 1, 1), event("r", Change.FIRING, 1, 3));
    assertThat(rows()).isEqualTo("r|1|resolved|condition|3|9");
  }

  @Test
  void whatWasCancelledInAnEarlierAttemptMayFire() throws Exception {
    write(event("r", Change.PENDING, 1, 1), event("r", Change.CANCELLED, 1, 2));
    write(event("r", Change.PENDING, 1, 1), event("r", Change.FIRING, 1, 3));
    assertThat(rows()).isEqualTo("r|1|firing|condition|3|NULL");
  }

  @Test
  void aNewEpisodeEndsOneThatNoJobKnowsAnyMore() throws Exception {
    write(event("r", Change.PENDING, 1, 1), event("r", Change.FIRING, 1, 3));
    write(event("other", Change.FIRING, 2, 2));
    write(event("r", Change.PENDING, 20, 20));
    assertThat(rows().lines())
        .containsExactly(
            "r|1|resolved|superseded|3|20",
            "other|2|firing|condition|2|NULL",
            "r|20|pending|condition|NULL|NULL");
    write(event("r", Change.FIRING, 30, 30));
    assertThat(rows().lines()).contains("r|20|cancelled|superseded|NULL|30");
  }
}
