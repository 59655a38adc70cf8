package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each of the default rules through the whole job: when it fires and is resolved, compared with
 * what the executions say.
 */
class AlertRulesTest {

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final long START = Instant.parse("2026-03-02T08:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final long PANE = 10_000;
  private static final long KEEP_FIRING = 5 * MINUTE;

  @TempDir private static Path directory;

  private static final List<Call> CALLS = new ArrayList<>();

  /** An execution; a score and a rating of -1 are none. */
  private record Call(
      String prompt, long time, int latency, boolean success, double score, int rating) {}

  private record Episode(long firedAt, long endedAt) {}

  /** Half an hour each of health, a mild and a bad incident, and health again, every 2 s. */
  private static int phase(long time) {
    long minute = (time - START) / MINUTE;
    return minute < 30 ? 0 : minute < 60 ? 1 : minute < 90 ? 2 : 3;
  }

  @BeforeAll
  static void run() throws Exception {
    for (String prompt : List.of("errors", "latency", "calibration")) {
      register(prompt);
    }
    int n = 0;
    for (long time = START; time < START + 150 * MINUTE; time += 2_000, n++) {
      int phase = phase(time);
      int oneIn = phase == 1 ? 25 : 6; // 4 %, then 17 %
      boolean fails = n % (phase == 1 || phase == 2 ? oneIn : 200) == 0;
      CALLS.add(new Call("errors", time, 800, !fails, -1, -1));
      int latency = phase == 1 ? 1_700 : phase == 2 ? 2_500 : 900;
      CALLS.add(new Call("latency", time + 300, latency, true, -1, -1));
      double score = phase == 0 || phase == 3 ? 8 : 3.5;
      CALLS.add(new Call("calibration", time + 600, 800, true, n % 5 == 0 ? score : -1, -1));
      int rating = phase == 1 ? 2 : 5;
      boolean rated = phase != 0 && n % 40 == 0;
      CALLS.add(new Call("feedback", time + 900, 800, true, -1, rated ? rating : -1));
    }
    CALLS.sort(Comparator.comparingLong(Call::time));
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < CALLS.size(); i++) {
      lines.add(json(i, CALLS.get(i)));
    }
    Path file = Files.write(directory.resolve("executions.jsonl"), lines);
    MonitorRunner.run(MonitorConfig.defaults(), POSTGRES.database(), List.of(file));
  }

