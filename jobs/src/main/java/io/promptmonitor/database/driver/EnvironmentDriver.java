package io.promptmonitor.database.driver;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC driver that reads the database which the environment of its process names, as all of
 * Prompt Monitor does: {@value Database#URL_VARIABLE} and the variables of user and password. So
 * the tables of Flink SQL need neither an address nor a password.
 *
 * <p>Its connections are read-only. It is never found by a URL, only by its name.
 */
public final class EnvironmentDriver implements Driver {

  /** The only URL, which Flink's connector takes for one of PostgreSQL. */
  public static final String URL = "jdbc:postgresql:environment";

  private final Map<String, String> environment;

  /** For Flink's connector. */
  public EnvironmentDriver() {
    this(System.getenv());
  }

  EnvironmentDriver(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    requireUtc(ZoneId.systemDefault());
    Database database = database();
    try {
      // By default the driver lets single statements outside of transactions write.
      Connection connection = database.connect(Map.of("readOnlyMode", "always"));
      try {
        connection.setReadOnly(true);
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new SQLException(database.cannotConnect(e).getMessage(), e.getSQLState(), e);
    }
  }

  private Database database() throws SQLException {
    Database database;
    try {
      database = Database.fromEnvironment(environment);
    } catch (DatabaseException e) {
      throw new SQLException(Database.URL_VARIABLE + ": " + e.getMessage(), e);
    }
    if (database == null) {
      throw new SQLException(
          "the variable "
              + Database.URL_VARIABLE
              + " is not set for this process: it names the database, "
              + Database.USER_VARIABLE
              + " and "
              + Database.PASSWORD_VARIABLE
              + " who connects");
    }
    return database;
  }

  /**
   * Flink's connector reads points in time as the local time of the process.
   *
   * @throws SQLException if that is not UTC
   */
  static void requireUtc(ZoneId zone) throws SQLException {
    if (!zone.getRules().isFixedOffset()
        || !zone.getRules().getOffset(Instant.EPOCH).equals(ZoneOffset.UTC)) {
      throw new SQLException(
          "the time zone of this process is "
              + zone
              + ", in which all times would be read wrong: start it with -Duser.timezone=UTC");
    }
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.equals(URL);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("it does not log");
  }
}
