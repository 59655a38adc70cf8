package io.promptmonitor.database;

import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A command as far as the embedded database is concerned: opens it, says its port, and closes it
 * when standard input ends.
 */
public final class EmbeddedDatabaseProgram {

  private EmbeddedDatabaseProgram() {}

  public static void main(String[] args) throws Exception {
    try (EmbeddedDatabase embedded = EmbeddedDatabase.open(Path.of(args[0]), line -> {})) {
      System.out.println(embedded.database().jdbcUrl());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
