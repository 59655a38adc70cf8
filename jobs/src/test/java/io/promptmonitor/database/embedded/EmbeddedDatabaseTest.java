package io.promptmonitor.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.database.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

  @TempDir private Path parent;

  private final List<String> progress = new ArrayList<>();

  private Path directory() {
    // A name that a shell would trip over.
    return parent.resolve("it's a $HOME \"dir\"").resolve(".promptmon");
  }

  private EmbeddedDatabase open() {
    return EmbeddedDatabase.open(directory(), progress::add);
  }

  private static String single(Database database, String query) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void dataIsKeptFromOneCommandToTheNext() throws Exception {
    try (EmbeddedDatabase embedded = open()) {
      PostgresExtension.execute(
          embedded.database(), "CREATE TABLE public.t AS SELECT 'kept' AS what");
    }
    assertThat(progress).anyMatch(line -> line.startsWith("creating a PostgreSQL database"));
    progress.clear();
    try (EmbeddedDatabase embedded = open()) {
      assertThat(single(embedded.database(), "SELECT what FROM public.t")).isEqualTo("kept");
    }
    assertThat(progress).hasSize(1).allMatch(line -> line.startsWith("starting PostgreSQL"));
  }

  @Test
  void isDurableAndPrivate() throws Exception {
    try (EmbeddedDatabase embedded = open()) {
      assertThat(single(embedded.database(), "SHOW fsync")).isEqualTo("on");
      assertThat(single(embedded.database(), "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(single(embedded.database(), "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(embedded.database().toString())
          .doesNotContain(Files.readString(directory().resolve("password")).strip());
    }
    assertThat(Files.getPosixFilePermissions(directory()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(Files.getPosixFilePermissions(directory().resolve("password")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}
