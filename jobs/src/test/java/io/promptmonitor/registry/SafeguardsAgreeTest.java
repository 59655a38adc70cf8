package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.RollbackSafeguards;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The safeguards in Java and in SQL allow and refuse the same rollbacks, in the same words. */
class SafeguardsAgreeTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void javaAndSqlDecideAlike() throws Exception {
    RegistryDatabase.clear(postgres.database());
    Random random = new Random(5);
    Map<String, Integer> decisions = new TreeMap<>();
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET session_replication_role = replica");
      for (int i = 0; i < 500; i++) {
        statement.execute(
            "TRUNCATE promptmon.registry_event, promptmon.prompt_version, promptmon.prompt,"
                + " promptmon.operator_command");
        // A few in a day, so that they are sometimes too many and sometimes not; some at once.
        List<Instant> rollbacks = new ArrayList<>();
        Instant at = START;
        for (int n = random.nextInt(6); n > 0; n--) {
          at = at.plusSeconds(3_600L * random.nextInt(14)).plusNanos(1_000L * random.nextInt(3));
          rollbacks.add(at);
          statement.execute(
              """
              INSERT INTO promptmon.registry_event (event_id, at, kind, prompt_id, version_id, from_version, to_version, actor, reason, decision_id)
              VALUES (%1$d, '%2$s', 'rolled_back', 'p', '1.0.0', '2.0.0', '1.0.0', 'x', 'x', 'd%1$d')
              """
                  .formatted(rollbacks.size(), at));
        }
        Instant cleared = null;
        if (!rollbacks.isEmpty() && random.nextInt(3) == 0) {
          cleared = rollbacks.get(random.nextInt(rollbacks.size())).plusNanos(1_000);
          statement.execute(
              "INSERT INTO promptmon.operator_command (command_id, at, kind, actor, prompt_id, comment)"
                  + " VALUES (1, '%s', 'rollbacks_cleared', 'x', 'p', 'x')".formatted(cleared));
        }
        Instant now =
            at.plusSeconds(random.nextInt(1_000)).plusNanos(1_000L * random.nextInt(1_000_000));
        Duration minInterval = Duration.ofMinutes(random.nextInt(20));
        int maxPerDay = random.nextInt(5);
        String inJava = inJava(rollbacks, cleared, minInterval, maxPerDay, now);
        String inSql =
            inSql(
                statement,
                "SELECT promptmon.rollback_check_limits('p', '%s', interval '%d s', %d)"
                    .formatted(now, minInterval.toSeconds(), maxPerDay));
        assertThat(inSql)
            .as("%s, cleared %s, %s, %d, now %s", rollbacks, cleared, minInterval, maxPerDay, now)
            .isEqualTo(inJava);
        decisions.merge(inJava.substring(0, Math.min(5, inJava.length())), 1, Integer::sum);
      }
    }
    assertThat(decisions).containsOnlyKeys("", "PM008", "PM013", "PM015");
    assertThat(decisions.values()).allMatch(count -> count > 20);
  }

  private static String inJava(
      List<Instant> rollbacks, Instant cleared, Duration minInterval, int maxPerDay, Instant now) {
    try {
      RollbackSafeguards.check("p", rollbacks, cleared, minInterval, maxPerDay, now);
      return "";
    } catch (RegistryException e) {
      return e.reason().sqlState() + " " + e.getMessage();
    }
  }

  private static String inSql(Statement statement, String call) {
    try {
      statement.execute(call);
      return "";
    } catch (SQLException e) {
      return e.getSQLState() + " " + Database.reason(e);
    }
  }
}