  private static void register(String promptId) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      registry.register(
          promptId,
          new VersionDefinition(
              SemanticVersion.parse("1.0.0"),
              PromptHash.of("text"),
              null,
              null,
              null,
              new Performance(8.0, 0.99, 700.0, 1_000.0),
              RollbackPolicy.defaults(),
              null),
          "text");
    }
  }

  private static String json(int i, Call call) {
    return """
        {"execution_id":"e%d","prompt_id":"%s","prompt_version":"1.0.0","timestamp":"%s",\
        "performance":{"latency_ms":%d,"input_tokens":10,"output_tokens":20,"total_tokens":30},\
        "outcome":{"success":%s,"error_type":%s},\
        "quality":{"automated_score":%s,"user_feedback":%s},\
        "context":{"input_hash":"ab12","output_hash":"cd34","model_used":"m","temperature":0.5}}"""
        .formatted(
            i,
            call.prompt,
            Instant.ofEpochMilli(call.time),
            call.latency,
            call.success,
            call.success ? "null" : "\"timeout\"",
            call.score < 0 ? "null" : Double.toString(call.score),
            call.rating < 0 ? "null" : Integer.toString(call.rating));
  }

  /**
   * What a rule that compares some number of a window should do, from the executions themselves.
   */
  private static List<Episode> expected(
      String prompt,
      long window,
      long alignment,
      ToDoubleFunction<List<Call>> metric,
      Predicate<Double> breach) {
    TreeMap<Long, List<Call>> byTime = new TreeMap<>();
    CALLS.stream()
        .filter(call -> call.prompt.equals(prompt))
        .forEach(call -> byTime.computeIfAbsent(call.time, t -> new ArrayList<>()).add(call));
    List<Episode> episodes = new ArrayList<>();
    long firedAt = -1;
    long quietSince = -1;
    long last = Math.floorDiv(byTime.lastKey(), PANE) * PANE + PANE;
    for (long now = START + PANE; now <= last; now += PANE) {
      long start = Math.floorDiv(now - window, alignment) * alignment;
      List<Call> calls = byTime.subMap(start, now).values().stream().flatMap(List::stream).toList();
      double value = metric.applyAsDouble(calls);
      boolean holds = !Double.isNaN(value) && breach.test(value);
      if (firedAt < 0) {
        firedAt = holds ? now : -1;
        quietSince = -1;
      } else if (holds) {
        quietSince = -1;
      } else if (quietSince < 0) {
        quietSince = now;
      } else if (now - quietSince >= KEEP_FIRING) {
        episodes.add(new Episode(firedAt, now));
        firedAt = -1;
      }
    }
    if (firedAt >= 0) {
      episodes.add(new Episode(firedAt, -1));
    }
    return episodes;
  }

  private static double rate(List<Call> calls, Predicate<Call> of) {
    return calls.size() < 20
        ? Double.NaN
        : calls.stream().filter(of).count() / (double) calls.size();
  }

  private static double mean(List<Call> calls, ToDoubleFunction<Call> of) {
    return calls.stream().mapToDouble(of).filter(v -> v >= 0).average().orElse(Double.NaN);
  }

  private static List<Episode> found(String prompt, String rule) {
    String rows =
        POSTGRES.query(
            "SELECT (extract(epoch FROM fired_at) * 1000)::bigint,"
                + " coalesce((extract(epoch FROM ended_at) * 1000)::bigint, -1)"
                + " FROM alert WHERE fired_at IS NOT NULL AND prompt_id = '"
                + prompt
                + "' AND rule = '"
                + rule
                + "' ORDER BY fired_at");
    return rows.lines()
        .map(row -> row.split("\\|"))
        .map(row -> new Episode(Long.parseLong(row[0]), Long.parseLong(row[1])))
        .toList();
  }

  private static List<Episode> foundResolved(String prompt, String rule) {
    List<Episode> found = found(prompt, rule);
    assertThat(found).as(rule).isNotEmpty().allMatch(episode -> episode.endedAt > 0);
    return found;
  }

  @Test
  void criticalErrorRate() {
    assertThat(foundResolved("errors", "Critical Error Rate"))
        .isEqualTo(
            expected(
                "errors", 5 * MINUTE, PANE, c -> rate(c, call -> !call.success), v -> v > 0.05));
  }

  @Test
  void elevatedErrorRate() {
    assertThat(foundResolved("errors", "Elevated Error Rate"))
        .isEqualTo(
            expected(
                "errors", 15 * MINUTE, PANE, c -> rate(c, call -> !call.success), v -> v > 0.03));
  }

  @Test
  void lowSuccessRate() {
    assertThat(foundResolved("errors", "Low Success Rate"))
        .isEqualTo(
            expected("errors", 10 * MINUTE, PANE, c -> rate(c, Call::success), v -> v < 0.95));
  }

  /** Whatever the percentile's definition: one in twenty of the window has to be slow. */
  @Test
  void latency() {
    assertSlow("High Latency P95", 60, 90, 5);
    assertSlow("Elevated Latency", 30, 90, 15);
  }

  private static void assertSlow(String rule, int fromMinute, int toMinute, int window) {
    List<Episode> found = foundResolved("latency", rule);
    assertThat(found).as(rule).hasSize(1);
    long from = START + fromMinute * MINUTE;
    assertThat(found.get(0).firedAt)
        .as(rule)
        .isBetween(from + window * MINUTE / 20 - PANE, from + window * MINUTE / 20 + 2 * PANE);
    long quiet = START + toMinute * MINUTE + window * MINUTE * 19 / 20 + KEEP_FIRING;
    assertThat(found.get(0).endedAt).as(rule).isBetween(quiet - PANE, quiet + 2 * PANE);
  }

  @Test
  void calibrationDrift() {
    assertThat(foundResolved("calibration", "Calibration Drift"))
        .isEqualTo(
            expected(
                "calibration",
                60 * MINUTE,
                MINUTE,
                c -> Math.abs(8.0 - mean(c, Call::score)),
                v -> v > 2.0));
  }

  @Test
  void userSatisfactionDrop() {
    assertThat(foundResolved("feedback", "User Satisfaction Drop"))
        .isEqualTo(
            expected(
                "feedback", 1_440 * MINUTE, 5 * MINUTE, c -> mean(c, Call::rating), v -> v < 3.0));
  }

  /** The general trigger: held for five minutes, on the shortest window with enough executions. */
  @Test
  void rollbackTrigger() {
    List<Episode> found =
        found("errors", AlertingConfig.defaults().autoRollback().triggers().get(0).name());
    assertThat(found).hasSize(1);
    long bad = START + 60 * MINUTE;
    assertThat(found.get(0).firedAt).isBetween(bad + 5 * MINUTE, bad + 6 * MINUTE);
  }

  @Test
  void nothingElseFires() {
    assertThat(
            POSTGRES.query(
                "SELECT DISTINCT prompt_id, rule FROM alert WHERE fired_at IS NOT NULL"
                    + " AND kind = 'alert_rule' ORDER BY 1, 2"))
        .isEqualTo(
            """
            calibration|Calibration Drift
            errors|Critical Error Rate
            errors|Elevated Error Rate
            errors|Low Success Rate
            feedback|User Satisfaction Drop
            latency|Elevated Latency
            latency|High Latency P95""");
  }

  @Test
  void transitionsTellTheEpisodes() {
    assertThat(
            POSTGRES.query(
                "SELECT count(*) FROM alert a WHERE fired_at IS NOT NULL AND NOT EXISTS (SELECT"
                    + " FROM alert_event e WHERE e.alert_id = a.alert_id AND e.change = 'firing'"
                    + " AND e.at = a.fired_at)"))
        .isEqualTo("0");
    assertThat(
            POSTGRES.query(
                "SELECT count(*) FROM alert a WHERE phase = 'resolved' AND NOT EXISTS (SELECT FROM"
                    + " alert_event e WHERE e.alert_id = a.alert_id AND e.change = 'resolved' AND"
                    + " e.at = a.ended_at)"))
        .isEqualTo("0");
  }

  @Test
  void evidenceIsOfTheKindOfTheRule() {
    assertThat(
            POSTGRES.query(
                "SELECT a.rule, count(*), bool_or(x.success), min(x.latency_ms),"
                    + " bool_and(x.execution_id_hash ~ '^[0-9a-f]{16}$') FROM alert a"
                    + " JOIN alert_exemplar x USING (alert_id) WHERE a.rule IN"
                    + " ('Critical Error Rate', 'High Latency P95') GROUP BY a.rule ORDER BY 1"))
        .isEqualTo("Critical Error Rate|5|f|800|t\nHigh Latency P95|5|t|2500|t");
  }

  @Test
  void whoIsToldIsWrittenDown() {
    assertThat(
            POSTGRES.query(
                "SELECT count(*) FROM alert a WHERE fired_at IS NOT NULL AND 'alert' = ANY (actions)"
                    + " AND NOT EXISTS (SELECT FROM alert_escalation e WHERE e.alert_id = a.alert_id"
                    + " AND e.messages > 0 AND e.ended_at IS NOT NULL)"))
        .isEqualTo("0");
  }

  @Test
  void rulesThatCannotBeDecidedSayWhy() {
    assertThat(
            POSTGRES.query(
                "SELECT reason FROM rule_status WHERE prompt_id = 'feedback'"
                    + " AND rule = 'High Latency P95'"))
        .isEqualTo("the version states no expected_latency_p95, the baseline of latency_p95");
  }

  @Test
  void versionsAreFlaggedForReview() {
    assertThat(POSTGRES.query("SELECT prompt_id, rules FROM version_to_review"))
        .isEqualTo("calibration|{\"Calibration Drift\"}");
  }
}
