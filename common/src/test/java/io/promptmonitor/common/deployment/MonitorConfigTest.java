package io.promptmonitor.common.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.windows.WindowSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorConfigTest {

  private static MonitorConfig read(String... lines) {
    return ConfigReader.read("c.yaml", String.join("\n", lines), DeploymentConfig::read).monitor();
  }

  private static Duration minutes(int minutes) {
    return Duration.ofMinutes(minutes);
  }

  @Test
  void defaults() {
    MonitorConfig expected =
        new MonitorConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            minutes(1),
            minutes(1),
            Duration.ofHours(24),
            Deduplication.PER_PARTITION,
            100_000,
            new ScoreScale(0, 10),
            minutes(10),
            List.of(),
            Duration.ofSeconds(10),
            Map.of(
                WindowSize.ONE_HOUR, minutes(5),
                WindowSize.ONE_DAY, minutes(15),
                WindowSize.SEVEN_DAYS, minutes(60)));
    assertThat(MonitorConfig.defaults()).isEqualTo(expected);
    assertThat(read("")).isEqualTo(expected);
    assertThat(read("monitor:")).isEqualTo(expected);
    assertThat(read("monitor: {}")).isEqualTo(expected);
    assertThat(read("monitor:", "  idle_timeout: null")).isEqualTo(expected);
  }

  @Test
  void everyKeyIsMapped() {
    MonitorConfig expected =
        new MonitorConfig(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            minutes(3),
            minutes(4),
            Duration.ofHours(5),
            Deduplication.GLOBAL,
            6,
            new ScoreScale(-1, 1.5),
            minutes(7),
            List.of(minutes(5), minutes(15), Duration.ofHours(24)),
            minutes(1),
            Map.of(
                WindowSize.ONE_HOUR, minutes(2),
                WindowSize.ONE_DAY, minutes(30),
                WindowSize.SEVEN_DAYS, Duration.ofHours(24)));
    MonitorConfig config =
        read(
            "monitor:",
            "  evaluation_interval: 5s",
            "  max_out_of_orderness: 2000ms",
            "  allowed_lateness: 3_minutes",
            "  idle_timeout: \"4m\"",
            "  feedback_horizon: 5_hours",
            "  deduplication: global",
            "  deduplication_memory: 6",
            "  automated_score_scale: {min: -1, max: 1.5}",
            "  max_clock_skew: 7m",
            "  sliding_windows: [15m, 5_minutes, 1d]",
            "  sliding_interval: 1m",
            "  refresh: {1h: 2m, 24h: 30m, 7d: 24h}");
    assertThat(config).isEqualTo(expected);
    for (RecordComponent component : MonitorConfig.class.getRecordComponents()) {
      assertThat(value(config, component))
          .as("the example above must differ from the default of %s", component.getName())
          .isNotEqualTo(value(MonitorConfig.defaults(), component));
    }
  }

  @Test
  void deduplicationCanBeOff() {
    assertThat(read("monitor: {deduplication: off}").deduplication()).isEqualTo(Deduplication.OFF);
  }

  @Test
  void aRefreshThatIsNotGivenKeepsItsDefault() {
    assertThat(read("monitor: {refresh: {1h: 1m}}").refresh())
        .containsEntry(WindowSize.ONE_HOUR, minutes(1))
        .containsEntry(WindowSize.ONE_DAY, minutes(15));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evaluation_interval: 7s | 2:24: monitor.evaluation_interval: must divide one minute and be"
            + " at least 1s (1s, 2s, 3s, 4s, 5s, 6s, 10s, 12s, 15s, 20s, 30s or 1m)",
        "evaluation_interval: 500ms | 2:24: monitor.evaluation_interval: must divide one minute and"
            + " be at least 1s (1s, 2s, 3s, 4s, 5s, 6s, 10s, 12s, 15s, 20s, 30s or 1m)",
        "max_out_of_orderness: 2d | 2:25: monitor.max_out_of_orderness: must be from 0s to 24h,"
            + " found 2d",
        "allowed_lateness: 5x | 2:21: monitor.allowed_lateness: expected a duration such as 10s,"
            + " 5m, 24h, 7d, 500ms or 5_minutes, found \"5x\"",
        "allowed_lateness: [1m] | 2:21: monitor.allowed_lateness: expected a duration such as 10s,"
            + " 5m, 24h, 7d, 500ms or 5_minutes, found a list",
        "idle_timeout: 100ms | 2:17: monitor.idle_timeout: must be from 1s to 24h, found 100ms",
        "feedback_horizon: 8d | 2:21: monitor.feedback_horizon: must be from 0s to 7d, found 8d",
        "deduplication: globl | 2:18: monitor.deduplication: unknown value \"globl\"; did you mean"
            + " \"global\"?",
        "deduplication: everywhere | 2:18: monitor.deduplication: unknown value \"everywhere\";"
            + " expected one of off, per_partition, global",
        "deduplication_memory: 0 | 2:25: monitor.deduplication_memory: must be from 1 to 10000000,"
            + " found 0",
        "deduplication_memory: many | 2:25: monitor.deduplication_memory: expected a whole number,"
            + " found \"many\"",
        "deduplication_memory: \"10\" | 2:25: monitor.deduplication_memory: expected a whole number,"
            + " found the text \"10\"",
        "automated_score_scale: {min: 3, max: 3} | 2:26: monitor.automated_score_scale: min must be"
            + " less than max",
        "automated_score_scale: {min: 3} | 2:26: monitor.automated_score_scale: \"max\" is missing",
        "automated_score_scale: {min: a, max: 1} | 2:32: monitor.automated_score_scale.min:"
            + " expected a number, found \"a\"",
        "max_clock_skew: 25h | 2:19: monitor.max_clock_skew: must be from 0s to 24h, found 25h",
        "sliding_windows: [5m, 65s] | 2:25: monitor.sliding_windows[1]: must be a multiple of"
            + " evaluation_interval (10s) and at most 24h",
        "sliding_windows: [25h] | 2:21: monitor.sliding_windows[0]: must be a multiple of"
            + " evaluation_interval (10s) and at most 24h",
        "sliding_windows: [0s] | 2:21: monitor.sliding_windows[0]: must be a multiple of"
            + " evaluation_interval (10s) and at most 24h",
        "sliding_interval: 7m | 2:21: monitor.sliding_interval: must be a multiple of"
            + " evaluation_interval (10s) and divide one hour",
        "sliding_windows: [5m, 300s] | 2:25: monitor.sliding_windows[1]: must not be given twice",
        "sliding_windows: 5m | 2:20: monitor.sliding_windows: expected a list, found \"5m\"",
        "refresh: {1h: 90s} | 2:17: monitor.refresh.1h: must be a multiple of 1m and at most the"
            + " window's 1h",
        "refresh: {2h: 1m} | 2:13: monitor.refresh.2h: unknown value \"2h\"; did you mean \"1h\"?",
        "refresh: {5m: 1m} | 2:13: monitor.refresh.5m: unknown value \"5m\"; expected one of 1h, 24h,"
            + " 7d",
        "refresh: {1h: 2h} | 2:17: monitor.refresh.1h: must be a multiple of 1m and at most the"
            + " window's 1h",
        "evalution_interval: 5s | 2:3: monitor.evalution_interval: unknown key; did you mean"
            + " \"evaluation_interval\"?",
      })
  void aProblemIsOneLineWithItsPosition(String line, String expected) {
    assertThatThrownBy(() -> read("monitor:", "  " + line))
        .isInstanceOf(ConfigException.class)
        .hasMessage("c.yaml:" + expected);
  }

  @Test
  void allProblemsAreReportedTogether() {
    assertThatThrownBy(
            () ->
                read(
                    "monitor:",
                    "  idle_timeout: soon",
                    "  idle_timeout: 1m",
                    "  refresh: {1h: 1s, 24h: 2s}",
                    "  colour: blue",
                    "rules: []"))
        .hasMessage(
            """
            c.yaml:2:17: monitor.idle_timeout: expected a duration such as 10s, 5m, 24h, 7d, 500ms \
            or 5_minutes, found "soon"
            c.yaml:3:3: monitor.idle_timeout: is given twice, first on line 2
            c.yaml:4:17: monitor.refresh.1h: must be a multiple of 1m and at most the window's 1h
            c.yaml:4:26: monitor.refresh.24h: must be a multiple of 1m and at most the window's 24h
            c.yaml:5:3: monitor.colour: unknown key; expected one of evaluation_interval, \
            max_out_of_orderness, allowed_lateness, idle_timeout, feedback_horizon, deduplication, \
            deduplication_memory, automated_score_scale, max_clock_skew, sliding_windows, \
            sliding_interval, refresh
            c.yaml:6:1: rules: unknown key; expected one of monitor, alert_rules, escalation, auto_rollback, notifications, channels, retention""");
  }

  @Test
  void theConstructorChecksToo() {
    MonitorConfig d = MonitorConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MonitorConfig(
                    Duration.ofSeconds(7),
                    d.maxOutOfOrderness(),
                    d.allowedLateness(),
                    d.idleTimeout(),
                    d.feedbackHorizon(),
                    d.deduplication(),
                    d.deduplicationMemory(),
                    d.automatedScoreScale(),
                    d.maxClockSkew(),
                    d.slidingWindows(),
                    d.slidingInterval(),
                    d.refresh()))
        .withMessageStartingWith("evaluation_interval must divide one minute");
  }

  @Test
  void canBeShippedToACluster() throws Exception {
    MonitorConfig config = read("monitor: {sliding_windows: [5m, 1h], refresh: {1h: 1m}}");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(config);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(config);
    }
  }

  @Test
  void theDocumentationNamesEveryKeyAndItsDefault() throws Exception {
    String documentation = Files.readString(projectRoot().resolve("docs/configuration.md"));
    for (RecordComponent component : MonitorConfig.class.getRecordComponents()) {
      assertThat(documentation).contains("### `" + snakeCase(component.getName()) + "`");
    }
    int start = documentation.indexOf("```yaml\nmonitor:") + "```yaml\n".length();
    String example = documentation.substring(start, documentation.indexOf("```", start));
    assertThat(read(example)).isEqualTo(MonitorConfig.defaults());
    for (RecordComponent component : MonitorConfig.class.getRecordComponents()) {
      assertThat(example).contains("\n  " + snakeCase(component.getName()) + ":");
    }
  }

  private static Object value(MonitorConfig config, RecordComponent component) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(component.getName(), e);
    }
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static Path projectRoot() {
    return Path.of(System.getProperty("promptmonitor.root"));
  }
}
