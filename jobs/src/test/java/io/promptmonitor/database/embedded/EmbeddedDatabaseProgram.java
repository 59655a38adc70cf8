package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A command as far as the embedded database is concerned: opens it, says its URL, and closes it
 * when standard input ends. When terminated it says whether the database answers.
 */
public final class EmbeddedDatabaseProgram {

  private EmbeddedDatabaseProgram() {}

  public static void main(String[] args) throws Exception {
    try (EmbeddedDatabase embedded = EmbeddedDatabase.open(Path.of(args[0]), line -> {})) {
      embedded.addExitAction(() -> System.out.println(answer(embedded.database())));
      System.out.println(embedded.database().jdbcUrl());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static String answer(Database database) {
    try (Connection connection = database.connect()) {
      return connection.isValid(5) ? "still answers" : "invalid";
    } catch (SQLException e) {
      return Database.reason(e);
    }
  }
}
