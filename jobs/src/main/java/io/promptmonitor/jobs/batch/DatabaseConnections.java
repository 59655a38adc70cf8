package io.promptmonitor.jobs.batch;

import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Connections of Flink's JDBC connector to a {@link Database}: what its URL leaves out, the
 * password among it, is taken from the environment where the job runs and does not travel with the
 * job.
 */
final class DatabaseConnections implements JdbcConnectionProvider {

  private static final long serialVersionUID = 1;

  private static final int VALIDATION_SECONDS = 10;

  private final Database database;
  private transient @Nullable Connection connection;

  DatabaseConnections(Database database) {
    this.database = database;
  }

  @Override
  public @Nullable Connection getConnection() {
    return connection;
  }

  @Override
  public boolean isConnectionValid() throws SQLException {
    return connection != null && connection.isValid(VALIDATION_SECONDS);
  }

  @Override
  public Connection getOrEstablishConnection() {
    Connection open = connection;
    if (open == null) {
      try {
        open = database.connect();
        open.setReadOnly(true);
      } catch (SQLException e) {
        throw database.cannotConnect(e);
      }
      connection = open;
    }
    return open;
  }

  @Override
  public void closeConnection() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        throw database.cannotConnect(e);
      }
    }
  }

  @Override
  public Connection reestablishConnection() {
    closeConnection();
    return getOrEstablishConnection();
  }
}
