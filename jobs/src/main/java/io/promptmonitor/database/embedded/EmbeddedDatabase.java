package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A PostgreSQL server for whoever has none: its data lives in a directory, by default {@code
 * .promptmon}, and is kept from one command to the next.
 *
 * <p>The first command that needs it starts it, others that come meanwhile use the same server, and
 * the last one to close it stops it, also on Ctrl-C. A server that outlived a killed command is
 * taken over; one that was itself killed recovers.
 *
 * <p>The server listens on 127.0.0.1 only, with a random password kept in a file that nobody else
 * may read.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  /** The directory below the working directory where a command keeps its database. */
  public static final Path DEFAULT_DIRECTORY = Path.of(".promptmon");

  /**
   * What this process has open, by directory: locks are the process's, so it must take them once.
   * Guards all of this class.
   */
  private static final Map<Path, SharedServer> OPEN = new HashMap<>();

  private final Path directory;
  private final SharedServer shared;
  private boolean closed;

  private EmbeddedDatabase(Path directory, SharedServer shared) {
    this.directory = directory;
    this.shared = shared;
    shared.users++;
  }

  /**
   * Starts the server in {@code directory}, or joins the one that runs there. Takes about a second,
   * and about three the first time.
   *
   * @param progress told what takes long, one line at a time
   * @throws DatabaseException if it cannot be started
   */
  public static EmbeddedDatabase open(Path directory, Consumer<String> progress) {
    synchronized (OPEN) {
      try {
        Path real = SharedServer.created(directory).toRealPath();
        SharedServer shared = OPEN.get(real);
        if (shared == null) {
          // Before the server is started: it waits for that to end, and then stops it.
          Thread hook = new Thread(() -> exit(real), "stop-postgres");
          Runtime.getRuntime().addShutdownHook(hook);
          shared = SharedServer.join(real, hook, progress);
          OPEN.put(real, shared);
        }
        return new EmbeddedDatabase(real, shared);
      } catch (IOException e) {
        throw new DatabaseException(
            "cannot use "
                + directory
                + " for the embedded PostgreSQL: "
                + SharedServer.reason(e)
                + "; another server can be named with --db or "
                + Database.URL_VARIABLE,
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DatabaseException("interrupted while starting the embedded PostgreSQL", e);
      }
    }
  }

  /** How to connect. */
  public Database database() {
    return shared.database();
  }

  /**
   * Has {@code action} run when the program is told to end, while the server still answers: a
   * shutdown hook of its own would run at the same time as the one that stops the server.
   */
  public void addExitAction(Runnable action) {
    shared.exitActions.add(action);
  }

  /** Takes back what {@link #addExitAction} added. */
  public void removeExitAction(Runnable action) {
    shared.exitActions.remove(action);
  }

  /** Stops the server, unless somebody else still uses it. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (!closed) {
        closed = true;
        shared.users--;
        if (shared.users == 0) {
          stop(directory);
        }
      }
    }
  }

  private static void exit(Path directory) {
    SharedServer shared;
    synchronized (OPEN) {
      shared = OPEN.get(directory);
    }
    if (shared != null) {
      // Without the lock: they may well end in somebody else's closing the database.
      shared.exitActions.forEach(Runnable::run);
      stop(directory);
    }
  }

  private static void stop(Path directory) {
    synchronized (OPEN) {
      SharedServer shared = OPEN.remove(directory);
      if (shared != null) {
        shared.leave();
      }
    }
  }
}
