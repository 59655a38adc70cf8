package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.rollback;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Not two automatic rollbacks of a prompt within 15 minutes, and not four within 24 hours. */
class AutomaticRollbackLimitsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private PostgresPromptRegistry registry;

  @BeforeEach
  void deployTwoOfTwoPrompts() {
    RegistryDatabase.clear(postgres.database());
    registry = new PostgresPromptRegistry(postgres.database());
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
  }

  /** Rolls 1.1.0 back, as the streaming job does; the id of the event. */
  private static long rollBack(String promptId, String decisionId) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement();
        ResultSet event =
            statement.executeQuery(
                "SELECT event_id FROM promptmon.registry_rollback_automatic('%s', '1.1.0', '%s', 'errors')"
                    .formatted(promptId, decisionId))) {
      assertThat(event.next()).isTrue();
      return event.getLong(1);
    }
  }

  private static void assertRefused(String promptId, String decisionId, String message) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> rollBack(promptId, decisionId));
    assertThat(Database.reason(e)).isEqualTo(message);
    assertThat(e.getSQLState()).isEqualTo(Reason.ROLLBACK_LIMIT.sqlState()).isEqualTo("PM008");
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
  void theNextOneOfAPromptIsFifteenMinutesLater() throws Exception {
    long first = rollBack("p", "d1");
    deployAgain();
    assertRefused(
        "p",
        "d2",
        "p was rolled back automatically less than a minute ago; the next one may be in 15 minutes");
    // Half a minute more, so that the time the test takes makes no difference.
    pass(Duration.ofSeconds(4 * 60 + 30));
    assertRefused(
        "p",
        "d2",
        "p was rolled back automatically 4 minutes ago; the next one may be in 11 minutes");
    pass(Duration.ofMinutes(10));
    assertRefused(
        "p",
        "d2",
        "p was rolled back automatically 14 minutes ago; the next one may be in 1 minute");
    assertThat(active("p")).isEqualTo("1.1.0");
    // What was decided before is not a second one; another prompt does not have to wait.
    assertThat(rollBack("p", "d1")).isEqualTo(first);
    rollBack("q", "d3");
    pass(Duration.ofSeconds(30));
    assertThat(rollBack("p", "d2")).isGreaterThan(first);
    assertThat(active("p")).isEqualTo("1.0.0");
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void theFourthIsTwentyFourHoursAfterTheFirst() throws Exception {
    long first = rollBack("p", "d1");
    deployAgain();
    pass(Duration.ofHours(8));
    rollBack("p", "d2");
    deployAgain();
    pass(Duration.ofHours(8));
    rollBack("p", "d3");
    deployAgain();
    String message = "p was rolled back automatically 3 times in 24 hours; an operator has to look";
    assertRefused("p", "d4", message);
    pass(Duration.ofHours(8).minusSeconds(30));
    assertRefused("p", "d4", message);
    assertThat(rollBack("p", "d1")).isEqualTo(first);
    assertThat(active("p")).isEqualTo("1.1.0");
    pass(Duration.ofSeconds(30));
    rollBack("p", "d4");
    deployAgain();
    // The period slides: there are three in it again.
    assertRefused("p", "d5", message);
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void whatAnOperatorDoesIsNotCounted() throws Exception {
    for (int i = 0; i < 4; i++) {
      registry.execute(List.of(rollback("p", null), deploy("p", "1.1.0")));
    }
    rollBack("p", "d1");
    deployAgain();
    assertThat(registry.rollback("p", null, "still bad").toVersion()).isEqualTo(v("1.0.0"));
  }
}
