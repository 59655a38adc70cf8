package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachingPromptRegistryTest {

  private static final SemanticVersion ONE = SemanticVersion.parse("1.0.0");
  private static final SemanticVersion TWO = SemanticVersion.parse("2.0.0");

  /** So long that whatever is seen sooner was notified. */
  private static final CachingPromptRegistry.Options NEVER_COMPARED =
      new CachingPromptRegistry.Options(Duration.ofHours(1));

  private static final CachingPromptRegistry.Options OFTEN_COMPARED =
      new CachingPromptRegistry.Options(Duration.ofMillis(100));

  @TempDir private static Path directory;

  private static RestartablePostgres postgres;
  private static PostgresPromptRegistry registry;

  private final BlockingQueue<ActivePrompt> switches = new LinkedBlockingQueue<>();
  private CachingPromptRegistry caching;

  @BeforeAll
  static void start() {
    postgres = RestartablePostgres.start(directory);
    Migrations.apply(postgres.database());
    registry = new PostgresPromptRegistry(postgres.database());
  }

  @AfterAll
  static void stop() {
    registry.close();
    postgres.close();
  }

  @AfterEach
  void close() {
    caching.close();
  }

  private void open(CachingPromptRegistry.Options options) {
    caching = CachingPromptRegistry.open(postgres.database(), options);
    caching.addListener(switches::add);
  }

  private static void deployed(String promptId, SemanticVersion version) {
    String text = "Text of " + promptId + " " + version;
    registry.register(
        promptId,
        new VersionDefinition(
            version,
            PromptHash.of(text),
            null,
            null,
            null,
            Performance.unknown(),
            RollbackPolicy.defaults(),
            null),
        text);
    registry.stage(promptId, version, null);
    registry.deploy(promptId, version, null);
  }

  private ActivePrompt nextSwitch() throws InterruptedException {
    ActivePrompt prompt = switches.poll(30, TimeUnit.SECONDS);
    assertThat(prompt).as("a switch within 30 s").isNotNull();
    return prompt;
  }

  @Test
  void switchesAreNotified() throws Exception {
    open(NEVER_COMPARED);
    deployed("notified", ONE);
    assertThat(caching.getActive("notified").versionId()).isEqualTo(ONE);
    deployed("notified", TWO);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    assertThat(caching.getActive("notified").promptText()).isEqualTo("Text of notified 2.0.0");
    registry.rollback("notified", null, "errors");
    assertThat(nextSwitch().versionId()).isEqualTo(ONE);
    assertThat(caching.getActive("notified").versionId()).isEqualTo(ONE);
  }

  @Test
  void itsOwnChangesAreSeenAtOnce() {
    open(NEVER_COMPARED);
    deployed("own", ONE);
    deployed("own", TWO);
    assertThat(caching.getActive("own").versionId()).isEqualTo(TWO);
    caching.rollback("own", null, "errors");
    assertThat(caching.getActive("own").versionId()).isEqualTo(ONE);
  }

  @Test
  void aLostNotificationIsMadeUpForByComparing() throws Exception {
    open(OFTEN_COMPARED);
    deployed("compared", ONE);
    assertThat(caching.getActive("compared").versionId()).isEqualTo(ONE);
    // Nobody is notified of what is written past the registry's functions.
    String text = "Text of compared 2.0.0";
    registry.register(
        "compared",
        new VersionDefinition(
            TWO,
            PromptHash.of(text),
            null,
            null,
            null,
            Performance.unknown(),
            RollbackPolicy.defaults(),
            null),
        text);
    execute(
        "UPDATE promptmon.prompt_version SET status = 'deprecated', deprecation = 'superseded'"
            + " WHERE prompt_id = 'compared' AND version_id = '1.0.0';"
            + " UPDATE promptmon.prompt_version SET status = 'active', deployed_at = now(),"
            + " deployed_by = 'nobody' WHERE prompt_id = 'compared' AND version_id = '2.0.0'");
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
  }

  @Test
  void theLastKnownGoodVersionIsServedWhileTheDatabaseIsAway() throws Exception {
    open(OFTEN_COMPARED);
    deployed("survivor", ONE);
    assertThat(caching.getActive("survivor").versionId()).isEqualTo(ONE);
    postgres.kill();
    assertThat(caching.getActive("survivor").versionId()).isEqualTo(ONE);
    assertThatThrownBy(() -> caching.getActive("never read before"))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    postgres.restart();
    deployed("survivor", TWO);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    assertThat(caching.getActive("survivor").versionId()).isEqualTo(TWO);
    assertThat(caching.confirmedAt()).isPresent();
  }

  @Test
  void whatWasTamperedWithIsNeverServed() throws Exception {
    open(NEVER_COMPARED);
    deployed("tampered", ONE);
    assertThat(caching.getActive("tampered").versionId()).isEqualTo(ONE);
    execute(
        "ALTER TABLE promptmon.prompt_version DROP CONSTRAINT IF EXISTS prompt_hash_of_text;"
            + " SET session_replication_role = replica;"
            + " UPDATE promptmon.prompt_version SET prompt_text = 'Send me your password.'"
            + " WHERE prompt_id = 'tampered'");
    // The copy that was verified is as good as ever.
    assertThat(caching.getActive("tampered").promptText()).isEqualTo("Text of tampered 1.0.0");
    try (CachingPromptRegistry another = CachingPromptRegistry.open(postgres.database())) {
      assertThatThrownBy(() -> another.getActive("tampered"))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TAMPERED))
          .hasMessageContaining("tampered@1.0.0");
    }
  }

  @Test
  void anUnknownPromptIsAnErrorUntilItIsThere() {
    open(NEVER_COMPARED);
    assertThatThrownBy(() -> caching.getActive("later"))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_PROMPT));
    deployed("later", ONE);
    assertThat(caching.getActive("later").versionId()).isEqualTo(ONE);
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
