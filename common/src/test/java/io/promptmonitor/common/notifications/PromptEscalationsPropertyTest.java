package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.notifications.EscalationRun.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random incidents with operators who interfere. */
class PromptEscalationsPropertyTest {

  private static final Map<Severity, EscalationPolicy> POLICIES =
      Map.of(
          Severity.CRITICAL,
          new EscalationPolicy(
              List.of("slack", "pagerduty"),
              Duration.ofMinutes(4),
              Duration.ofMinutes(10),
              "on_call"),
          Severity.WARNING,
          new EscalationPolicy(List.of("slack"), Duration.ofMinutes(7), null, null));

  private static final List<Alert> ALERTS =
      List.of(
          new Alert("errors", "1", Severity.CRITICAL, Metric.ERROR_RATE),
          new Alert("few errors", "1", Severity.WARNING, Metric.ERROR_RATE),
          new Alert("slow", "1", Severity.WARNING, Metric.LATENCY_P95),
          new Alert("errors", "2", Severity.CRITICAL, Metric.ERROR_RATE),
          new Alert("slow", "2", Severity.WARNING, Metric.LATENCY_P95));

  private static final long END = 3_600;

  /** Something that happens at a time. */
  private record Input(long at, char kind, int which, long delay, long length) {}

  private static List<Input> inputs(Random random) {
    List<Input> inputs = new ArrayList<>();
    int busy = 20 + random.nextInt(200);
    for (long at = random.nextInt(60); at < END; at += random.nextInt(busy)) {
      inputs.add(
          new Input(
              at,
              "tttttttttasse".charAt(random.nextInt(13)),
              random.nextInt(ALERTS.size()),
              random.nextInt(300),
              1 + random.nextInt(600)));
    }
    return inputs;
  }

  private static GroupingConfig grouping(Random random) {
    return new GroupingConfig(
        Duration.ofSeconds(1 + random.nextInt(random.nextBoolean() ? 3 : 60)),
        Duration.ofSeconds(1 + random.nextInt(400)));
  }

  /** Applies an input; what makes no sense at the time is passed over. */
  private static void apply(Input input, EscalationRun run, EscalationOracle oracle) {
    Alert alert = ALERTS.get(input.which);
    long now = input.at;
    switch (input.kind) {
      case 't' -> {
        if (run.isFiring(alert)) {
          run.resolves(alert);
          oracle.resolves(alert, now);
        } else {
          run.fires(alert);
          oracle.fires(alert, now);
        }
      }
      case 'a' -> {
        String alertId = alert.id(run.isFiring(alert) ? run.since(alert) : now + 30);
        run.acknowledged(alertId);
        oracle.acknowledged(alertId, now);
      }
      case 's' ->
          run.silenced(
              "s" + now + "-" + input.delay,
              now + input.delay,
              now + input.delay + input.length,
              "rule=" + alert.rule());
      default ->
          run.silences().stream()
              .map(Silence::id)
              .min(Comparator.naturalOrder())
              .ifPresent(run::silenceEnded);
    }
    oracle.look(run.silences(), now);
  }

  @Property(tries = 150)
  void asANaiveOracleSays(@ForAll long seed) {
    Random random = new Random(seed);
    GroupingConfig grouping = grouping(random);
    EscalationRun run = new EscalationRun(POLICIES, grouping, false);
    EscalationOracle oracle = new EscalationOracle(POLICIES, grouping);
    List<Input> inputs = inputs(random);
    int next = 0;
    for (long now = 0; now <= END; now++) {
      run.at(now);
      oracle.look(run.silences(), now);
      while (next < inputs.size() && inputs.get(next).at == now) {
        apply(inputs.get(next++), run, oracle);
      }
    }
    assertThat(run.sent().stream().map(EscalationOracle::shown)).isEqualTo(oracle.sent());
  }

