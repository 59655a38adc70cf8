package io.promptmonitor.registry;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.database.Database;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that keeps what is in memory equal to the registry: at once by PostgreSQL's
 * notifications, at the latest by a comparison in each time to live. It has connections of its own,
 * so that it never waits for what an application asks.
 */
final class ChangeListener implements AutoCloseable {

  /** What the writing functions of the registry notify; the payload is {@code EVENT_ID PROMPT}. */
  static final String CHANNEL = "promptmon_registry";

  private static final Logger LOG = LoggerFactory.getLogger(ChangeListener.class);

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private static final int VALIDATION_SECONDS = 5;

  /** After which a connection that gives no answer counts as broken. */
  private static final String SOCKET_TIMEOUT_SECONDS = "10";

  private final Database database;
  private final Duration timeToLive;
  private final Memory memory;
  private final Thread thread = new Thread(this::run, "promptmon-registry-changes");
  private volatile @Nullable Connection connection;
  private volatile @Nullable Instant confirmedAt;
  private volatile boolean closed;

  /** Whether the database answers but refuses LISTEN; of this thread only. */
  private boolean refused;

  /** What is kept equal to the registry. */
  interface Memory {

    /**
     * The {@link ChangeListener#fingerprint} of each prompt in memory; something else for one that
     * is to be read anew anyway.
     */
    Map<String, String> fingerprints();

    /**
     * Reads a prompt anew, if it is in memory.
     *
     * @return whether it could be read
     */
    boolean refresh(String promptId, PromptRegistry from);
  }

  ChangeListener(Database database, Duration timeToLive, Memory memory) {
    this.database = database;
    this.timeToLive = timeToLive;
    this.memory = memory;
    thread.setDaemon(true);
  }

  /** What tells versions of a prompt apart. */
  static String fingerprint(String versionId, String promptHash) {
    return versionId + " " + promptHash;
  }

  void start() {
    thread.start();
  }

  /** When memory was last known to be equal to the registry, or null if it never was. */
  @Nullable Instant confirmedAt() {
    return confirmedAt;
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    boolean away = false;
    while (!closed) {
      try (Connection opened = database.connect(Map.of("socketTimeout", SOCKET_TIMEOUT_SECONDS));
          PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
        connection = opened;
        Session session = new Session(opened, registry);
        // Whatever happened before this moment; what happens after it is notified.
        boolean equal = session.compare();
        if (away) {
          LOG.info("the registry in {} answers again", database);
          away = false;
        }
        pause = FIRST_PAUSE_MILLIS;
        session.follow(equal);
      } catch (SQLException | RuntimeException e) {
        if (closed) {
          return;
        }
        if (!away) {
          LOG.warn(
              "the registry in {} does not answer, the last known versions are served: {}",
              database,
              Database.reason(e));
          away = true;
        }
      } finally {
        connection = null;
      }
      // Not all clients at the same moment.
      if (!paused(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1))) {
        return;
      }
      pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
    }
  }

  private static Set<String> promptIds(PGNotification[] notifications) {
    Set<String> promptIds = new LinkedHashSet<>();
    for (PGNotification notification : notifications) {
      String payload = notification.getParameter();
      promptIds.add(payload.substring(payload.indexOf(' ') + 1));
    }
    return promptIds;
  }

  private static Map<String, String> activeFingerprints(Connection opened, Set<String> promptIds)
      throws SQLException {
    Map<String, String> active = new HashMap<>();
    try (PreparedStatement query =
        opened.prepareStatement(
            "SELECT prompt_id, version_id, prompt_hash FROM promptmon.active_prompt"
                + " WHERE prompt_id = ANY (?)")) {
      Array array = opened.createArrayOf("text", promptIds.toArray());
      query.setArray(1, array);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          active.put(rows.getString(1), fingerprint(rows.getString(2), rows.getString(3)));
        }
      }
    }
    return active;
  }

  private boolean paused(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /**
   * Ends the thread, and waits for that unless it is this thread that closes: a listener may, while
   * it is told of a switch.
   */
  @Override
  public void close() {
    closed = true;
    boolean itself = Thread.currentThread() == thread;
    if (!itself) {
      thread.interrupt();
    }
    Connection open = connection;
    if (open != null) {
      try {
        // Ends a wait for notifications, which an interrupt does not.
        open.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the connection could not be aborted", e);
      }
    }
    if (!itself) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What is done while the connections last. */
  private final class Session {
    private final Connection opened;
    private final PromptRegistry registry;
    private boolean listening;

    Session(Connection opened, PromptRegistry registry) {
      this.opened = opened;
      this.registry = registry;
    }

    /**
     * Goes on until the connection breaks, or the thread is to end.
     *
     * @param equal whether memory is equal to the registry now
     */
    void follow(boolean equal) throws SQLException {
      PGConnection notified = opened.unwrap(PGConnection.class);
      long compareAt = nextComparison(equal);
      while (!closed) {
        long millis = (compareAt - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          compareAt = nextComparison(compare());
        } else {
          PGNotification[] notifications =
              notified.getNotifications((int) Math.min(millis, Integer.MAX_VALUE));
          if (notifications != null && !refreshAll(promptIds(notifications))) {
            compareAt = Math.min(compareAt, nextComparison(false));
          }
        }
      }
    }

    private long nextComparison(boolean equal) {
      long next = timeToLive.toNanos();
      return System.nanoTime() + (equal ? next : Math.min(next, RETRY_NANOS));
    }

    /** Reads anew what differs from the registry; whether memory is equal to it then. */
    boolean compare() throws SQLException {
      listen();
      Instant before = Instant.now();
      Map<String, String> remembered = memory.fingerprints();
      Map<String, String> active = activeFingerprints(opened, remembered.keySet());
      Set<String> different = new LinkedHashSet<>();
      remembered.forEach(
          (promptId, fingerprint) -> {
            if (!fingerprint.equals(active.get(promptId))) {
              different.add(promptId);
            }
          });
      boolean equal = refreshAll(different);
      if (equal) {
        confirmedAt = before;
      }
      return equal;
    }

    /** Listens, if that was refused so far: a replica may have become the primary. */
    private void listen() throws SQLException {
      if (listening) {
        return;
      }
      try (Statement statement = opened.createStatement()) {
        statement.execute("LISTEN " + CHANNEL);
        listening = true;
        if (refused) {
          LOG.info("{} notifies of changes again", database);
          refused = false;
        }
      } catch (SQLException e) {
        if (!opened.isValid(VALIDATION_SECONDS)) {
          throw e;
        }
        if (!refused) {
          LOG.warn(
              "{} does not notify of changes, switches are seen within {} s: {}",
              database,
              timeToLive.toMillis() / 1000.0,
              Database.reason(e));
          refused = true;
        }
      }
    }

    private boolean refreshAll(Set<String> promptIds) {
      boolean all = true;
      for (String promptId : promptIds) {
        all &= !closed && memory.refresh(promptId, registry);
      }
      return all;
    }
  }
}
