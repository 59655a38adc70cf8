package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigProblem;
import io.promptmonitor.common.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {

  private static Scenario read(String yaml) {
    return ConfigReader.read("s.yaml", yaml, Scenario::read);
  }

  private static Path root() {
    return Path.of(System.getProperty("promptmonitor.root"));
  }

  @Test
  void theExamplesAreBuiltIn() throws Exception {
    try (Stream<Path> files = Files.list(root().resolve("scenarios"))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrderElementsOf(Scenario.builtInNames());
    }
    for (String name : Scenario.builtInNames()) {
      Scenario scenario = Scenario.builtIn(name);
      assertThat(scenario.ratePerMinute()).isPositive();
      assertThat(scenario.promptCount())
          .isEqualTo(Scenario.read(root().resolve("scenarios/" + name + ".yaml")).promptCount());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scenario.builtIn("no-such"))
        .withMessage(
            "no scenario \"no-such\" is built in; there are steady, incident, rollback, week");
  }

  @Test
  void theDefaultsAreThoseOfAnEmptyScenarioWithOnePrompt() {
    Scenario scenario = read("scenario: {prompts: [{id: a}]}");
    assertThat(scenario.start()).isEqualTo("2026-01-05T08:00:00Z");
    assertThat(scenario.duration()).isEqualTo(Duration.ofHours(1));
    assertThat(scenario.users()).isEqualTo(Users.USUAL);
    assertThat(scenario.arrival()).isEqualTo(Arrival.USUAL);
    assertThat(scenario.duplicates()).isEqualTo(Duplicates.USUAL);
    assertThat(scenario.brokenRecords()).isEqualTo(BrokenRecords.USUAL);
    assertThat(scenario.rawTextShare()).isZero();
    assertThat(scenario.incidents()).isEmpty();
    assertThat(scenario.prompts())
        .containsExactly(
            new SimulatedPrompt(
                "a", 60, DailyRhythm.EVEN, SimulatedPrompt.oneVersion(Behaviour.USUAL)));
  }

  @Test
  void aVersionChangesSomeKeysOfItsPromptAndThatOfTheScenario() {
    Behaviour behaviour =
        read("""
                scenario:
                  behaviour: {temperature: 0.5, latency: {sigma: 0.1}, errors: {rate: 0.02}}
                  prompts:
                    - id: a
                      behaviour: {latency: {median: 2s}}
                      versions:
                        - {version: v, behaviour: {latency: {factor: 3}, errors: {rate: 0.4}}}
                """)
            .prompts()
            .get(0)
            .versions()
            .get(0)
            .behaviour();
    assertThat(behaviour.temperature()).isEqualTo(0.5);
    assertThat(behaviour.latencyMs()).isEqualTo(new LogNormal(6_000, 0.1));
    assertThat(behaviour.failures()).isEqualTo(new Failures(0.4, Failures.USUAL.types()));
    assertThat(behaviour.models()).isEqualTo(Behaviour.USUAL.models());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 1:1: \"scenario\" is missing",
        "scenario: | 1:1: \"scenario\" is missing",
        "scenario: {} | 1:11: scenario: no prompts: expected \"prompts\" or \"generated_prompts\"",
        "scenario: {prompts: [{}]} | 1:22: scenario.prompts[0]: \"id\" is missing",
        "scenario: {promts: []} | 1:12: scenario.promts: unknown key; did you mean \"prompts\"?",
        "scenario: {prompts: [{id: a}, {id: a}]} | 1:11: scenario: prompt \"a\" is given twice",
        "scenario: {prompts: [{id: a, versions: []}]} | 1:40: scenario.prompts[0].versions: expected"
            + " at least one version",
        "scenario: {prompts: [{id: a, versions: [{version: v, from: 2m, to: 1m}]}]} | 1:41:"
            + " scenario.prompts[0].versions[0]: \"to\" must be after \"from\"",
        "scenario: {prompts: [{id: a, versions: [{version: v}, {version: v}]}]} | 1:22:"
            + " scenario.prompts[0]: version \"v\" of prompt \"a\" is given twice",
        "scenario: {prompts: [{id: a, versions: [{version: v, from: 5m}]}]} | 1:11: scenario: no"
            + " version of prompt \"a\" has traffic 0 s after the start",
        "scenario: {prompts: [{id: a, versions: [{version: v, to: 5m}]}]} | 1:11: scenario: no"
            + " version of prompt \"a\" has traffic 300 s after the start",
        "scenario: {duration: 2y, prompts: [{id: a}]} | 1:22: scenario.duration: expected a duration"
            + " such as 10s, 5m, 24h, 7d, 500ms or 5_minutes, found \"2y\"",
        "scenario: {start: 1999-01-01, prompts: [{id: a}]} | 1:11: scenario: the start must be from"
            + " the year 2000 to 2899, found 1999-01-01T00:00:00Z",
        "scenario: {prompts: [{id: a, behaviour: {errors: {rate: 30}}}]} | 1:57:"
            + " scenario.prompts[0].behaviour.errors.rate: must be from 0 to 1, found 30",
        "scenario: {prompts: [{id: a, behaviour: {errors: {types: {}}}}]} | 1:50:"
            + " scenario.prompts[0].behaviour.errors: types must not be empty",
        "scenario: {prompts: [{id: a, behaviour: {models: {}}}]} | 1:50:"
            + " scenario.prompts[0].behaviour.models: expected names with their shares, at least one"
            + " above 0",
        "scenario: {prompts: [{id: a, behaviour: {user_feedback: {ratings: [1, 2]}}}]} | 1:67:"
            + " scenario.prompts[0].behaviour.user_feedback.ratings: expected five weights, for the"
            + " ratings 1 to 5, not all 0",
        "scenario: {prompts: [{id: a}], broken_records: {kinds: {not_jsn: 1}}} | 1:57:"
            + " scenario.broken_records.kinds.not_jsn: unknown value \"not_jsn\"; did you mean"
            + " \"not_json\"?",
        "scenario: {prompts: [{id: alpha}], incidents: [{from: 0s, to: 1m, prompt: alpa}]} | 1:75:"
            + " scenario.incidents[0].prompt: unknown value \"alpa\"; did you mean \"alpha\"?",
        "scenario: {prompts: [{id: a}], incidents: [{from: 0s, to: 1m, version: 9.9.9}]} | 1:72:"
            + " scenario.incidents[0].version: unknown value \"9.9.9\"; expected one of 1.0.0",
        "scenario: {prompts: [{id: a}], incidents: [{from: 0s}]} | 1:44: scenario.incidents[0]:"
            + " \"to\" is missing",
        "scenario: {prompts: [{id: a}], incidents: [{from: 0s, to: 1m, model: gpt-4o-mini,"
            + " traffic_factor: 2}]} | 1:44: scenario.incidents[0]: \"traffic_factor\" is for a whole"
            + " prompt, not for a version, branch or model",
      })
  void aProblemIsOneLineWithItsPosition(String yaml, String expected) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessage("s.yaml:" + expected);
  }

  @Test
  void aScenarioCanBeMovedStretchedAndScaled() {
    Scenario scenario = Scenario.builtIn("incident");
    Instant start = Instant.parse("2030-01-01T00:00:00Z");
    assertThat(scenario.withStart(start).start()).isEqualTo(start);
    assertThat(scenario.withDuration(Duration.ofMinutes(90)).duration())
        .isEqualTo(Duration.ofMinutes(90));
    assertThat(scenario.withRatePerMinute(50).ratePerMinute()).isCloseTo(50, within(1e-9));
    Scenario other = scenario.withPrompts(40);
    assertThat(other.promptCount()).isEqualTo(40);
    assertThat(other.ratePerMinute()).isCloseTo(scenario.ratePerMinute(), within(1e-6));
    assertThat(other.incidents()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scenario.withRatePerMinute(0))
        .withMessage("the rate must be above 0 and at most 10000000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scenario.withPrompts(0))
        .withMessage("the number of prompts must be from 1 to 100000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scenario.withDuration(Duration.ofDays(400)))
        .withMessage("the duration must be from 1s to 366d");
  }

  /** Whatever is changed in an example: it is read, or refused with positions; nothing else. */
  @Property(tries = 500)
  void aDamagedScenarioIsRefusedWithPositions(
      @ForAll("examples") String example,
      @ForAll @IntRange(max = 10_000) int at,
      @ForAll("replacements") String replacement) {
    String[] lines = example.split("\n");
    int line = at % lines.length;
    lines[line] = replace(lines[line], at, replacement);
    try {
      assertThat(read(String.join("\n", lines)).prompts()).isNotEmpty();
    } catch (ConfigException e) {
      assertThat(e.problems()).isNotEmpty();
      for (ConfigProblem problem : e.problems()) {
        assertThat(problem.line()).isBetween(1, lines.length);
        assertThat(problem.column()).isPositive();
        assertThat(problem.message()).isNotBlank().hasLineCount(1);
      }
    }
  }

  private static String replace(String line, int at, String replacement) {
    Matcher words = Pattern.compile("[\\w./-]+").matcher(line);
    List<int[]> found = words.results().map(m -> new int[] {m.start(), m.end()}).toList();
    if (found.isEmpty()) {
      return line + replacement;
    }
    int[] word = found.get(at % found.size());
    return line.substring(0, word[0]) + replacement + line.substring(word[1]);
  }

  @Provide
  Arbitrary<String> examples() {
    return Arbitraries.of(Scenario.builtInNames())
        .map(
            name -> {
              try {
                return Files.readString(root().resolve("scenarios/" + name + ".yaml"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Provide
  Arbitrary<String> replacements() {
    return Arbitraries.of(
        "",
        "-1",
        "0",
        "1e9",
        "999999999999",
        "nonsense",
        "null",
        "[]",
        "{}",
        "[1, 2]",
        "{a: 1}",
        "\"\"",
        "5m",
        "400d",
        ".nan",
        "true",
        "&a",
        "*a",
        "!!int 1",
        "<<",
        "'",
        "\t",
        "a: b: c");
  }

  /** The documentation has a row for every key: each is found by asking for what does not exist. */
  @Example
  void theDocumentationNamesEveryKey() throws Exception {
    String documentation = Files.readString(root().resolve("docs/simulator.md"));
    String everySection =
        """
        scenario:
          zzzz: 1
          rhythm: {zzzz: 1}
          users: {zzzz: 1}
          arrival: {zzzz: 1}
          duplicates: {zzzz: 1}
          broken_records: {zzzz: 1, kinds: {zzzz: 1}}
          behaviour:
            zzzz: 1
            latency: {zzzz: 1}
            input_tokens: {zzzz: 1}
            errors: {zzzz: 1, types: {a: {zzzz: 1}}}
            inputs: {zzzz: 1}
            automated_score: {zzzz: 1, delay: {zzzz: 1}}
            user_feedback: {zzzz: 1}
          prompts: [{id: a, zzzz: 1, versions: [{version: 1, zzzz: 1}]}]
          generated_prompts: {count: 1, zzzz: 1}
          incidents: [{from: 0s, to: 1s, zzzz: 1}]
        """;
    TreeSet<String> keys = new TreeSet<>();
    try {
      read(everySection);
    } catch (ConfigException e) {
      for (ConfigProblem problem : e.problems()) {
        int list = problem.message().indexOf("expected one of ");
        assertThat(list).as(problem.toString()).isPositive();
        keys.addAll(
            List.of(problem.message().substring(list + "expected one of ".length()).split(", ")));
      }
    }
    assertThat(keys).hasSizeGreaterThan(60);
    assertThat(keys).allSatisfy(key -> assertThat(documentation).contains("`" + key + "`"));
  }
}
