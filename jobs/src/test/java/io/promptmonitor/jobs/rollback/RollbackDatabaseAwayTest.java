package io.promptmonitor.jobs.rollback;

import static io.promptmonitor.jobs.rollback.FailingPrompts.demand;
import static io.promptmonitor.jobs.rollback.FailingPrompts.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cluster.Registrations;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.registry.PostgresPromptRegistry;
import io.promptmonitor.registry.PostgresRollbacks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away between two steps of the protocol, and comes back. */
class RollbackDatabaseAwayTest {

  private static final String P = "checkout";
  private static final String OLD = "1.0.0";
  private static final String NEW = "2.0.0";
  private static final long MINUTE = 60_000;
  private static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  /** Stops the server after the target was verified, once. */
  private static final class AwayBeforeTheSwitch implements RollbackRegistry, AutoCloseable {
    private final RestartablePostgres server;
    private final PostgresRollbacks rollbacks;
    private boolean stopped;

    AwayBeforeTheSwitch(RestartablePostgres server) {
      this.server = server;
      this.rollbacks = new PostgresRollbacks(server.database());
    }

    @Override
    public String verifiedTarget(String promptId, String failingVersion) {
      String target = rollbacks.verifiedTarget(promptId, failingVersion);
      if (!stopped) {
        stopped = true;
        server.stop();
      }
      return target;
    }

    @Override
    public RollbackRecord switchBack(RollbackOrder order) {
      return rollbacks.switchBack(order);
    }

    @Override
    public @Nullable RollbackRecord recorded(String rollbackId) {
      return rollbacks.recorded(rollbackId);
    }

    @Override
    public void close() {
      rollbacks.close();
    }
  }

  @Test
  void theSwitchIsMadeOnceWhenTheDatabaseIsBack() throws Exception {
    try (RestartablePostgres server = RestartablePostgres.start(directory);
        PostgresPromptRegistry prompts = new PostgresPromptRegistry(server.database())) {
      Migrations.apply(server.database());
      Registrations.deploy(prompts, P, OLD, NEW);
      try (RollbackControlHarness harness =
          new RollbackControlHarness(
              new AwayBeforeTheSwitch(server),
              AlertingConfig.defaults(),
              EscalationClock.EVENT_TIME,
              1,
              0)) {
        harness.open();
        for (RegistryChange change : prompts.changesAfter(0, 100)) {
          harness.signal(new RegistrySignal(change));
        }
        harness.signal(RegistrySignal.CAUGHT_UP);
        harness.input(window(P, OLD, WindowSize.ONE_HOUR, START - 60 * MINUTE, 1_200, 12));
        for (int minute = 0; minute < 10; minute++) {
          harness.input(window(P, NEW, WindowSize.ONE_MINUTE, START + minute * MINUTE, 20, 10));
        }
        long time = START + 10 * MINUTE;
        demandAt(harness, time);
        assertThat(harness.records()).as("the database is away").isEmpty();
        assertThat(harness.told()).isEmpty();

        server.restart();
        // For a second after a failure none is tried; the rule demands again every ten.
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (harness.records().isEmpty() && System.nanoTime() < deadline) {
          time += 1;
          demandAt(harness, time);
        }
        assertThat(harness.last().steps())
            .extracting(StepResult::step)
            .isEqualTo(RollbackStep.AUTOMATIC);
        assertThat(harness.told()).containsExactly("FIRING Automatic rollback checkout@2.0.0");
      }
      List<RegistryEvent> switches =
          history(server).stream().filter(event -> event.fromVersion() != null).toList();
      assertThat(switches)
          .extracting(RegistryEvent::kind)
          .containsExactly(RegistryEvent.Kind.DEPLOYED, RegistryEvent.Kind.ROLLED_BACK);
      try (PostgresRollbacks rollbacks = new PostgresRollbacks(server.database())) {
        assertThat(rollbacks.list(P, null, 0))
            .singleElement()
            .extracting(RollbackRecord::status)
            .isEqualTo(RollbackRecord.Status.SWITCHED);
      }
    }
  }

  /** By a connection that has not seen the server stop. */
  private static List<RegistryEvent> history(RestartablePostgres server) {
    try (PostgresPromptRegistry prompts = new PostgresPromptRegistry(server.database())) {
      return prompts.history(P);
    }
  }

  private static void demandAt(RollbackControlHarness harness, long time) throws Exception {
    harness.input(demand(P, NEW, START + 5 * MINUTE, time));
    harness.eventTime(time);
  }
}
