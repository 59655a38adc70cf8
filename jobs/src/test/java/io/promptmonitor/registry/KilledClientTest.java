package io.promptmonitor.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients are killed as by {@code kill -9} while they make changes of several operations. */
class KilledClientTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  /** Clients that run at the same time. */
  private static final int AT_ONCE = 4;

  private int unacknowledged;

  @Test
  void leavesAllOfAChangeOrNothing() throws Exception {
    kill(8);
  }

  @Test
  @Tag("slow")
  void leavesAllOfAChangeOrNothingHoweverOften() throws Exception {
    kill(100);
  }

  private void kill(int clients) throws Exception {
    RegistryDatabase.clear(postgres.database());
    Random random = new Random(clients);
    int changes = 0;
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      for (int i = 0; i < clients; i += AT_ONCE) {
        Client[] running = new Client[AT_ONCE];
        for (int j = 0; j < AT_ONCE; j++) {
          running[j] = new Client("client-" + (i + j));
        }
        for (Client client : running) {
          client.awaitFirstChange();
          TimeUnit.MICROSECONDS.sleep(random.nextInt(40_000));
          client.kill();
        }
        awaitEndOfSessions();
        for (Client client : running) {
          changes += check(registry, client);
        }
      }
      assertThat(registry.verify()).isEmpty();
    }
    System.err.printf(
        "%d clients killed, %d changes, of %d the client never heard%n",
        clients, changes, unacknowledged);
  }

  /** How many changes of a client there are, each of them whole. */
  private int check(PostgresPromptRegistry registry, Client client) throws IOException {
    int acknowledged = client.acknowledged();
    List<RegistryEvent> left = registry.history(client.name + "-left");
    List<RegistryEvent> right = registry.history(client.name + "-right");
    int changes = (left.size() + 1) / 4;
    int operations = RegistryClientProgram.change("", 0).size() / 2 + 4 * (changes - 1);
    assertThat(left).hasSize(operations);
    assertThat(right).hasSize(operations);
    assertThat(left.get(left.size() - 1).versionId()).isEqualTo(last(right).versionId());
    assertThat(active(registry, client.name + "-left"))
        .isEqualTo("1." + (changes - 1) + ".0")
        .isEqualTo(active(registry, client.name + "-right"));
    // What it was told of happened; the change it was killed in may have.
    assertThat(changes).isBetween(acknowledged, acknowledged + 1);
    unacknowledged += changes - acknowledged;
    return changes;
  }

  private static RegistryEvent last(List<RegistryEvent> events) {
    return events.get(events.size() - 1);
  }

  private static String active(PostgresPromptRegistry registry, String promptId) {
    List<PromptVersion> versions = registry.versions(promptId);
    assertThat(registry.getActive(promptId).versionId())
        .isEqualTo(versions.get(versions.size() - 1).versionId());
    return registry.getActive(promptId).versionId().toString();
  }

  /** Until the server has noticed that the clients are gone, and undone what they began. */
  private static void awaitEndOfSessions() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!postgres
        .query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'doomed'")
        .equals("0")) {
      assertThat(System.nanoTime()).as("sessions of killed clients end").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static final class Client {
    private final String name;
    private final Process process;
    private final BufferedReader output;
    private int lines;

    Client(String name) throws IOException {
      this.name = name;
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RegistryClientProgram.class.getName(),
                  postgres.url() + "&ApplicationName=doomed",
                  name)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void awaitFirstChange() throws IOException {
      assertThat(output.readLine()).isEqualTo("0");
      lines = 1;
    }

    void kill() throws InterruptedException {
      // Not of the process itself, which also closes its output.
      process.toHandle().destroyForcibly();
      process.waitFor();
    }

    /** How many changes it said that it had made. */
    int acknowledged() throws IOException {
      while (output.readLine() != null) {
        lines++;
      }
      return lines;
    }
  }
}
