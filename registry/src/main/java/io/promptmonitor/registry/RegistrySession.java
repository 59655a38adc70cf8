package io.promptmonitor.registry;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the database of the registry, opened when it is needed and again when it broke;
 * says in plain words what went wrong. Safe for use by many threads, one after the other: so that
 * they do not wait in turn for a database that is away, the next second after a connection could
 * not be opened none is tried.
 */
final class RegistrySession implements AutoCloseable {

  /**
   * How long to wait for a peer that is gone without a word. The URL may say otherwise, except of
   * {@code check}.
   *
   * @param connect for a connection, in seconds
   * @param answer for each answer, in seconds; longer than the wait for a lock
   * @param check for an answer of a connection that was not used for a while, in seconds
   */
  record Patience(int connect, int answer, int check) {

    /** For whoever has no better to do. */
    static final Patience USUAL = new Patience(10, 30, 5);

    private Map<String, String> properties() {
      return Map.of(
          "connectTimeout", String.valueOf(connect), "socketTimeout", String.valueOf(answer));
    }
  }

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Database database;
  private final Patience patience;
  private @Nullable Connection connection;
  private long usedAt;

  /** Why the last attempt to connect failed; null if it did not. */
  private @Nullable SQLException notConnected;

  private long notConnectedAt;

  RegistrySession(Database database) {
    this(database, Patience.USUAL);
  }

  RegistrySession(Database database, Patience patience) {
    this.database = database;
    this.patience = patience;
  }

  /** What is done with the connection. */
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** What somebody wants to do, and the roles that may, for whom it is refused to. */
  record Purpose(String action, String roles) {}

  /** Reads, each statement by itself. */
  synchronized <T> T read(Purpose purpose, Work<T> work) {
    Connection open = connected();
    try {
      T result = work.with(open);
      usedAt = System.nanoTime();
      return result;
    } catch (SQLException e) {
      throw failure(e, purpose, open);
    }
  }

  /** Reads everything as it was at one time, row by row if the statements have a fetch size. */
  synchronized <T> T readSnapshot(Purpose purpose, Work<T> work) {
    return transaction(purpose, Connection.TRANSACTION_REPEATABLE_READ, work);
  }

  /** Does all that {@code work} does, or nothing. */
  synchronized <T> T write(Purpose purpose, Work<T> work) {
    return transaction(purpose, Connection.TRANSACTION_READ_COMMITTED, work);
  }

  private <T> T transaction(Purpose purpose, int isolation, Work<T> work) {
    Connection open = connected();
    boolean committing = false;
    boolean committed = false;
    try {
      open.setTransactionIsolation(isolation);
      open.setAutoCommit(false);
      T result = work.with(open);
      committing = true;
      open.commit();
      committed = true;
      return result;
    } catch (SQLException e) {
      RuntimeException failure = failure(e, purpose, open);
      if (committing && connection == null) {
        throw new RegistryException(
            Reason.UNAVAILABLE,
            failure.getMessage() + "; whether the change was made is not known: see the history",
            e);
      }
      throw failure;
    } finally {
      leaveTransaction(open, committed);
    }
  }

  private void leaveTransaction(Connection open, boolean committed) {
    try {
      if (connection != null) {
        if (!committed) {
          open.rollback();
        }
        open.setAutoCommit(true);
        usedAt = System.nanoTime();
      }
    } catch (SQLException e) {
      disconnect(); // Which undoes what was not committed.
    }
  }

  private Connection connected() {
    if (connection != null && System.nanoTime() - usedAt > IDLE_NANOS && !isValid(connection)) {
      disconnect();
    }
    if (connection == null) {
      if (notConnected != null && System.nanoTime() - notConnectedAt < BACK_OFF_NANOS) {
        throw cannotConnect(notConnected);
      }
      try {
        connection = database.connect(patience.properties());
        notConnected = null;
        usedAt = System.nanoTime();
      } catch (SQLException e) {
        notConnected = e;
        notConnectedAt = System.nanoTime();
        throw cannotConnect(e);
      }
    }
    return connection;
  }

  private boolean isValid(Connection open) {
    try {
      return open.isValid(patience.check());
    } catch (SQLException e) {
      return false;
    }
  }

  private RegistryException cannotConnect(SQLException e) {
    return new RegistryException(
        Reason.UNAVAILABLE,
        "cannot connect to the registry in " + database + ": " + Database.reason(e),
        e);
  }

  /** The failure in one line for a person. */
  private RuntimeException failure(SQLException e, Purpose purpose, Connection open) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String said = Database.reason(e);
    for (Reason reason : Reason.values()) {
      if (reason.sqlState().equals(state) && state.startsWith("PM")) {
        return new RegistryException(reason, said, e);
      }
    }
    if (state.equals(Reason.NOT_AUTHORIZED.sqlState())) {
      return new RegistryException(
          Reason.NOT_AUTHORIZED,
          user(open) + " may not " + purpose.action() + ": that takes the role " + purpose.roles(),
          e);
    }
    if (state.startsWith("22") || state.startsWith("23")) {
      return new IllegalArgumentException("cannot " + purpose.action() + ": " + said, e);
    }
    if (state.equals("55P03")) {
      return new RegistryException(Reason.UNAVAILABLE, said, e);
    }
    if (state.equals("42P01") || state.equals("42883") || state.equals("3F000")) {
      return new RegistryException(
          Reason.UNAVAILABLE,
          "the database " + database + " has no registry, or an old one: run promptmon migrate",
          e);
    }
    disconnect();
    return new RegistryException(
        Reason.UNAVAILABLE, "cannot use the registry in " + database + ": " + said, e);
  }

  private static String user(Connection open) {
    try {
      return open.getMetaData().getUserName();
    } catch (SQLException e) {
      return "the user";
    }
  }

  private void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It is broken: nothing more can be done with it.
      } finally {
        connection = null;
      }
    }
  }

  @Override
  public synchronized void close() {
    disconnect();
    notConnected = null;
  }
}
