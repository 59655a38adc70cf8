package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The job, a second job that takes itself for the first, an operator who rolls back, and one who
 * deploys: all at once, of the same prompt.
 */
class RollbackRaceTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final int CLIENTS = 4;

  @Test
  void oneIsFirstAndTheOthersAreToldWhy() throws Exception {
    race(40);
  }

  @Test
  @Tag("slow")
  void oneIsFirstAndTheOthersAreToldWhyAgainAndAgain() throws Exception {
    race(600);
  }

  private static void race(int rounds) throws Exception {
    RegistryDatabase.clear(postgres.database());
    TreeMap<String, Integer> winners = new TreeMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database());
        PostgresPromptRegistry deployer = new PostgresPromptRegistry(postgres.database());
        PostgresRollbacks job = new PostgresRollbacks(postgres.database());
        PostgresRollbacks twin = new PostgresRollbacks(postgres.database())) {
      for (int round = 0; round < rounds; round++) {
        winners.merge(round(threads, registry, deployer, job, twin, "p" + round), 1, Integer::sum);
      }
      assertThat(registry.verify()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
    System.err.println(rounds + " races, won by " + winners);
  }

  /** What came of what one of them wanted. */
  private record Result(RollbackRecord rollback, RegistryEvent event, RegistryException refusal) {}

  private interface Attempt {
    Result make() throws Exception;
  }

  /** Who was first. */
  private static String round(
      ExecutorService threads,
      PostgresPromptRegistry registry,
      PostgresPromptRegistry deployer,
      PostgresRollbacks job,
      PostgresRollbacks twin,
      String prompt)
      throws Exception {
    registry.execute(
        List.of(
            register(prompt, "1.0.0"),
            stage(prompt, "1.0.0"),
            deploy(prompt, "1.0.0"),
            register(prompt, "2.0.0"),
            stage(prompt, "2.0.0"),
            deploy(prompt, "2.0.0"),
            register(prompt, "3.0.0"),
            stage(prompt, "3.0.0")));
    int before = registry.history(prompt).size();
    RegistryOperation byHand =
        new RegistryOperation.Rollback(prompt, null, "complaints", v("2.0.0"));
    List<Result> results =
        atOnce(
            threads,
            List.of(
                () -> automatic(job, prompt),
                () -> automatic(twin, prompt),
                () -> new Result(null, registry.execute(List.of(byHand)).get(0).get(), null),
                () -> new Result(null, deployer.deploy(prompt, v("3.0.0"), null).get(), null)));
    Result first = results.get(0);
    Result second = results.get(1);
    Result manual = results.get(2);
    List<RegistryEvent> events = registry.history(prompt);
    events = events.subList(before, events.size());

    // Whoever deploys can always do so.
    assertThat(results.get(3).event()).isIn(events);
    assertThat(registry.getActive(prompt).versionId()).isEqualTo(v("3.0.0"));
    List<RegistryEvent> rollbacks =
        events.stream().filter(e -> e.kind() == RegistryEvent.Kind.ROLLED_BACK).toList();
    assertThat(rollbacks).hasSize(events.size() - 1).hasSizeLessThan(2);
    for (RegistryEvent event : rollbacks) {
      assertThat(event.fromVersion()).isEqualTo(v("2.0.0"));
      assertThat(event.toVersion()).isEqualTo(v("1.0.0"));
    }
    // Never again the version that fails.
    assertThat(events).extracting(RegistryEvent::toVersion).doesNotContain(v("2.0.0"));

    String refused = prompt + "@2.0.0 is not active, %s is; there is nothing to roll back";
    String winner;
    if (rollbacks.isEmpty()) {
      winner = "deployment";
    } else if (rollbacks.get(0).decisionId() == null) {
      winner = "operator";
      assertThat(manual.event()).isEqualTo(rollbacks.get(0));
    } else {
      winner = "job";
      assertThat(first.rollback()).isEqualTo(second.rollback());
      assertThat(first.rollback().registryEventId()).isEqualTo(rollbacks.get(0).eventId());
    }
    for (Result loser : List.of(first, second, manual)) {
      if (loser.refusal() != null) {
        assertThat(loser.refusal().reason()).isEqualTo(Reason.ILLEGAL_TRANSITION);
        assertThat(loser.refusal().getMessage())
            .isIn(refused.formatted("1.0.0"), refused.formatted("3.0.0"));
      }
    }
    assertThat(first.refusal() == null).isEqualTo(winner.equals("job"));
    assertThat(second.refusal() == null).isEqualTo(winner.equals("job"));
    assertThat(manual.refusal() == null).isEqualTo(winner.equals("operator"));
    // What is recorded is what happened.
    assertThat(job.list(prompt, null, 0))
        .extracting(RollbackRecord::registryEventId)
        .isEqualTo(rollbacks.stream().map(RegistryEvent::eventId).toList());
    return winner;
  }

  private static Result automatic(PostgresRollbacks job, String prompt) {
    return new Result(job.switchBack(Demands.order(prompt, "2.0.0", "d-" + prompt)), null, null);
  }

  private static List<Result> atOnce(ExecutorService threads, List<Attempt> attempts)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(attempts.size());
    List<Future<Result>> running = new ArrayList<>();
    for (Attempt attempt : attempts) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                try {
                  return attempt.make();
                } catch (RegistryException e) {
                  return new Result(null, null, e);
                }
              }));
    }
    List<Result> results = new ArrayList<>();
    for (Future<Result> attempt : running) {
      results.add(attempt.get());
    }
    return results;
  }
}
