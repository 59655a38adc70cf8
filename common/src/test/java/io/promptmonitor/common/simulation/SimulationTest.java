package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.simulation.SimulatedRecord.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SimulationTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Scenario scenario(String yaml) {
    return ConfigReader.read("s.yaml", yaml, Scenario::read);
  }

  /** All records of a simulation, with the truth. */
  private record Run(List<SimulatedRecord> records, SimulationSummary summary) {

    static Run of(Scenario scenario, long seed) {
      Simulation simulation = new Simulation(scenario, seed);
      List<SimulatedRecord> records = new ArrayList<>();
      for (SimulatedRecord r = simulation.next(); r != null; r = simulation.next()) {
        records.add(r);
      }
      return new Run(records, simulation.summary());
    }

    List<JsonNode> json(Kind kind) {
      return records.stream().filter(r -> r.kind() == kind).map(r -> parse(r.json())).toList();
    }

    List<JsonNode> executions() {
      return json(Kind.EXECUTION);
    }
  }

  private static JsonNode parse(byte[] json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
    }
  }

  private static double share(List<JsonNode> records, Predicate<JsonNode> what) {
    return (double) records.stream().filter(what).count() / records.size();
  }

  private static double median(List<JsonNode> records, String field) {
    int[] sorted =
        records.stream().mapToInt(r -> r.at("/performance/" + field).intValue()).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static boolean failed(JsonNode record) {
    return !record.at("/outcome/success").booleanValue();
  }

  private static Instant time(JsonNode record) {
    return Instant.parse(record.get("timestamp").textValue());
  }

  /** Whoever changes this on purpose says so in CHANGELOG.md: the same seed gives other data. */
  @Test
  void theSameSeedGivesTheSameBytes() throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    Simulation simulation =
        new Simulation(Scenario.builtIn("steady").withDuration(Duration.ofMinutes(10)), 42);
    for (SimulatedRecord r = simulation.next(); r != null; r = simulation.next()) {
      sha256.update(r.json());
      sha256.update((byte) '\n');
    }
    assertThat(simulation.summary().records()).isEqualTo(5_829);
    assertThat(HexFormat.of().formatHex(sha256.digest()))
        .isEqualTo("0dc55c7a2367b44933cc9d98b74f2f612568c9ba9bb7965dc94528ef11baafec");
  }

  @Test
  void anotherSeedGivesOtherData() {
    Scenario scenario = scenario("scenario: {duration: 1m, prompts: [{id: a}]}");
    assertThat(Run.of(scenario, 1).records.get(0).json())
        .isNotEqualTo(Run.of(scenario, 2).records.get(0).json());
  }

  @Test
  void anExecutionRecordHasTheSpecifiedStructure() {
    String yaml =
        """
        scenario:
          start: 2026-03-01T23:59:00Z
          duration: 2m
          prompts:
            - id: "a/b \\"c\\" ü"
              behaviour:
                errors: {rate: 0}
                branches: {only: 1}
                automated_score: {share: 1}
                user_feedback: {share: 1, in_record: 1}
                temperature: 0.25
          users: {share: 1}
          broken_records: {share: 0}
          duplicates: {share: 0}
        """;
    Run run = Run.of(scenario(yaml), 1);
    assertThat(run.records).hasSizeBetween(90, 150);
    for (JsonNode record : run.executions()) {
      assertThat(names(record))
          .containsExactly(
              "execution_id",
              "prompt_id",
              "prompt_version",
              "timestamp",
              "performance",
              "outcome",
              "quality",
              "context");
      assertThat(record.get("execution_id").textValue())
          .matches("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
      assertThat(record.get("prompt_id").textValue()).isEqualTo("a/b \"c\" ü");
      assertThat(record.get("prompt_version").textValue()).isEqualTo("1.0.0");
      assertThat(record.get("timestamp").textValue())
          .matches("2026-03-0[12]T\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
      assertThat(time(record)).isBetween("2026-03-01T23:59:00Z", "2026-03-02T00:01:00Z");
      JsonNode performance = record.get("performance");
      assertThat(names(performance))
          .containsExactly("latency_ms", "input_tokens", "output_tokens", "total_tokens");
      assertThat(performance.get("total_tokens").intValue())
          .isEqualTo(
              performance.get("input_tokens").intValue()
                  + performance.get("output_tokens").intValue());
      assertThat(record.get("outcome").toString())
          .isEqualTo("{\"success\":true,\"error_type\":null,\"error_message\":null}");
      assertThat(names(record.get("quality"))).containsExactly("user_feedback", "automated_score");
      assertThat(record.at("/quality/user_feedback").intValue()).isBetween(1, 5);
      assertThat(record.at("/quality/automated_score").doubleValue()).isBetween(0.0, 10.0);
      JsonNode context = record.get("context");
      assertThat(names(context))
          .containsExactly(
              "input_hash",
              "output_hash",
              "user_id",
              "model_used",
              "temperature",
              "conditional_path");
      assertThat(context.get("input_hash").textValue()).matches("[0-9a-f]{64}");
      assertThat(context.get("output_hash").textValue()).matches("[0-9a-f]{64}");
      assertThat(context.get("user_id").textValue()).matches("u-\\d{6}");
      assertThat(context.get("model_used").textValue()).isEqualTo("gpt-4o-mini");
      assertThat(context.get("temperature").doubleValue()).isEqualTo(0.25);
      assertThat(context.get("conditional_path").textValue()).isEqualTo("only");
    }
    assertThat(run.summary.feedbackEvents()).isZero();
    assertThat(run.summary.byVersion().values())
        .allSatisfy(v -> assertThat(v.ratings()).isEqualTo(v.executions()));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void theSummaryTellsTheTruth() {
    Scenario scenario =
        scenario(
            """
            scenario:
              duration: 30m
              raw_text_share: 0.02
              duplicates: {share: 0.05}
              broken_records: {share: 0.05}
              arrival: {straggler_share: 0.01}
              prompts:
                - id: a
                  rate_per_minute: 300
                  behaviour: {errors: {rate: 0.1}, automated_score: {delay: {median: 1m}}}
                  versions: [{version: v1}, {version: v2, share: 0.3}]
                - {id: b, rate_per_minute: 100, behaviour: {user_feedback: {in_record: 0.5}}}
            """);
    Run run = Run.of(scenario, 7);
    SimulationSummary summary = run.summary;
    assertThat(summary.records()).isEqualTo(run.records.size());
    assertThat(run.executions()).hasSize((int) summary.executions());
    assertThat(run.json(Kind.DUPLICATE)).hasSize((int) summary.duplicates());
    assertThat(run.json(Kind.FEEDBACK)).hasSize((int) summary.feedbackEvents());
    assertThat(run.executions().stream().filter(SimulationTest::failed))
        .hasSize((int) summary.failures());
    assertThat(
            run.executions().stream().filter(r -> r.has("input") || r.get("context").has("input")))
        .hasSize((int) summary.rawTexts());
    Map<PromptVersionId, long[]> counted = new HashMap<>();
    for (SimulatedRecord record : run.records) {
      if (record.kind() == Kind.BROKEN || record.kind() == Kind.DUPLICATE) {
        continue;
      }
      long[] c = counted.computeIfAbsent(record.promptVersion(), k -> new long[7]);
      JsonNode json = parse(record.json());
      assertThat(json.get("prompt_id").textValue()).isEqualTo(record.promptVersion().promptId());
      assertThat(json.get("prompt_version").textValue())
          .isEqualTo(record.promptVersion().version());
      JsonNode quality = record.kind() == Kind.FEEDBACK ? json : json.get("quality");
      if (record.kind() == Kind.EXECUTION) {
        c[0]++;
        c[1] += failed(json) ? 1 : 0;
        c[2] += json.at("/performance/latency_ms").intValue();
        c[3] += json.at("/performance/total_tokens").intValue();
      }
      c[4] += quality.path("user_feedback").isInt() ? 1 : 0;
      c[5] += quality.path("user_feedback").intValue();
      c[6] += quality.path("automated_score").isNumber() ? 1 : 0;
    }
    Map<PromptVersionId, SimulationSummary.OfVersion> expected = new HashMap<>();
    counted.forEach(
        (key, c) ->
            expected.put(
                key, new SimulationSummary.OfVersion(c[0], c[1], c[2], c[3], c[4], c[5], c[6])));
    assertThat(summary.byVersion()).isEqualTo(expected).hasSize(3);
  }

  @Test
  void theScenarioDecidesRatesAndDistributions() {
    Scenario scenario =
        scenario(
            """
            scenario:
              duration: 1h
              users: {share: 0.75}
              broken_records: {share: 0.02}
              duplicates: {share: 0.03}
              prompts:
                - id: a
                  rate_per_minute: 1000
                  behaviour:
                    latency: {median: 700ms, sigma: 0.5}
                    input_tokens: {median: 400, sigma: 0.3}
                    output_tokens: {median: 150, sigma: 0.4}
                    token_correlation: 0.7
                    errors:
                      rate: 0.05
                      types:
                        timeout: {share: 3, latency: 30s, message: too slow}
                        other: {share: 1, has_output: true}
                    models: {m1: 9, m2: 1}
                    branches: {x: 0.25, y: 0.75}
                    automated_score: {share: 0.4, mean: 6, sd: 1}
                    user_feedback: {share: 0.1, ratings: [1, 0, 0, 0, 3], in_record: 1}
            """);
    Run run = Run.of(scenario, 3);
    List<JsonNode> all = run.executions();
    assertThat(all.size()).isBetween(59_000, 61_000); // 60,000 ± 4 standard deviations
    List<JsonNode> good = all.stream().filter(r -> !failed(r)).toList();
    List<JsonNode> bad = all.stream().filter(SimulationTest::failed).toList();
    assertThat((double) bad.size() / all.size()).isCloseTo(0.05, within(0.004));
    assertThat(share(bad, r -> r.at("/outcome/error_type").textValue().equals("timeout")))
        .isCloseTo(0.75, within(0.04));
    assertThat(bad)
        .allSatisfy(
            r -> {
              boolean timeout = r.at("/outcome/error_type").textValue().equals("timeout");
              assertThat(r.at("/outcome/error_message").textValue())
                  .isEqualTo(timeout ? "too slow" : "other");
              assertThat(r.at("/context/output_hash").isNull()).isEqualTo(timeout);
              if (timeout) {
                assertThat(r.at("/performance/latency_ms").intValue()).isBetween(23_000, 38_000);
                assertThat(r.at("/performance/output_tokens").intValue()).isZero();
              }
            });
    assertThat(median(good, "latency_ms")).isCloseTo(700, within(12.0));
    assertThat(median(good, "output_tokens")).isCloseTo(150, within(3.0));
    assertThat(median(good, "input_tokens")).isCloseTo(400, within(20.0)); // 5,000 inputs only
    assertThat(correlationOfLogarithms(good)).isCloseTo(0.7, within(0.01));
    assertThat(logDeviation(good, "latency_ms")).isCloseTo(0.5, within(0.01));
    assertThat(share(all, r -> r.at("/context/model_used").textValue().equals("m2")))
        .isCloseTo(0.1, within(0.005));
    assertThat(share(all, r -> r.at("/context/conditional_path").textValue().equals("x")))
        .isCloseTo(0.25, within(0.008));
    assertThat(share(all, r -> r.at("/context/user_id").isTextual()))
        .isCloseTo(0.75, within(0.008));
    List<JsonNode> scored =
        all.stream().filter(r -> r.at("/quality/automated_score").isNumber()).toList();
    assertThat((double) scored.size() / good.size()).isCloseTo(0.4, within(0.008));
    assertThat(
            scored.stream()
                .mapToDouble(r -> r.at("/quality/automated_score").doubleValue())
                .average()
                .orElseThrow())
        .isCloseTo(6, within(0.03));
    List<JsonNode> rated =
        all.stream().filter(r -> r.at("/quality/user_feedback").isInt()).toList();
    assertThat((double) rated.size() / all.size()).isCloseTo(0.1, within(0.005));
    assertThat(share(rated, r -> r.at("/quality/user_feedback").intValue() == 1))
        .isCloseTo(0.25, within(0.025));
    assertThat(rated)
        .allMatch(r -> Set.of(1, 5).contains(r.at("/quality/user_feedback").intValue()));
    assertThat((double) run.summary.duplicates() / all.size()).isCloseTo(0.03, within(0.003));
    assertThat((double) run.summary.brokenRecords() / all.size()).isCloseTo(0.02, within(0.003));
    assertThat(run.summary.broken().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Damage.values())
                .filter(d -> d != Damage.TOO_LARGE)
                .map(Damage::reason)
                .toList());
  }

  private static double correlationOfLogarithms(List<JsonNode> records) {
    double n = records.size();
    double x = 0;
    double y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (JsonNode record : records) {
      double a = Math.log(record.at("/performance/latency_ms").intValue());
      double b = Math.log(record.at("/performance/output_tokens").intValue());
      x += a;
      y += b;
      xx += a * a;
      yy += b * b;
      xy += a * b;
    }
    return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
  }

  private static double logDeviation(List<JsonNode> records, String field) {
    double[] logs =
        records.stream()
            .mapToDouble(r -> Math.log(r.at("/performance/" + field).intValue()))
            .toArray();
    double mean = Arrays.stream(logs).average().orElseThrow();
    return Math.sqrt(Arrays.stream(logs).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  @Test
  void theSameInputGivesTheSameTokensAndMostlyTheSameOutput() {
    Run run =
        Run.of(
            scenario(
                """
                scenario:
                  duration: 10m
                  prompts:
                    - id: a
                      rate_per_minute: 2000
                      behaviour:
                        errors: {rate: 0}
                        inputs: {population: 50, zipf_exponent: 0.5, deviating_outputs: 0.1}
                """),
            5);
    Map<String, List<JsonNode>> byInput = new HashMap<>();
    for (JsonNode record : run.executions()) {
      byInput
          .computeIfAbsent(record.at("/context/input_hash").textValue(), k -> new ArrayList<>())
          .add(record);
    }
    assertThat(byInput).hasSize(50);
    long usual = 0;
    for (List<JsonNode> records : byInput.values()) {
      Map<String, Integer> outputs = new HashMap<>();
      Set<Integer> tokens = new HashSet<>();
      for (JsonNode record : records) {
        outputs.merge(record.at("/context/output_hash").textValue(), 1, Integer::sum);
        tokens.add(record.at("/performance/input_tokens").intValue());
      }
      assertThat(tokens).hasSize(1);
      usual += outputs.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
    assertThat((double) usual / run.executions().size()).isCloseTo(0.9, within(0.01));
  }

  @Test
  void versionsTakeOverAtTheirTimesAndStepByStep() {
    Run run =
        Run.of(
            scenario(
                """
                scenario:
                  duration: 40m
                  prompts:
                    - id: a
                      rate_per_minute: 1000
                      versions:
                        - {version: old, to: 30m}
                        - {version: mid, from: 10m, ramp: 10m, share: 0.5}
                        - {version: new, from: 30m}
                """),
            5);
    Instant start = Instant.parse("2026-01-05T08:00:00Z");
    int[][] byTenMinutes = new int[4][3];
    for (JsonNode record : run.executions()) {
      int when = (int) (Duration.between(start, time(record)).toMinutes() / 10);
      int which = List.of("old", "mid", "new").indexOf(record.get("prompt_version").textValue());
      byTenMinutes[when][which]++;
    }
    assertThat(byTenMinutes[0][0]).isBetween(9_500, 10_500);
    assertThat(byTenMinutes[0][1] + byTenMinutes[0][2]).isZero();
    assertThat(byTenMinutes[1][1]).isBetween(2_200, 2_800); // grows from 0 to one half
    assertThat(byTenMinutes[2][1]).isBetween(4_700, 5_300);
    assertThat(byTenMinutes[3][0] + byTenMinutes[3][1]).isZero();
    assertThat(byTenMinutes[3][2]).isBetween(9_500, 10_500);
  }

  @Test
  void incidentsHitWhatTheyAreAbout() {
    Run run =
        Run.of(
            scenario(
                """
                scenario:
                  duration: 40m
                  prompts:
                    - id: a
                      rate_per_minute: 600
                      behaviour:
                        errors: {rate: 0}
                        branches: {x: 0.5, y: 0.5}
                        automated_score: {share: 1, mean: 8, sd: 0.5}
                    - {id: b, rate_per_minute: 600, behaviour: {errors: {rate: 0}}}
                  incidents:
                    - {from: 10m, to: 20m, prompt: a, branch: x, error_rate: 0.4,
                       error_type: rate_limit}
                    - {from: 10m, to: 20m, prompt: b, latency_factor: 4}
                    - {from: 20m, to: 30m, prompt: a, score_shift: -4}
                    - {from: 30m, to: 40m, prompt: a, traffic_factor: 0}
                    - {from: 30m, to: 40m, prompt: b, traffic_factor: 2}
                """),
            11);
    Instant start = Instant.parse("2026-01-05T08:00:00Z");
    Map<String, List<JsonNode>> groups = new HashMap<>();
    for (JsonNode record : run.executions()) {
      long when = Duration.between(start, time(record)).toMinutes() / 10;
      groups
          .computeIfAbsent(record.get("prompt_id").textValue() + when, k -> new ArrayList<>())
          .add(record);
    }
    List<JsonNode> hit = groups.get("a1");
    Predicate<JsonNode> isX = r -> r.at("/context/conditional_path").textValue().equals("x");
    assertThat(share(hit.stream().filter(isX).toList(), SimulationTest::failed))
        .isCloseTo(0.4, within(0.04));
    assertThat(hit.stream().filter(isX.negate())).noneMatch(SimulationTest::failed);
    assertThat(hit.stream().filter(SimulationTest::failed))
        .allMatch(r -> r.at("/outcome/error_type").textValue().equals("rate_limit"));
    assertThat(groups.get("a0")).noneMatch(SimulationTest::failed);
    assertThat(median(groups.get("b1"), "latency_ms") / median(groups.get("b0"), "latency_ms"))
        .isCloseTo(4, within(0.2));
    assertThat(meanScore(groups.get("a2"))).isCloseTo(meanScore(groups.get("a0")) - 4, within(0.1));
    assertThat(groups).doesNotContainKey("a3");
    assertThat(groups.get("b3").size()).isBetween(11_500, 12_500);
    assertThat(groups.get("b0").size()).isBetween(5_650, 6_350);
  }

  private static double meanScore(List<JsonNode> records) {
    return records.stream()
        .map(r -> r.at("/quality/automated_score"))
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::doubleValue)
        .average()
        .orElseThrow();
  }

  @Test
  void theRateFollowsTheDay() {
    Run run =
        Run.of(
            scenario(
                """
                scenario:
                  start: 2026-01-05T00:00:00Z
                  duration: 2d
                  rhythm: {amplitude: 0.6, peak_hour: 15}
                  prompts: [{id: a, rate_per_minute: 20}]
                """),
            2);
    int[] byHour = new int[24];
    for (JsonNode record : run.executions()) {
      byHour[time(record).atOffset(ZoneOffset.UTC).getHour()]++;
    }
    // The mean hour has 2 × 1200; the peak is in the middle of hours 14 and 15.
    assertThat(byHour[15] / 2400.0).isCloseTo(1.6, within(0.12));
    assertThat(byHour[3] / 2400.0).isCloseTo(0.4, within(0.08));
    assertThat(Arrays.stream(byHour).sum() / (24 * 2400.0)).isCloseTo(1, within(0.02));
  }

  @Test
  void recordsComeInTheOrderOfArrivalNotOfEventTime() {
    Run run =
        Run.of(
            scenario(
                """
                scenario:
                  duration: 20m
                  arrival: {mean_delay: 5s, max_delay: 30s, straggler_share: 0.01,
                            straggler_delay: 5m}
                  prompts: [{id: a, rate_per_minute: 600, behaviour: {user_feedback: {share: 0.3}}}]
                """),
            2);
    long last = Long.MIN_VALUE;
    long behind = 0;
    long newest = Long.MIN_VALUE;
    for (SimulatedRecord record : run.records) {
      assertThat(record.arrival()).isGreaterThanOrEqualTo(last);
      last = record.arrival();
      if (record.kind() == Kind.EXECUTION) {
        long time = time(parse(record.json())).toEpochMilli();
        assertThat(record.arrival() - time).isBetween(0L, 330_000L);
        behind += time < newest ? 1 : 0;
        newest = Math.max(newest, time);
      } else if (record.kind() == Kind.FEEDBACK) {
        JsonNode json = parse(record.json());
        assertThat(names(json))
            .containsExactly(
                "execution_id",
                "prompt_id",
                "prompt_version",
                "execution_timestamp",
                "timestamp",
                "user_feedback");
        assertThat(Instant.parse(json.get("execution_timestamp").textValue()))
            .isBeforeOrEqualTo(time(json));
      }
    }
    assertThat(behind).isGreaterThan(5_000);
    assertThat(run.summary.stragglers()).isBetween(70L, 170L);
    assertThat(run.summary.feedbackEvents()).isGreaterThan(2_500);
  }

  @Test
  void everyDuplicateIsTheSameBytesAgain() {
    Run run = Run.of(scenario("scenario: {duplicates: {share: 0.2}, prompts: [{id: a}]}"), 2);
    Set<String> seen = new HashSet<>();
    for (SimulatedRecord record : run.records) {
      String text = new String(record.json(), StandardCharsets.UTF_8);
      if (record.kind() == Kind.EXECUTION) {
        assertThat(seen.add(text)).isTrue();
      } else if (record.kind() == Kind.DUPLICATE) {
        assertThat(seen.contains(text)).isTrue();
      }
    }
  }

  @Test
  void changingOnePromptLeavesTheOthersAlike() {
    String common = "scenario: {duration: 10m, prompts: [{id: a}, ";
    Run one = Run.of(scenario(common + "{id: b}]}"), 9);
    Run other =
        Run.of(
            scenario(
                common
                    + "{id: b, rate_per_minute: 200, versions: [{version: x},"
                    + " {version: y, from: 3m, behaviour: {errors: {rate: 0.5}}}]}, {id: c}]}"),
            9);
    assertThat(ofPrompt(one, "a")).isEqualTo(ofPrompt(other, "a")).isNotEmpty();
    assertThat(ofPrompt(one, "b")).isNotEqualTo(ofPrompt(other, "b"));
  }

  private static List<String> ofPrompt(Run run, String id) {
    return run.records.stream()
        .filter(r -> r.promptVersion().promptId().equals(id))
        .map(r -> r.arrival() + new String(r.json(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void theParserAgrees() {
    Scenario scenario =
        scenario(
            """
            scenario:
              duration: 10m
              raw_text_share: 0.1
              broken_records: {share: 1, kinds: {%s}}
              prompts:
                - id: a
                  rate_per_minute: 300
                  behaviour: {errors: {rate: 0.2}, automated_score: {delay: {median: 30s}}}
            """
                .formatted(
                    Arrays.stream(Damage.values())
                        .map(d -> d.code() + (d == Damage.TOO_LARGE ? ": 0.01" : ": 1"))
                        .collect(Collectors.joining(", "))));
    Run run = Run.of(scenario, 4);
    long now = scenario.start().plus(scenario.duration()).toEpochMilli();
    RecordParser parser = new RecordParser(ParserOptions.defaults(), () -> now);
    Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
    int stripped = 0;
    for (SimulatedRecord record : run.records) {
      assertThat(new String(record.json(), StandardCharsets.ISO_8859_1)).hasLineCount(1);
      Ingested ingested = parser.parse("test", 0, record.json(), 0, record.json().length);
      switch (record.kind()) {
        case EXECUTION -> {
          assertThat(ingested.execution()).as(() -> describe(record, ingested)).isNotNull();
          assertThat(ingested.execution().promptVersion()).isEqualTo(record.promptVersion());
          stripped += ingested.rawTextStripped() ? 1 : 0;
        }
        case FEEDBACK -> assertThat(ingested.feedback()).isNotNull();
        case BROKEN -> {
          assertThat(ingested.deadLetter()).as(() -> describe(record, ingested)).isNotNull();
          rejected.merge(ingested.deadLetter().reason(), 1L, Long::sum);
        }
        case DUPLICATE -> assertThat(ingested.execution()).isNotNull();
      }
    }
    assertThat(rejected).isEqualTo(run.summary.broken());
    assertThat(rejected).hasSize(Damage.values().length);
    assertThat(stripped).isEqualTo((int) run.summary.rawTexts()).isPositive();
  }

  private static String describe(SimulatedRecord record, Ingested ingested) {
    String text = new String(record.json(), StandardCharsets.UTF_8);
    return text.substring(0, Math.min(text.length(), 1_000)) + " " + ingested.deadLetter();
  }

  @Test
  void onlyOneBreakageIfTheScenarioSaysSo() {
    Run run =
        Run.of(
            scenario(
                "scenario: {duration: 5m, broken_records: {share: 0.5, kinds: {out_of_range: 1}},"
                    + " prompts: [{id: a}]}"),
            4);
    assertThat(run.summary.broken()).containsOnlyKeys(RejectionReason.OUT_OF_RANGE);
    for (JsonNode record : run.json(Kind.BROKEN)) {
      long latency = record.at("/performance/latency_ms").longValue();
      long tokens = record.at("/performance/input_tokens").longValue();
      assertThat(latency < 0 || latency > Integer.MAX_VALUE || tokens < 0).isTrue();
    }
  }

  @Test
  void popularityOfGeneratedPromptsIsZipfs() {
    Run run =
        Run.of(
            scenario(
                "scenario: {duration: 30m, generated_prompts: {count: 100, zipf_exponent: 1,"
                    + " rate_per_minute: 2000}}"),
            4);
    Map<PromptVersionId, SimulationSummary.OfVersion> truth = run.summary.byVersion();
    long first = truth.get(new PromptVersionId("prompt-001", "1.0.0")).executions();
    long tenth = truth.get(new PromptVersionId("prompt-010", "1.0.0")).executions();
    assertThat((double) first / tenth).isCloseTo(10, within(1.0));
    assertThat(truth).hasSize(100);
  }
}
