package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptmonitor.common.conditions.Verdict;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our life cycle is that of Prometheus: {@code promtool test rules} gets what ours makes of many
 * series, at every evaluation, and must agree. Skipped where there is no promtool.
 */
class PrometheusDifferentialTest {

  private static final int SERIES = 240;
  private static final int STEPS = 100;
  private static final int STEP_SECONDS = 10;

  private static final List<String> HOLDS = List.of("0s", "1m", "5m");
  private static final List<String> KEEPS = List.of("0s", "70s", "5m");

  @TempDir private Path directory;

  private final List<VersionRule> rules = new ArrayList<>();

  @BeforeEach
  void needsPromtool() {
    boolean found =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
    assumeTrue(found, "skipped: promtool is not installed (Debian's package prometheus)");
  }

  @BeforeEach
  void writeRules() throws IOException {
    StringBuilder yaml = new StringBuilder("groups:\n- name: g\n  rules:\n");
    for (String hold : HOLDS) {
      for (String keep : KEEPS) {
        yaml.append("  - alert: r").append(rules.size()).append("\n    expr: m > 0.05\n");
        yaml.append("    for: ").append(hold).append('\n');
        if (!keep.equals("0s")) { // which promtool takes as an error
          yaml.append("    keep_firing_for: ").append(keep).append('\n');
        }
        rules.add(
            TestRules.versionRule(
                TestRules.rule("no_data: ok, for: " + hold + ", keep_firing_for: " + keep)));
      }
    }
    Files.writeString(directory.resolve("rules.yaml"), yaml);
  }

  @Test
  void prometheusAgreesAtEveryEvaluation() throws Exception {
    StringBuilder tests = new StringBuilder();
    for (int seed = 0; seed < SERIES; seed++) {
      tests.append(test(SignalSeries.generate(seed, STEPS)));
    }
    Run run = promtool(tests.toString());
    assertThat(run.output).contains("SUCCESS");
    assertThat(run.exitCode).as(run.output).isZero();
  }

  @Test
  void prometheusWouldDisagree() throws Exception {
    String right = test(SignalSeries.generate(1, STEPS));
    Run run = promtool(right.replaceFirst("alertstate=\"pending\"", "alertstate=\"firing\""));
    assertThat(run.exitCode).as(run.output).isNotZero();
  }

  /** A test of all rules on one series, which expects what our life cycle does. */
  private String test(double[] values) {
    StringBuilder yaml = new StringBuilder("- interval: ").append(STEP_SECONDS).append("s\n");
    yaml.append("  input_series:\n  - series: m\n    values: '");
    for (double value : values) {
      // Without the marker, Prometheus would go on with the value before for five minutes.
      yaml.append(value == SignalSeries.GAP ? "stale" : Double.toString(value)).append(' ');
    }
    yaml.append("'\n  promql_expr_test:\n");
    AlertState[] states = new AlertState[rules.size()];
    Arrays.fill(states, AlertState.initial());
    for (int i = 0; i < values.length; i++) {
      int seconds = i * STEP_SECONDS;
      // Now and then also since when the condition holds, which takes longer to compare.
      boolean since = i % 10 == 0;
      yaml.append("  - expr: ")
          .append(since ? "'{__name__=~\"ALERTS|ALERTS_FOR_STATE\"}'" : "ALERTS")
          .append('\n');
      yaml.append("    eval_time: ").append(seconds).append("s\n    exp_samples: [");
      for (int r = 0; r < states.length; r++) {
        RuleEvaluation evaluation = TestRules.evaluation(verdict(values[i]));
        states[r] =
            AlertLifeCycle.step(states[r], rules.get(r), evaluation, seconds * 1000L).state();
        if (states[r].phase() != AlertPhase.INACTIVE) {
          String phase = states[r].phase() == AlertPhase.FIRING ? "firing" : "pending";
          yaml.append("\n      {labels: 'ALERTS{alertname=\"r")
              .append(r)
              .append("\", alertstate=\"")
              .append(phase)
              .append("\"}', value: 1},");
          if (since) {
            yaml.append("\n      {labels: 'ALERTS_FOR_STATE{alertname=\"r")
                .append(r)
                .append("\"}', value: ")
                .append(states[r].episode() / 1000)
                .append("},");
          }
        }
      }
      yaml.append("]\n");
    }
    return yaml.toString();
  }

  private static Verdict verdict(double value) {
    if (value == SignalSeries.GAP) {
      return Verdict.NO_DATA;
    }
    if (Double.isNaN(value)) {
      return Verdict.INSUFFICIENT_DATA;
    }
    return value > 0.05 ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
  }

  /** What promtool said. */
  private record Run(int exitCode, String output) {}

  private Run promtool(String tests) throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("tests.yaml"),
        "rule_files: [rules.yaml]\nevaluation_interval: " + STEP_SECONDS + "s\ntests:\n" + tests);
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder("promtool", "test", "rules", "tests.yaml")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("promtool ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    return new Run(process.exitValue(), text.substring(0, Math.min(text.length(), 4_000)));
  }
}