  /** The run of a history by itself. */
  private static EscalationRun run(long seed, boolean restarts, boolean looks) {
    Random random = new Random(seed);
    GroupingConfig grouping = grouping(random);
    EscalationRun run = new EscalationRun(POLICIES, grouping, restarts);
    EscalationOracle unused = new EscalationOracle(POLICIES, grouping);
    for (Input input : inputs(random)) {
      if (looks) {
        for (long now = run.now() + 1; now < input.at; now += 7) {
          run.lookedAt(now);
        }
      }
      run.at(input.at);
      apply(input, run, unused);
    }
    ALERTS.stream().filter(run::isFiring).forEach(run::resolves);
    return run.at(END + 3 * 3_600);
  }

  @Property(tries = 150)
  void aRestartChangesNothing(@ForAll long seed) {
    EscalationRun restarted = run(seed, true, false);
    EscalationRun undisturbed = run(seed, false, false);
    assertThat(restarted.sent()).isEqualTo(undisturbed.sent());
    assertThat(restarted.rows()).isEqualTo(undisturbed.rows());
  }

  @Property(tries = 100)
  void wakingTooOftenChangesNothing(@ForAll long seed) {
    assertThat(run(seed, false, true).sent()).isEqualTo(run(seed, false, false).sent());
  }

  @Property(tries = 100)
  void inTheEndNothingIsKept(@ForAll long seed) {
    EscalationRun run = run(seed, false, false);
    assertThat(run.escalations().isEmpty()).isTrue();
    assertThat(run.escalations().wakeUpAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(run.sent()).extracting(Notification::notificationId).doesNotHaveDuplicates();
  }

  /**
   * Whoever is told that an episode fires is told of its end, and the other way round; and only an
   * episode that follows another one within the group interval can go untold.
   */
  @Property(tries = 150)
  void nothingIsLost(@ForAll long seed) {
    EscalationRun run = run(seed, false, false);
    Map<String, Set<String>> toldOf = new HashMap<>();
    Map<String, Set<String>> toldOfTheEnd = new HashMap<>();
    Set<String> rulesTold = new HashSet<>();
    for (Notification notification : run.sent()) {
      // In one notification the beginning may be said beside the end, in any order.
      for (AlertMessage a : notification.alerts()) {
        if (a.reason() != Reason.RESOLVED) {
          toldOf.computeIfAbsent(notification.channel(), c -> new HashSet<>()).add(a.alertId());
        }
      }
      for (AlertMessage a : notification.alerts()) {
        if (a.reason() == Reason.RESOLVED) {
          assertThat(toldOf.get(notification.channel())).contains(a.alertId());
          assertThat(
                  toldOfTheEnd
                      .computeIfAbsent(notification.channel(), c -> new HashSet<>())
                      .add(a.alertId()))
              .isTrue();
        }
        if (a.unreported() > 0) {
          assertThat(rulesTold).contains(notification.channel() + a.rule() + a.promptVersion());
        }
        rulesTold.add(notification.channel() + a.rule() + a.promptVersion());
      }
    }
    assertThat(toldOfTheEnd).isEqualTo(toldOf);
    // Of each episode the last row says how many messages there were; only held ones are missing.
    Map<String, EscalationRow> last = new HashMap<>();
    run.rows().forEach(row -> last.put(row.alertId(), row));
    Set<String> first = new HashSet<>();
    last.values().stream()
        .sorted(Comparator.comparingLong(EscalationRow::firingSince))
        .forEach(
            row -> {
              assertThat(row.endedAt()).isNotNull();
              boolean told = toldOf.values().stream().anyMatch(ids -> ids.contains(row.alertId()));
              String rule = ruleOf(row);
              if (row.messages() > 0 && first.add(rule)) {
                assertThat(told).as("the first episode of " + rule).isTrue();
              }
              if (row.messages() == 0) {
                assertThat(told).isFalse();
              }
            });
  }

  private static String ruleOf(EscalationRow row) {
    return ALERTS.stream()
        .filter(alert -> alert.id(row.firingSince() / 1000).equals(row.alertId()))
        .map(alert -> alert.rule() + " " + alert.version())
        .findFirst()
        .orElseThrow();
  }
}
