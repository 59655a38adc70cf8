package io.promptmonitor.common.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReplayTest {

  private static final long START = Instant.parse("2026-01-05T08:00:00Z").toEpochMilli();
  private static final long PANE = 10_000;
  private static final long MINUTE = 60_000;

  /** Everything that comes out, as texts. */
  private static final class Diary implements ReplayOutput {
    private final List<String> alerts = new ArrayList<>();
    private final List<String> triggers = new ArrayList<>();
    private final List<String> notifications = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private long windows;
    private long evaluations;

    @Override
    public void window(WindowUpdate update) {
      windows++;
    }

    @Override
    public void evaluation(SlidingWindows evaluation, RulesOfVersion rules) {
      assertThat(rules.rules()).isNotEmpty();
      evaluations++;
    }

    @Override
    public void alert(AlertEvent event) {
      if (event.change() != Change.DATA) {
        alerts.add(
            minute(event.time())
                + " "
                + event.key().promptVersion()
                + " "
                + event.key().rule()
                + " "
                + event.change());
      }
    }

    @Override
    public void rollbackTrigger(RollbackTrigger trigger) {
      if (trigger.isFirst()) {
        triggers.add(minute(trigger.time()) + " " + trigger.rule());
      }
    }

    @Override
    public void escalation(EscalationRow row) {
      rows.add(row.toString());
    }

    @Override
    public void notification(Notification notification) {
      notifications.add(
          minute(notification.createdAt().toEpochMilli())
              + " "
              + notification.promptId()
              + " "
              + notification.channel()
              + " "
              + notification.alerts().stream().map(a -> a.reason() + " " + a.rule()).toList());
    }
  }

  private static String minute(long time) {
    Duration since = Duration.ofMillis(time - START);
    return since.toMinutes() + ":" + String.format("%02d", since.toSecondsPart());
  }

  private static Execution execution(
      String prompt, String version, long time, boolean success, int latencyMs) {
    return new Execution(
        time,
        new PromptVersionId(prompt, version),
        time,
        latencyMs,
        100,
        50,
        success,
        success ? null : "timeout",
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        Execution.NO_HASH,
        null,
        null);
  }

  /** A changing share of failures: none, then 20 % from minute 10 to 25, then none. */
  private static List<Execution> incident(String prompt, String version) {
    List<Execution> executions = new ArrayList<>();
    for (long i = 0; i < 60 * 30; i++) {
      long time = START + i * 2_000;
      long minute = i / 30;
      boolean fails = minute >= 10 && minute < 25 && i % 5 == 0;
      executions.add(execution(prompt, version, time, !fails, 500));
    }
    return executions;
  }

  private static DeploymentConfig config(String yaml) {
    return ConfigReader.read("c.yaml", yaml, DeploymentConfig::read);
  }

  private static Diary replayed(
      DeploymentConfig config, List<Execution> executions, LongFunction<Long> nextStop) {
    Diary diary = new Diary();
    Replay replay = new Replay(config, START, diary);
    int next = 0;
    for (long now = START; now < START + 60 * MINUTE; now = nextStop.apply(now)) {
      while (next < executions.size() && executions.get(next).timestamp() < now) {
        assertThat(replay.add(executions.get(next++))).isTrue();
      }
      replay.advance(now);
    }
    while (next < executions.size()) {
      replay.add(executions.get(next++));
    }
    replay.advance(START + 60 * MINUTE);
    return diary;
  }

  private static Diary replayed(List<Execution> executions) {
    return replayed(DeploymentConfig.defaults(), executions, now -> now + PANE);
  }

  private static final String OF = " checkout@1.0.0 ";

  @Test
  void anIncident() {
    Diary diary = replayed(incident("checkout", "1.0.0"));
    // One failure in 5 executions every 10 s, from 10:00 to 25:00.
    assertThat(diary.alerts)
        .containsExactly(
            // More than 10 % of the 30 executions of one minute.
            "10:40" + OF + "rollback: error_rate > 0.10 for 5 minutes PENDING",
            "10:50" + OF + "rollback: success_rate < 0.85 for 10 minutes PENDING",
            // More than 5 % of 150, more than 3 % of the 355 so far, more than 5 % of 300.
            "11:20" + OF + "Critical Error Rate FIRING",
            "11:50" + OF + "Elevated Error Rate FIRING",
            "12:40" + OF + "Low Success Rate FIRING",
            "15:40" + OF + "rollback: error_rate > 0.10 for 5 minutes FIRING",
            "20:50" + OF + "rollback: success_rate < 0.85 for 10 minutes FIRING",
            "30:20" + OF + "rollback: success_rate < 0.85 for 10 minutes RESOLVED",
            "30:30" + OF + "rollback: error_rate > 0.10 for 5 minutes RESOLVED",
            "33:50" + OF + "Critical Error Rate RESOLVED",
            "37:30" + OF + "Low Success Rate RESOLVED",
            "42:50" + OF + "Elevated Error Rate RESOLVED");
    assertThat(diary.triggers)
        .containsExactly(
            "11:20 Critical Error Rate",
            "12:40 Low Success Rate",
            "15:40 rollback: error_rate > 0.10 for 5 minutes",
            "20:50 rollback: success_rate < 0.85 for 10 minutes");
    assertThat(diary.notifications)
        .containsExactly(
            "11:21 checkout pagerduty [FIRING Critical Error Rate]",
            "11:21 checkout slack [FIRING Critical Error Rate]",
            "12:41 checkout pagerduty [FIRING Low Success Rate]",
            "12:41 checkout slack [FIRING Low Success Rate]",
            "26:21 checkout pagerduty [REPEATED Critical Error Rate]",
            "26:21 checkout slack [REPEATED Critical Error Rate]",
            "27:41 checkout pagerduty [REPEATED Low Success Rate]",
            "27:41 checkout slack [REPEATED Low Success Rate]",
            "33:51 checkout pagerduty [RESOLVED Critical Error Rate]",
            // It was muted by the critical one.
            "33:51 checkout slack [RESOLVED Critical Error Rate, FIRING Elevated Error Rate]",
            "37:31 checkout pagerduty [RESOLVED Low Success Rate]",
            "37:31 checkout slack [RESOLVED Low Success Rate]",
            "42:51 checkout slack [RESOLVED Elevated Error Rate]");
    assertThat(diary.windows).isGreaterThan(60);
    assertThat(diary.evaluations).isEqualTo(360);
  }

  @Property(tries = 20)
  void howOftenTimeIsLetPassDoesNotMatter(@ForAll long seed) {
    List<Execution> executions = incident("checkout", "1.0.0");
    Random random = new Random(seed);
    Diary other =
        replayed(DeploymentConfig.defaults(), executions, now -> now + 1 + random.nextInt(600_000));
    Diary expected = replayed(executions);
    assertThat(other.alerts).isEqualTo(expected.alerts);
    assertThat(other.triggers).isEqualTo(expected.triggers);
    assertThat(other.notifications).isEqualTo(expected.notifications);
    assertThat(other.rows).isEqualTo(expected.rows);
  }

  @Test
  void promptsDoNotMatterToEachOther() {
    List<Execution> one = incident("a", "1.0.0");
    List<Execution> other = incident("b", "2.0.0");
    List<Execution> both = new ArrayList<>(one);
    both.addAll(other);
    both.sort(Comparator.comparingLong(Execution::timestamp));
    List<String> apart = new ArrayList<>(replayed(one).notifications);
    apart.addAll(replayed(other).notifications);
    assertThat(replayed(both).notifications).containsExactlyInAnyOrderElementsOf(apart);
  }

  @Test
  void versionsOfAPromptAreToldTogether() {
    List<Execution> both = new ArrayList<>(incident("checkout", "1.0.0"));
    both.addAll(incident("checkout", "1.1.0"));
    both.sort(Comparator.comparingLong(Execution::timestamp));
    assertThat(replayed(both).notifications)
        .startsWith(
            "11:21 checkout pagerduty [FIRING Critical Error Rate, FIRING Critical Error Rate]");
  }

  @Test
  void theEndOfTheInput() {
    Diary diary = new Diary();
    Replay replay = new Replay(DeploymentConfig.defaults(), START, diary);
    incident("checkout", "1.0.0").stream()
        .filter(execution -> execution.timestamp() < START + 12 * MINUTE)
        .forEach(replay::add);
    replay.finish();
    // Evaluated up to the last execution, and told what is being collected.
    assertThat(diary.alerts).hasSize(4).last(STRING).startsWith("11:50");
    assertThat(diary.notifications)
        .containsExactly(
            "11:21 checkout pagerduty [FIRING Critical Error Rate]",
            "11:21 checkout slack [FIRING Critical Error Rate]");
    assertThat(diary.evaluations).isEqualTo(72);
  }

  @Test
  void whatComesTooLateIsNotCounted() {
    Replay replay = new Replay(DeploymentConfig.defaults(), START, new Diary());
    replay.advance(START + 10 * MINUTE);
    assertThat(replay.time()).isEqualTo(START + 10 * MINUTE);
    assertThat(replay.add(execution("a", "1", START + 8 * MINUTE, true, 1))).isFalse();
    assertThat(replay.add(execution("a", "1", START + 9 * MINUTE + PANE, true, 1))).isTrue();
  }

  // The registry

  private static final String QUIET_RULE =
      """
      alert_rules:
        - {name: errors, condition: error_rate > 0.05, window: 1m, severity: warning,
           actions: [alert], no_data: {alert_after: 5m}}
      auto_rollback: {triggers: []}
      """;

  /** The changes by which versions are registered, staged and deployed, each at its minute. */
  private static List<RegistryChange> deployed(String... versions) {
    List<Instant> clock = new ArrayList<>(List.of(Instant.ofEpochMilli(START)));
    InMemoryPromptRegistry registry =
        new InMemoryPromptRegistry(() -> "ann", () -> clock.get(clock.size() - 1));
    List<RegistryChange> changes = new ArrayList<>();
    for (String version : versions) {
      VersionFile file =
          ConfigReader.read(
              "v.yaml",
              "PromptVersion: {version_id: " + version + ", prompt_text: Hello " + version + "}",
              VersionFile::read);
      SemanticVersion id = file.definition().versionId();
      List<RegistryOperation> operations =
          List.of(
              new RegistryOperation.Register("checkout", file.definition(), file.promptText()),
              new RegistryOperation.Stage("checkout", id, null),
              new RegistryOperation.Deploy("checkout", id, null));
      for (Optional<RegistryEvent> event : registry.execute(operations)) {
        boolean registered = event.get().kind() == RegistryEvent.Kind.REGISTERED;
        changes.add(new RegistryChange(event.get(), registered ? file.definition() : null));
      }
    }
    return changes;
  }

  @Test
  void silenceOfTheActiveVersion() {
    Diary diary = new Diary();
    Replay replay = new Replay(config(QUIET_RULE), START, diary);
    List<RegistryChange> changes = deployed("1.0.0", "1.1.0");
    changes.subList(0, 3).forEach(replay::apply);
    replay.advance(START + 8 * MINUTE);
    changes.subList(3, 6).forEach(replay::apply);
    assertThat(replay.registry().activeVersion("checkout")).hasToString("1.1.0");
    for (long time = START + 10 * MINUTE; time < START + 12 * MINUTE; time += 1_000) {
      replay.add(execution("checkout", "1.1.0", time, true, 100));
    }
    replay.advance(START + 30 * MINUTE);
    assertThat(diary.alerts)
        .containsExactly(
            "0:00 checkout@1.0.0 no data: errors PENDING",
            "4:00 checkout@1.0.0 no data: errors FIRING",
            "8:00 checkout@1.0.0 no data: errors RESOLVED",
            "8:00 checkout@1.1.0 no data: errors PENDING",
            "10:10 checkout@1.1.0 no data: errors CANCELLED",
            // The window of one minute is empty one minute after the last execution.
            "13:00 checkout@1.1.0 no data: errors PENDING",
            "17:00 checkout@1.1.0 no data: errors FIRING");
  }

  // Operators

  @Test
  void operatorsAreHeard() {
    Diary diary = new Diary();
    Replay replay = new Replay(DeploymentConfig.defaults(), START, diary);
    incident("checkout", "1.0.0").forEach(replay::add);
    replay.advance(START + 11 * MINUTE);
    Instant at = Instant.ofEpochMilli(replay.time());
    replay.apply(
        OperatorCommand.silenced(
            1,
            at,
            new Silence(
                "s1",
                List.of(LabelMatcher.parse("rule=Low*")),
                replay.time(),
                replay.time() + 60 * MINUTE,
                "ben",
                "known")));
    replay.advance(START + 20 * MINUTE);
    at = Instant.ofEpochMilli(replay.time());
    AlertKey key = new AlertKey(new PromptVersionId("checkout", "1.0.0"), "Critical Error Rate");
    String alertId = key.dedupKey(START + 11 * MINUTE + 20_000);
    replay.apply(OperatorCommand.acknowledged(2, at, "ann", "checkout", alertId, "on it"));
    replay.advance(START + 22 * MINUTE);
    replay.apply(OperatorCommand.silenceEnded(3, at, "ben", "s1"));
    replay.advance(START + 60 * MINUTE);
    assertThat(diary.notifications.stream().filter(text -> text.contains("pagerduty")))
        .containsExactly(
            "11:21 checkout pagerduty [FIRING Critical Error Rate]",
            "20:01 checkout pagerduty [ACKNOWLEDGED Critical Error Rate]",
            "22:01 checkout pagerduty [FIRING Low Success Rate]",
            "33:51 checkout pagerduty [RESOLVED Critical Error Rate]",
            "37:01 checkout pagerduty [REPEATED Low Success Rate]",
            "37:31 checkout pagerduty [RESOLVED Low Success Rate]");
  }
}
