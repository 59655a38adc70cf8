package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever registers by SQL alone can register nothing that Java cannot read. */
class DefinitionCheckTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final String TEXT = "Say hello.";
  private static final String HASH = PromptHash.of(TEXT);
  private static final String START =
      "{\"PromptVersion\":{\"version_id\":\"1.0.0\",\"prompt_hash\":\"" + HASH + "\"";
  private static final String REFUSED = "the definition cannot be registered: ";

  private PostgresPromptRegistry registry;

  @BeforeEach
  void clear() {
    RegistryDatabase.clear(postgres.database());
    registry = new PostgresPromptRegistry(postgres.database());
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private static void register(@Nullable String definition) throws SQLException {
    try (Connection connection = postgres.database().connect();
        PreparedStatement statement =
            connection.prepareStatement("SELECT promptmon.registry_register('p', ?::json, ?)")) {
      statement.setString(1, definition);
      statement.setString(2, TEXT);
      statement.execute();
    }
  }

  private void assertRefused(@Nullable String definition, String message) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> register(definition));
    assertThat((Throwable) e).as("%s", definition).isNotNull();
    assertThat(Database.reason(e)).startsWith(message).hasLineCount(1);
    assertThat(e.getSQLState()).isEqualTo("22023");
    assertThat(registry.promptIds()).isEmpty();
  }

  /** What follows the version's number and hash in the block PromptVersion. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          "prompt_text": "Say hello."                          | PromptVersion.prompt_text is not a known key
          "deployment": {"status": "active"}                   | PromptVersion.deployment is not a known key
          "version_id": "1.0.0"                                | PromptVersion.version_id is given twice
          "created_at": "now"                                  | PromptVersion.created_at must be a time such as 2026-01-31T12:00:00Z, found "now"
          "created_at": "infinity"                             | PromptVersion.created_at must be a time
          "created_at": "2026-01-31 12:00"                     | PromptVersion.created_at must be a time
          "created_at": "2026-02-30T12:00:00Z"                 | PromptVersion.created_at must be a time
          "created_at": "0000-01-01T12:00:00Z"                 | PromptVersion.created_at must be a time
          "created_at": 1767225600                             | PromptVersion.created_at must be a time
          "created_by": 7                                      | PromptVersion.created_by must be a text of one line, at most 256 characters, found 7
          "created_by": "a\\nb"                                | PromptVersion.created_by must be a text of one line
          "created_by": " "                                    | PromptVersion.created_by must be a text of one line
          "created_by": "a\\u0000b"                            | the definition has a text or a number that cannot be stored: unsupported Unicode escape sequence
          "created_by": "a\\ud800b"                            | the definition has a text or a number that cannot be stored: invalid input syntax for type json
          "exploration": "root"                                | PromptVersion.exploration must be an object, found "root"
          "exploration": {"way": "root"}                       | PromptVersion.exploration.way is not a known key
          "exploration": {"path": ["root"]}                    | PromptVersion.exploration.path must be a text of one line
          "exploration": {"techniques": "few-shot"}            | PromptVersion.exploration.techniques must be an array of texts, found "few-shot"
          "exploration": {"techniques": null}                  | PromptVersion.exploration.techniques must be an array of texts, found null
          "exploration": {"techniques": ["few-shot", 3]}       | PromptVersion.exploration.techniques must be an array of texts of one line
          "exploration": {"techniques": [null]}                | PromptVersion.exploration.techniques must be an array of texts of one line
          "exploration": {"techniques": ["a", "b", "a"]}       | PromptVersion.exploration.techniques must not have a text twice
          "performance": []                                    | PromptVersion.performance must be an object, found []
          "performance": {"quality": 8}                        | PromptVersion.performance.quality is not a known key
          "performance": {"predicted_quality": 10.1}           | PromptVersion.performance.predicted_quality must be a number from 0 to 10, found 10.1
          "performance": {"predicted_quality": -1}             | PromptVersion.performance.predicted_quality must be a number from 0 to 10, found -1
          "performance": {"predicted_quality": "8"}            | PromptVersion.performance.predicted_quality must be a number from 0 to 10, found "8"
          "performance": {"predicted_quality": "NaN"}          | PromptVersion.performance.predicted_quality must be a number from 0 to 10, found "NaN"
          "performance": {"predicted_quality": true}           | PromptVersion.performance.predicted_quality must be a number from 0 to 10, found true
          "performance": {"baseline_accuracy": 95}             | PromptVersion.performance.baseline_accuracy must be a number from 0 to 1, found 95
          "performance": {"baseline_accuracy": "95%"}          | PromptVersion.performance.baseline_accuracy must be a number from 0 to 1, found "95%"
          "performance": {"baseline_latency_p50": 0}           | PromptVersion.performance.baseline_latency_p50 must be a number of milliseconds above 0, found 0
          "performance": {"baseline_latency_p95": -1e3}        | PromptVersion.performance.baseline_latency_p95 must be a number of milliseconds above 0, found -1e3
          "performance": {"baseline_latency_p95": 1e300}       | PromptVersion.performance.baseline_latency_p95 must be a number of milliseconds above 0
          "performance": {"baseline_latency_p95": 1e999999}    | the definition has a text or a number that cannot be stored
          "rollback": {"auto_rollback_enabled": "yes"}         | PromptVersion.rollback.auto_rollback_enabled must be true or false, found "yes"
          "rollback": {"auto_rollback_enabled": null}          | PromptVersion.rollback.auto_rollback_enabled must be true or false, found null
          "rollback": {"reference": "latest"}                  | PromptVersion.rollback.reference must be a semantic version such as 1.0.0
          "rollback": {"reference": 1.0}                       | PromptVersion.rollback.reference must be a semantic version such as 1.0.0
          "rollback": {"to": "0.9.0"}                          | PromptVersion.rollback.to is not a known key
          "a\\nkey": 1                                         | PromptVersion.a key is not a known key
          """)
  void aNonsensicalVersionIsOneLine(String entry, String problem) {
    String message = problem.startsWith("the definition") ? problem : REFUSED + problem;
    assertRefused(START + ", " + entry + "}}", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          []                                               | the definition must be a JSON object
          "1.0.0"                                          | the definition must be a JSON object
          null                                             | the definition must be a JSON object
          {}                                               | the definition lacks PromptVersion.version_id
          {"PromptVersion": {}}                            | the definition lacks PromptVersion.version_id
          {"PromptVersion": []}                            | the definition cannot be registered: PromptVersion must be an object
          {"PromptVersion": {"version_id": "1.0.0"}}       | the definition lacks PromptVersion.prompt_hash
          {"PromptVersion": {"version_id": 1.0}}           | the definition cannot be registered: PromptVersion.version_id must be a semantic version
          {"PromptVersion": {"version_id": "1.0"}}         | the definition cannot be registered: PromptVersion.version_id must be a semantic version
          {"PromptVersion": {"prompt_hash": "SHA"}}        | the definition cannot be registered: PromptVersion.prompt_hash must be a SHA-256
          {"prompt_id": "p"}                               | the definition cannot be registered: prompt_id is not a known key
          {"PromptVersion.version_id": "1.0.0"}            | the definition cannot be registered: PromptVersion.version_id is not a known key
          {"deployment_specification": "none"}             | the definition cannot be registered: deployment_specification must be an object
          {"exploration_analysis": [1]}                    | the definition cannot be registered: exploration_analysis must be an object
          """)
  void aNonsensicalDefinitionIsOneLine(String definition, String message) {
    assertRefused(definition, message);
  }

  @Test
  void noDefinitionIsOneLine() {
    assertRefused(null, "the definition must be a JSON object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", \"created_at\": \"2026-01-31T12:00:00.123456789Z\", \"created_by\": \"Zoë 👋\"",
        ", \"created_at\": \"2026-01-31T12:00+02:00\"",
        ", \"exploration\": {\"path\": \"root → A\", \"techniques\": [\"a\", \"b\"], \"complexity\": \"low\"}",
        ", \"exploration\": {}, \"performance\": {}, \"rollback\": {}",
        ", \"performance\": {\"predicted_quality\": 0, \"baseline_accuracy\": 1.0,"
            + " \"baseline_latency_p50\": 8e2, \"baseline_latency_p95\": 0.5}",
        ", \"rollback\": {\"reference\": \"0.9.0-rc.1+5\", \"auto_rollback_enabled\": false}",
      })
  void whatIsAcceptedIsRead(String entries) throws Exception {
    String definition = START + entries + "}}";
    register(definition);
    assertThat(registry.version("p", SemanticVersion.parse("1.0.0")).definition())
        .isEqualTo(VersionDefinitionJson.read(definition));
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void whatJavaWritesIsAccepted() throws Exception {
    Path directory =
        Path.of(System.getProperty("promptmonitor.root", ".."), "examples", "registry");
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        VersionFile file = VersionFile.read(path);
        registry.register("p", file.definition(), file.promptText());
        assertThat(registry.version("p", file.definition().versionId()).definition())
            .isEqualTo(file.definition());
      }
    }
    assertThat(registry.versions("p")).hasSize(2);
  }
}
