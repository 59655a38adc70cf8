package io.promptmonitor.database.migration;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Brings a database's schema up to date with the files of {@code sql/migrations}. */
public final class Migrations {

  private static final String LOCATION = "classpath:db/migration";

  private Migrations() {}

  /**
   * Applies what is missing, each file in a transaction of its own; several programs may do so at
   * once.
   *
   * @return how many migrations were applied
   * @throws DatabaseException if it cannot connect, or a migration fails
   */
  public static int apply(Database database) {
    return apply(database, LOCATION);
  }

  /** Applies the migrations at {@code location}. */
  static int apply(Database database, String location) {
    // Before Flyway, which would try for long and then say much.
    try (Connection connection = database.connect()) {
      return flyway(database, location).migrate().migrationsExecuted;
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    } catch (FlywayException e) {
      throw new DatabaseException(
          "cannot bring the database " + database + " up to date: " + reason(e), e);
    }
  }

  private static Flyway flyway(Database database, String location) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(database.jdbcUrl());
    database
        .properties()
        .forEach(
            (name, value) -> {
              try {
                source.setProperty((String) name, (String) value);
              } catch (SQLException e) {
                throw new DatabaseException("bad parameter " + name + " of " + database, e);
              }
            });
    return Flyway.configure(Migrations.class.getClassLoader())
        .loggers("slf4j")
        .dataSource(source)
        .locations(location)
        .failOnMissingLocations(true)
        .schemas(Database.SCHEMA)
        .defaultSchema(Database.SCHEMA)
        .createSchemas(true)
        .load();
  }

  private static String reason(FlywayException e) {
    @Nullable String script =
        e instanceof FlywayMigrateException failed && failed.getMigration() != null
            ? failed.getMigration().getScript()
            : null;
    return (script == null ? "" : script + ": ") + Database.reason(e);
  }
}
