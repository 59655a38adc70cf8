package io.promptmonitor.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://me:p%40ss%2Fw+rd@h1:5433,h2/the%20db?sslmode=require",
        "postgres://me:p%40ss%2Fw+rd@h1:5433,h2/the%20db?sslmode=require",
        "jdbc:postgresql://h1:5433,h2/the%20db?user=me&sslmode=require&password=p%40ss%2Fw+rd",
      })
  void readsEveryFormOfAUrl(String url) {
    Database database = Database.of(url);
    assertThat(database.jdbcUrl()).isEqualTo("jdbc:postgresql://h1:5433,h2/the%20db");
    assertThat(database.properties())
        .containsEntry("user", "me")
        .containsEntry("password", "p@ss/w+rd")
        .containsEntry("sslmode", "require")
        .containsEntry("currentSchema", "promptmon");
    assertThat(database).hasToString("me@h1:5433,h2/the db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "mysql://me:secret@host/db",
        "postgresql://me:secret@host",
        "postgresql://me:secret@host/",
        "postgresql://me:secret@/db",
        "postgresql:///secret",
        "postgresql://me:secret%zz@host/db"
      })
  void aMalformedUrlIsExplainedButNotQuoted(String url) {
    assertThatThrownBy(() -> Database.of(url))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("expected postgresql://")
        .hasMessageNotContaining("secret");
  }

  @Test
  void theEnvironmentMayNameNone() {
    assertThat(Database.fromEnvironment(Map.of())).isNull();
    assertThat(Database.fromEnvironment(Map.of("PROMPTMON_DB_URL", " "))).isNull();
    assertThat(Database.fromEnvironment(Map.of("PROMPTMON_DB_URL", "postgresql://h/d")))
        .hasToString("h/d");
  }
}
