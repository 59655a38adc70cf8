package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.embedded.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code docs/data-dictionary.md} is what the database says of itself; with {@code
 * -Dpromptmonitor.golden.write=true} it is written anew.
 */
class DataDictionaryTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Path FILE =
      Path.of(System.getProperty("promptmonitor.root"), "docs", "data-dictionary.md");

  @Test
  void saysWhatTheCatalogSays() throws Exception {
    try (Connection connection = postgres.database().connect()) {
      String text = new DataDictionary(connection).text();
      if (Boolean.getBoolean("promptmonitor.golden.write")) {
        Files.writeString(FILE, text);
      }
      assertThat(Files.readString(FILE))
          .as("docs/data-dictionary.md; -Dpromptmonitor.golden.write=true writes it anew")
          .isEqualTo(text);
    }
  }

  @Test
  void whatHasNoCommentIsAnError() throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE promptmon.mine (i int, j int)");
      statement.execute("COMMENT ON COLUMN promptmon.mine.i IS 'A number.'");
      statement.execute("CREATE FUNCTION promptmon.my_one() RETURNS int LANGUAGE sql RETURN 1");
      assertThatThrownBy(() -> new DataDictionary(connection).text())
          .hasMessage("no comment on mine, mine.j, my_one()");
      connection.rollback();
    }
  }
}
