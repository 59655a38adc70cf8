package io.promptmonitor.database.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnvironmentDriverTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static Connection connect(Map<String, String> environment) throws SQLException {
    return new EnvironmentDriver(environment).connect(EnvironmentDriver.URL, new Properties());
  }

  @Test
  void readsAndCannotWrite() throws Exception {
    try (Connection connection = connect(Map.of(Database.URL_VARIABLE, postgres.url()));
        Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT count(*) FROM promptmon.window_metrics");
      assertThat(rows.next()).isTrue();
      assertThatThrownBy(() -> statement.execute("DELETE FROM promptmon.dead_letter"))
          .hasMessageContaining("read-only transaction");
    }
  }

  @Test
  void isForItsOwnUrlOnly() throws Exception {
    EnvironmentDriver driver = new EnvironmentDriver(Map.of());
    assertThat(driver.connect("jdbc:postgresql://localhost/promptmon", new Properties())).isNull();
    assertThat(driver.acceptsURL(EnvironmentDriver.URL)).isTrue();
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> connect(Map.of()))
        .hasMessage(
            "the variable PROMPTMON_DB_URL is not set for this process: it names the database,"
                + " PROMPTMON_DB_USER and PROMPTMON_DB_PASSWORD who connects");
    assertThatThrownBy(() -> connect(Map.of(Database.URL_VARIABLE, "mysql://x/y")))
        .hasMessageStartingWith("PROMPTMON_DB_URL: the database URL is not one of PostgreSQL");
    assertThatThrownBy(
            () -> connect(Map.of(Database.URL_VARIABLE, "postgresql://me:secret@127.0.0.1:1/d")))
        .hasMessageStartingWith("cannot connect to the database me@127.0.0.1:1/d: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void timesAreReadInUtcOnly() throws Exception {
    EnvironmentDriver.requireUtc(ZoneId.of("UTC"));
    EnvironmentDriver.requireUtc(ZoneId.of("Etc/UTC"));
    for (String zone : new String[] {"Europe/London", "Europe/Berlin", "Etc/GMT-1"}) {
      assertThatThrownBy(() -> EnvironmentDriver.requireUtc(ZoneId.of(zone)))
          .hasMessageContaining(zone)
          .hasMessageEndingWith("start it with -Duser.timezone=UTC");
    }
  }
}
