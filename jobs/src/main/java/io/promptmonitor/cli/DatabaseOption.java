package io.promptmonitor.cli;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import io.promptmonitor.database.embedded.EmbeddedDatabase;
import io.promptmonitor.database.migration.Migrations;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/**
 * The option {@code --db} of every command that uses the database; a mixin. Without it and without
 * {@code PROMPTMON_DB_URL}, the embedded PostgreSQL in {@code .promptmon} is used.
 */
public final class DatabaseOption {

  @Option(
      names = "--db",
      paramLabel = "URL",
      converter = DatabaseConverter.class,
      description = {
        "The PostgreSQL database: postgresql://[user[:password]@]host[:port]/database."
            + " Default: PROMPTMON_DB_URL (with PROMPTMON_DB_USER and PROMPTMON_DB_PASSWORD);"
            + " without it, a PostgreSQL that is kept in .promptmon/ of the working directory"
            + " and runs as long as the command."
      })
  private @Nullable Database given;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** A database to be closed after use, which stops the embedded server. */
  public static final class Opened implements AutoCloseable {

    private final Database database;
    private final @Nullable EmbeddedDatabase embedded;

    private Opened(Database database, @Nullable EmbeddedDatabase embedded) {
      this.database = database;
      this.embedded = embedded;
    }

    public Database database() {
      return database;
    }

    /** Whether it is the embedded one, whose schema is up to date. */
    public boolean isEmbedded() {
      return embedded != null;
    }

    /**
     * Has {@code action} run when the user ends the program (Ctrl-C), while the database still
     * answers.
     *
     * @return to be run when it is not to happen any more
     */
    Runnable onExit(Runnable action) {
      if (embedded != null) {
        embedded.addExitAction(action);
        return () -> embedded.removeExitAction(action);
      }
      Thread hook = new Thread(action, "on-exit");
      Runtime.getRuntime().addShutdownHook(hook);
      return () -> {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // The program is ending already, which is what the hook is for.
          return;
        }
      };
    }

    @Override
    public void close() {
      if (embedded != null) {
        embedded.close();
      }
    }
  }

  /**
   * The database the user asked for. The embedded one is started and brought up to date, with its
   * progress on standard error; any other is left as it is.
   *
   * @throws ParameterException if the environment's URL is malformed
   * @throws DatabaseException if the embedded one cannot be started
   */
  public Opened open() {
    Database database = named();
    if (database != null) {
      return new Opened(database, null);
    }
    PrintWriter err = command.commandLine().getErr();
    EmbeddedDatabase embedded =
        EmbeddedDatabase.open(
            EmbeddedDatabase.DEFAULT_DIRECTORY,
            line -> {
              err.println(line);
              err.flush();
            });
    try {
      Migrations.apply(embedded.database());
      return new Opened(embedded.database(), embedded);
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  /**
   * Whether the user named a server, so that the embedded one is not used.
   *
   * @throws ParameterException if the environment's URL is malformed
   */
  boolean isNamed() {
    return named() != null;
  }

  private @Nullable Database named() {
    if (given != null) {
      return given;
    }
    try {
      return Database.fromEnvironment(System.getenv());
    } catch (DatabaseException e) {
      throw new ParameterException(
          command.commandLine(), Database.URL_VARIABLE + ": " + e.getMessage(), e);
    }
  }

  /** Reads the URL; the message of a malformed one does not quote it. */
  static final class DatabaseConverter implements ITypeConverter<Database> {
    @Override
    public Database convert(String url) {
      try {
        return Database.of(url);
      } catch (DatabaseException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
