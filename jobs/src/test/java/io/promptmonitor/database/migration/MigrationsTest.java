package io.promptmonitor.database.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import io.promptmonitor.database.embedded.PostgresExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @Test
  void anEmptyDatabaseIsMigratedOnce() {
    Database empty = PostgresExtension.emptyDatabase();
    assertThat(Migrations.apply(empty)).isGreaterThanOrEqualTo(2);
    assertThat(Migrations.apply(empty)).isZero();
  }

  @Test
  void everyTableAndColumnHasAComment() {
    assertThat(
            postgres.query(
                """
                SELECT c.relname, a.attname
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'promptmon'
                LEFT JOIN pg_attribute a
                  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT c.relispartition
                WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relname <> 'flyway_schema_history'
                  AND (obj_description(c.oid, 'pg_class') IS NULL
                    OR a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL)
                """))
        .isEmpty();
  }

  @Test
  void aBrokenMigrationIsOneLineThatNamesTheFile() {
    Database empty = PostgresExtension.emptyDatabase();
    assertThatThrownBy(() -> Migrations.apply(empty, "classpath:broken-migration"))
        .isInstanceOf(DatabaseException.class)
        .hasMessageEndingWith("up to date: V001__broken.sql: column \"nothing\" does not exist");
  }

  @Test
  void noServerIsOneLine() {
    assertThatThrownBy(() -> Migrations.apply(Database.of("postgresql://me:secret@127.0.0.1:1/db")))
        .isInstanceOf(DatabaseException.class)
        .hasMessageStartingWith("cannot connect to the database me@127.0.0.1:1/db: ")
        .hasMessageNotContaining("secret")
        .message()
        .hasLineCount(1);
  }
}
