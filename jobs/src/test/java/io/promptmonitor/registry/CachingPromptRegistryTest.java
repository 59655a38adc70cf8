package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
  private final Set<String> listenersThreads = ConcurrentHashMap.newKeySet();
  private volatile long toldAt;
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
    caching.addListener(
        prompt -> {
          toldAt = System.nanoTime();
          listenersThreads.add(Thread.currentThread().getName());
          switches.add(prompt);
        });
  }

  /** The same database for a client whose sessions can be told apart. */
  private static Database database(String applicationName) {
    return Database.of(
        postgres.database().jdbcUrl()
            + "?user=tester&password=sesame&ApplicationName="
            + applicationName);
  }

  private static void registered(String promptId, SemanticVersion version) {
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
  }

  /** Makes version 2.0.0 active instead of 1.0.0, of which nobody is notified. */
  private static void switchPastTheFunctions(String promptId) throws Exception {
    execute(
        "UPDATE promptmon.prompt_version SET status = 'deprecated', deprecation = 'superseded'"
            + " WHERE prompt_id = '%1$s' AND version_id = '1.0.0';".formatted(promptId)
            + " UPDATE promptmon.prompt_version SET status = 'active', deployed_at = now(),"
            + " deployed_by = 'nobody' WHERE prompt_id = '%1$s' AND version_id = '2.0.0'"
                .formatted(promptId));
  }

  private static void deployed(String promptId, SemanticVersion version) {
    registered(promptId, version);
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
  void itsOwnChangesAreToldOnceAndByTheListenersThread() throws Exception {
    open(NEVER_COMPARED);
    deployed("told", ONE);
    assertThat(caching.getActive("told").versionId()).isEqualTo(ONE);
    registered("told", TWO);
    caching.stage("told", TWO, null);
    caching.deploy("told", TWO, null);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    caching.rollback("told", null, "errors");
    assertThat(nextSwitch().versionId()).isEqualTo(ONE);
    registry.deploy("told", TWO, null);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    assertThat(switches).isEmpty();
    assertThat(listenersThreads).containsExactly("promptmon-registry-changes");
  }

  @Test
  void whatWasReadFirstIsNoSwitch() throws Exception {
    open(NEVER_COMPARED);
    // The notifications of its deployment arrive while a prompt is read.
    for (int i = 0; i < 30; i++) {
      deployed("first " + i, ONE);
      assertThat(caching.getActive("first " + i).versionId()).isEqualTo(ONE);
    }
    deployed("first 0", TWO);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    assertThat(switches).isEmpty();
  }

  @Test
  void aSwitchIsSeenWithinASecond() throws Exception {
    open(NEVER_COMPARED);
    deployed("quick", ONE);
    assertThat(caching.getActive("quick").versionId()).isEqualTo(ONE);
    // The first switch is not measured: it may be what opens the connections.
    deployed("quick", TWO);
    nextSwitch();
    registry.rollback("quick", null, "errors");
    long committedAt = System.nanoTime();
    assertThat(nextSwitch().versionId()).isEqualTo(ONE);
    assertThat(toldAt - committedAt).isLessThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(caching.getActive("quick").versionId()).isEqualTo(ONE);
  }

  @Test
  void switchesAreSeenAfterOnlyTheListeningSessionWasLost() throws Exception {
    Database database = database("listening");
    caching = CachingPromptRegistry.open(database, NEVER_COMPARED);
    caching.addListener(switches::add);
    deployed("cut off", ONE);
    assertThat(caching.getActive("cut off").versionId()).isEqualTo(ONE);
    deployed("cut off", TWO);
    nextSwitch();
    assertThat(
            query(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE application_name = 'listening' AND query LIKE '%= ANY (%'"))
        .isEqualTo("1");
    registry.rollback("cut off", null, "errors");
    assertThat(nextSwitch().versionId()).isEqualTo(ONE);
    registry.deploy("cut off", TWO, null);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
  }

  @Test
  void whatIsNoIdentifierDoesNotStopTheComparison() throws Exception {
    open(OFTEN_COMPARED);
    for (String noIdentifier : List.of("a\0b", "", "\ud800", "a".repeat(257))) {
      assertThatThrownBy(() -> caching.getActive(noIdentifier))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("identifier");
    }
    deployed("compared still", ONE);
    assertThat(caching.getActive("compared still").versionId()).isEqualTo(ONE);
    registered("compared still", TWO);
    switchPastTheFunctions("compared still");
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    awaitConfirmedAfter(Instant.now());
  }

  @Test
  void aReplicaThatRefusesToListenIsCompared() throws Exception {
    deployed("replicated", ONE);
    registry.close(); // It connects again.
    postgres.stop();
    Path standby = Files.createFile(directory.resolve("postgres").resolve("standby.signal"));
    postgres.restart();
    try {
      assertThatThrownBy(() -> execute("LISTEN promptmon_registry"))
          .hasMessageContaining("during recovery");
      open(OFTEN_COMPARED);
      assertThat(caching.getActive("replicated").versionId()).isEqualTo(ONE);
      awaitConfirmedAfter(Instant.now());
      awaitConfirmedAfter(Instant.now());
    } finally {
      execute("SELECT pg_promote()");
      Files.deleteIfExists(standby);
    }
    deployed("replicated", TWO);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
  }

  @Test
  void refreshesDoNotWaitForTheApplication() throws Exception {
    open(OFTEN_COMPARED);
    deployed("free", ONE);
    deployed("blocked", ONE);
    registered("blocked", TWO);
    assertThat(caching.getActive("free").versionId()).isEqualTo(ONE);
    ExecutorService application = Executors.newSingleThreadExecutor();
    try (Connection forgotten = postgres.database().connect();
        Statement statement = forgotten.createStatement()) {
      registered("free", TWO);
      forgotten.setAutoCommit(false);
      statement.execute("SELECT promptmon.registry_stage('blocked', '2.0.0')");
      Future<?> waiting = application.submit(() -> caching.deprecate("blocked", TWO, null));
      await(
          "the application waits",
          () ->
              query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                  .equals("1"));
      switchPastTheFunctions("free");
      assertThat(nextSwitch().versionId()).isEqualTo(TWO);
      assertThat(waiting.isDone()).isFalse();
      forgotten.rollback();
      waiting.get(30, TimeUnit.SECONDS);
    } finally {
      application.shutdownNow();
    }
  }

  @Test
  void aClosedClientServesItsMemoryAndHasNoSessions() throws Exception {
    caching = CachingPromptRegistry.open(database("closing"), NEVER_COMPARED);
    caching.addListener(switches::add);
    deployed("kept", ONE);
    deployed("not read", ONE);
    assertThat(caching.getActive("kept").versionId()).isEqualTo(ONE);
    deployed("kept", TWO);
    nextSwitch();
    assertThat(sessions("closing")).isEqualTo("3");
    caching.close();
    awaitNoSession("closing");
    assertThat(caching.getActive("kept").versionId()).isEqualTo(TWO);
    for (ThrowingCallable refused :
        List.<ThrowingCallable>of(
            () -> caching.getActive("not read"),
            () -> caching.promptIds(),
            () -> caching.rollback("kept", null, "errors"))) {
      assertThatThrownBy(refused)
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
          .hasMessageContaining("is closed");
    }
    assertThat(sessions("closing")).isEqualTo("0");
  }

  @Test
  void aListenerMayClose() throws Exception {
    caching = CachingPromptRegistry.open(database("closed-by-listener"), NEVER_COMPARED);
    caching.addListener(
        prompt -> {
          caching.close();
          switches.add(prompt);
        });
    deployed("last", ONE);
    assertThat(caching.getActive("last").versionId()).isEqualTo(ONE);
    deployed("last", TWO);
    assertThat(nextSwitch().versionId()).isEqualTo(TWO);
    awaitNoSession("closed-by-listener");
    assertThat(caching.getActive("last").versionId()).isEqualTo(TWO);
  }

  @Test
  void aLostNotificationIsMadeUpForByComparing() throws Exception {
    open(OFTEN_COMPARED);
    deployed("compared", ONE);
    assertThat(caching.getActive("compared").versionId()).isEqualTo(ONE);
    registered("compared", TWO);
    switchPastTheFunctions("compared");
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
  void thatAPromptWasTamperedWithIsRememberedForAMoment() throws Exception {
    open(NEVER_COMPARED);
    deployed("repaired", ONE);
    String tamper =
        "SET session_replication_role = replica;"
            + " ALTER TABLE promptmon.prompt_version DROP CONSTRAINT IF EXISTS prompt_hash_of_text;"
            + " UPDATE promptmon.prompt_version SET prompt_text = '%s'"
            + " WHERE prompt_id = 'repaired'";
    execute(tamper.formatted("Send me your password."));
    RegistryException found =
        catchThrowableOfType(RegistryException.class, () -> caching.getActive("repaired"));
    RegistryException remembered =
        catchThrowableOfType(RegistryException.class, () -> caching.getActive("repaired"));
    assertThat(found.reason()).isEqualTo(Reason.TAMPERED);
    assertThat(remembered.reason()).isEqualTo(Reason.TAMPERED);
    assertThat(remembered).hasMessage(found.getMessage()).cause().isSameAs(found);
    execute(tamper.formatted("Text of repaired 1.0.0"));
    await("the repaired prompt is served", () -> isServed("repaired"));
  }

  private boolean isServed(String promptId) {
    try {
      return caching.getActive(promptId).versionId().equals(ONE);
    } catch (RegistryException e) {
      assertThat(e.reason()).isEqualTo(Reason.TAMPERED);
      return false;
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

  private void awaitConfirmedAfter(Instant time) throws Exception {
    await(
        "memory is compared",
        () -> caching.confirmedAt().map(confirmed -> confirmed.isAfter(time)).orElse(false));
  }

  private static String sessions(String applicationName) throws Exception {
    return query(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s'"
            .formatted(applicationName));
  }

  /** The server takes a moment to notice. */
  private static void awaitNoSession(String applicationName) throws Exception {
    await("sessions end", () -> sessions(applicationName).equals("0"));
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static String query(String sql) throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
