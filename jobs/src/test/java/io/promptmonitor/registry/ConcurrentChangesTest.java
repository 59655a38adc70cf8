package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many operators change the same prompt at once, as fast as they can. */
class ConcurrentChangesTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final String PROMPT = "contested";
  private static final int CLIENTS = 16;

  /** How many of the newest versions the clients contend for. */
  private static final int VERSIONS = 8;

  private static final String USER = "test_contender";

  @BeforeAll
  static void createUser() {
    postgres.execute(
        "CREATE ROLE %s LOGIN PASSWORD 'sesame' IN ROLE promptmon_operator".formatted(USER));
  }

  @AfterAll
  static void dropUser() {
    postgres.execute("DROP ROLE " + USER);
  }

  @Test
  void neitherLosesAnOperationNorTheActiveVersion() throws Exception {
    run(Duration.ofSeconds(3));
  }

  @Test
  @Tag("slow")
  void neitherLosesAnOperationNorTheActiveVersionForLong() throws Exception {
    run(Duration.ofSeconds(30));
  }

  private static void run(Duration duration) throws Exception {
    RegistryDatabase.clear(postgres.database());
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      for (int i = 0; i < VERSIONS; i++) {
        registry.execute(List.of(register(PROMPT, version(i)), stage(PROMPT, version(i))));
      }
      registry.deploy(PROMPT, v(version(0)), null);
      long before = registry.history(null).size();

      List<RegistryEvent> acknowledged = new ArrayList<>();
      Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
      long watched = 0;
      ExecutorService executor = Executors.newCachedThreadPool();
      try {
        long end = System.nanoTime() + duration.toNanos();
        AtomicInteger registered = new AtomicInteger(VERSIONS);
        List<Future<Client>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(executor.submit(new Client(i, end, registered)));
        }
        Future<Long> watcher = executor.submit(() -> watchActiveVersions(end));
        Future<List<RegistryChange>> follower = executor.submit(() -> follow(clients));
        for (Future<Client> client : clients) {
          acknowledged.addAll(client.get().acknowledged);
          client.get().refused.forEach((reason, n) -> refused.merge(reason, n, Integer::sum));
        }
        watched = watcher.get();
        assertThat(follower.get()).isEqualTo(registry.changesAfter(0, Integer.MAX_VALUE));
      } finally {
        executor.shutdownNow();
      }

      // Every event is one that a client was told of, and the other way round.
      List<RegistryEvent> history = registry.history(null);
      acknowledged.sort(Comparator.comparingLong(RegistryEvent::eventId));
      assertThat(acknowledged).isEqualTo(history.subList((int) before, history.size()));
      // Ids without gaps, times that do not go back, and a history that explains the state.
      assertThat(registry.verify()).isEmpty();
      // A version is unknown while the client that counted it has not registered it yet.
      assertThat(refused.keySet())
          .isSubsetOf(
              Reason.ILLEGAL_TRANSITION, Reason.INVALID_ROLLBACK_TARGET, Reason.UNKNOWN_VERSION);
      System.err.printf(
          "%d changes by %d clients in %d s, %s refused, active version looked at %d times%n",
          acknowledged.size(), CLIENTS, duration.toSeconds(), refused, watched);
      assertThat(acknowledged).hasSizeGreaterThan(CLIENTS);
      assertThat(acknowledged).extracting(RegistryEvent::kind).contains(Kind.values());
      assertThat(acknowledged).extracting(RegistryEvent::actor).containsOnly(USER);
    }
  }

  private static String version(int i) {
    return "1." + i + ".0";
  }

  /**
   * One client with a connection of its own; ends with an error of the database it did not expect.
   */
  private static final class Client implements Callable<Client> {
    private final Random random;
    private final long end;
    private final AtomicInteger registered;
    private final List<RegistryEvent> acknowledged = new ArrayList<>();
    private final Map<Reason, Integer> refused = new EnumMap<>(Reason.class);

    Client(int number, long end, AtomicInteger registered) {
      this.random = new Random(number);
      this.end = end;
      this.registered = registered;
    }

    @Override
    public Client call() {
      try (PostgresPromptRegistry registry =
          new PostgresPromptRegistry(RegistryDatabase.as(USER, postgres.database()))) {
        while (System.nanoTime() < end) {
          try {
            registry.execute(operations()).stream()
                .flatMap(Optional::stream)
                .forEach(acknowledged::add);
          } catch (RegistryException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
              throw e;
            }
            refused.merge(e.reason(), 1, Integer::sum);
          }
        }
      }
      return this;
    }

    private List<RegistryOperation> operations() {
      String any = version(registered.get() - 1 - random.nextInt(VERSIONS));
      return switch (random.nextInt(10)) {
        case 0, 1, 2 -> List.of(Versions.deploy(PROMPT, any));
        case 3, 4 -> List.of(Versions.rollback(PROMPT, null));
        case 5 -> List.of(Versions.rollback(PROMPT, any));
        case 6 -> List.of(Versions.deprecate(PROMPT, any));
        case 7, 8 -> {
          // More than are withdrawn, so that there is always one to deploy.
          String version = version(registered.getAndIncrement());
          yield List.of(register(PROMPT, version), stage(PROMPT, version));
        }
        default -> {
          // A version that comes, is active for a moment, and goes for good.
          String version = version(registered.getAndIncrement());
          yield List.of(
              register(PROMPT, version),
              stage(PROMPT, version),
              Versions.deploy(PROMPT, version),
              Versions.rollback(PROMPT, null),
              Versions.deprecate(PROMPT, version));
        }
      };
    }
  }

  /** Looks again and again; how often it did. */
  private static long watchActiveVersions(long end) throws SQLException {
    long looks = 0;
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() < end) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM promptmon.prompt_version WHERE status = 'active'")) {
          rows.next();
          assertThat(rows.getLong(1)).as("active versions").isEqualTo(1);
        }
        looks++;
      }
    }
    return looks;
  }

  /** Reads the changes as they come, as the streaming job does, until all clients are done. */
  private static List<RegistryChange> follow(List<Future<Client>> clients) {
    List<RegistryChange> seen = new ArrayList<>();
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      boolean last;
      List<RegistryChange> next;
      do {
        last = clients.stream().allMatch(Future::isDone);
        next = registry.changesAfter(seen.size(), 100);
        seen.addAll(next);
      } while (!last || !next.isEmpty());
    }
    return seen;
  }
}
