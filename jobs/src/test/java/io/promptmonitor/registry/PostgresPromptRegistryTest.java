package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.definition;
import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.rollback;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.text;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class PostgresPromptRegistryTest extends PromptRegistryContract {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private PostgresPromptRegistry registry;

  @Override
  PromptRegistry newRegistry() {
    RegistryDatabase.clear(postgres.database());
    registry = new PostgresPromptRegistry(postgres.database());
    return registry;
  }

  @AfterEach
  void close() {
    registry.close();
  }

  /** 1.0.0 was replaced by 1.1.0, which is active. */
  private void givenTwoDeployed() {
    registry.execute(
        List.of(
            register("p", "1.0.0"),
            stage("p", "1.0.0"),
            deploy("p", "1.0.0"),
            register("p", "1.1.0"),
            stage("p", "1.1.0"),
            deploy("p", "1.1.0")));
  }

  @Test
  void changesAreReadInPieces() {
    givenTwoDeployed();
    List<RegistryChange> all = registry.changesAfter(0, 100);
    assertThat(all.stream().map(RegistryChange::event)).isEqualTo(registry.history(null));
    assertThat(all.get(0).definition()).isEqualTo(definition("1.0.0"));
    assertThat(all.get(3).definition()).isEqualTo(definition("1.1.0"));
    assertThat(registry.changesAfter(2, 3)).isEqualTo(all.subList(2, 5));
    assertThat(registry.changesAfter(6, 3)).isEmpty();
  }

  @Test
  void listenersAreToldWhenAChangeIsCommitted() throws Exception {
    registry.execute(List.of(register("a prompt", "1.0.0")));
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN promptmon_registry");
      registry.execute(List.of(stage("a prompt", "1.0.0"), deploy("a prompt", "1.0.0")));
      PGNotification[] notifications =
          connection.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(notifications)
          .extracting(PGNotification::getParameter)
          .containsExactly("2 a prompt", "3 a prompt");
    }
  }

  @Test
  void analystsSeeVersionsAndPeriods() {
    givenTwoDeployed();
    registry.execute(List.of(rollback("p", null)));
    assertThat(
            postgres.query(
                """
                SELECT version_id, status, deprecation, predicted_quality, auto_rollback_enabled, techniques
                FROM registered_version ORDER BY version_id
                """))
        .isEqualTo("1.0.0|active|NULL|8.5|t|NULL\n1.1.0|deprecated|rolled_back|8.5|t|NULL");
    assertThat(
            postgres.query(
                """
                SELECT version_id, active_until IS NULL, active_from = lag(active_until) OVER (ORDER BY active_from)
                FROM active_period ORDER BY active_from
                """))
        .isEqualTo("1.0.0|f|NULL\n1.1.0|f|t\n1.0.0|t|t");
    assertThat(
            postgres.query(
                "SELECT version_id, sha256_hex(prompt_text) = prompt_hash FROM active_prompt"))
        .isEqualTo("1.0.0|t");
  }

  @Test
  void theDatabaseItselfRefusesWhatTheFunctionsNeverDo() {
    givenTwoDeployed();
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET created_by = 'me'",
        "what was registered never changes");
    assertRefusedByDatabase("DELETE FROM promptmon.prompt_version", "versions are kept");
    assertRefusedByDatabase("TRUNCATE promptmon.prompt_version CASCADE", "is refused");
    assertRefusedByDatabase(
        "UPDATE promptmon.registry_event SET actor = 'me'", "the history is never rewritten");
    assertRefusedByDatabase(
        "DELETE FROM promptmon.registry_event", "the history is never rewritten");
    assertRefusedByDatabase("TRUNCATE promptmon.registry_event", "the history is never rewritten");
    assertRefusedByDatabase("DELETE FROM promptmon.prompt", "prompts are kept");
    assertRefusedByDatabase("DELETE FROM promptmon.registry_lock", "is refused");
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET status = 'active', deprecation = NULL",
        "prompt_version_active");
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET status = 'deprecated', deprecation = 'superseded'",
        "p would be left without an active version");
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET deprecation = 'superseded' WHERE status = 'active'",
        "deprecation_if_deprecated");
    String back = "a version never goes back in its life cycle";
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET status = 'draft', deployed_at = NULL, deployed_by = NULL"
            + " WHERE status = 'active'",
        back);
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET status = 'staged' WHERE status = 'active'", back);
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET deprecation = 'withdrawn', deployed_at = NULL, deployed_by = NULL"
            + " WHERE version_id = '1.0.0'",
        back);
    // Whatever the version that was active becomes.
    assertRefusedByDatabase(
        "ALTER TABLE promptmon.prompt_version DISABLE TRIGGER prompt_version_never_goes_back;"
            + " UPDATE promptmon.prompt_version SET status = 'draft', deployed_at = NULL, deployed_by = NULL"
            + " WHERE status = 'active';"
            + " SET CONSTRAINTS ALL IMMEDIATE",
        "p would be left without an active version");
    registry.deprecate("p", v("1.0.0"), null);
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET deprecation = 'superseded' WHERE version_id = '1.0.0'",
        back);
    registry.register("p", definition("1.2.0"), text("1.2.0"));
    registry.stage("p", v("1.2.0"), null);
    assertRefusedByDatabase(
        "UPDATE promptmon.prompt_version SET status = 'draft' WHERE version_id = '1.2.0'", back);
    assertThat(registry.verify()).isEmpty();
  }

  private static void assertRefusedByDatabase(String sql, String message) {
    assertThatThrownBy(() -> postgres.execute(sql)).rootCause().hasMessageContaining(message);
  }

  @Test
  void aForgottenTransactionIsNamed() throws Exception {
    givenTwoDeployed();
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT promptmon.registry_rollback('p', NULL, 'forgotten')");
      // Not to wait for ten seconds.
      postgres.execute("ALTER FUNCTION promptmon.registry_deploy SET lock_timeout = '100ms'");
      RegistryException refused =
          catchThrowableOfType(
              RegistryException.class, () -> registry.deploy("p", v("1.0.0"), null));
      assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(refused)
          .hasMessageStartingWith("another transaction that changes the registry has not ended");
      // Who reads does not wait.
      assertThat(registry.getActive("p").versionId()).isEqualTo(v("1.1.0"));
      connection.rollback();
    } finally {
      postgres.execute("ALTER FUNCTION promptmon.registry_deploy SET lock_timeout = '10s'");
    }
    registry.deploy("p", v("1.0.0"), null);
  }

  @Test
  void aTransactionWithAnOldSnapshotIsRefused() {
    givenTwoDeployed();
    assertRefusedByDatabase(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT promptmon.registry_deploy('p', '1.0.0')",
        "READ COMMITTED");
  }

  @Test
  void connectsAgainWhenTheConnectionWasLost() {
    givenTwoDeployed();
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    assertThatThrownBy(() -> registry.getActive("p"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("cannot use the registry in ");
    assertThat(registry.getActive("p").promptText()).isEqualTo(text("1.1.0"));
  }

  @Test
  void aDatabaseThatIsAwayOrEmptyIsOneLine() {
    try (PostgresPromptRegistry away =
            new PostgresPromptRegistry(Database.of("postgresql://me:secret@127.0.0.1:1/db"));
        PostgresPromptRegistry empty =
            new PostgresPromptRegistry(PostgresExtension.emptyDatabase())) {
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> away.getActive("p"));
      assertThat(refused.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(refused)
          .hasMessageStartingWith("cannot connect to the registry in me@127.0.0.1:1/db: ")
          .hasMessageNotContaining("secret");
      assertThatThrownBy(() -> empty.getActive("p"))
          .isInstanceOf(RegistryException.class)
          .hasMessageEndingWith("has no registry, or an old one: run promptmon migrate");
      assertThatThrownBy(() -> empty.deploy("p", v("1.0.0"), null))
          .isInstanceOf(RegistryException.class)
          .hasMessageEndingWith("has no registry, or an old one: run promptmon migrate");
    }
  }
}
