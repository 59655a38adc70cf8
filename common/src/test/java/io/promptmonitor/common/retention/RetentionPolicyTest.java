package io.promptmonitor.common.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.windows.WindowSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPolicyTest {

  private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");

  private static RetentionPolicy read(String yaml) {
    return ConfigReader.read("c.yaml", yaml, DeploymentConfig::read).retention();
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  @Test
  void defaultsAreThoseOfTheSpecification() {
    RetentionPolicy expected =
        new RetentionPolicy(
            Map.of(
                WindowSize.ONE_MINUTE, Duration.ofHours(24),
                WindowSize.FIVE_MINUTES, days(7),
                WindowSize.ONE_HOUR, days(30),
                WindowSize.ONE_DAY, days(90),
                WindowSize.SEVEN_DAYS, days(365)),
            days(30),
            days(90),
            days(365));
    assertThat(RetentionPolicy.defaults()).isEqualTo(expected);
    assertThat(read("")).isEqualTo(expected);
    assertThat(read("retention:")).isEqualTo(expected);
    assertThat(read("retention: {windows: {}}")).isEqualTo(expected);
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(
            read(
                """
                retention:
                  windows: {1m: 2d, 5m: 3d, 1h: 20d, 24h: 2000d, 7d: 3650d}
                  dead_letters: 16d
                  notifications: 17d
                  alerts: 18d
                """))
        .isEqualTo(
            new RetentionPolicy(
                Map.of(
                    WindowSize.ONE_MINUTE, days(2),
                    WindowSize.FIVE_MINUTES, days(3),
                    WindowSize.ONE_HOUR, days(20),
                    WindowSize.ONE_DAY, days(2000),
                    WindowSize.SEVEN_DAYS, days(3650)),
                days(16),
                days(17),
                days(18)));
  }

  @Test
  void aWindowThatIsNotNamedKeepsItsDefault() {
    assertThat(read("retention: {windows: {1m: 2d}}").windows())
        .containsEntry(WindowSize.ONE_MINUTE, days(2))
        .containsEntry(WindowSize.FIVE_MINUTES, days(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "windows: {1m: 23h} | 2:17: retention.windows.1m: must be from 24h to 3650d, found 23h",
        "windows: {5m: 1h} | 2:17: retention.windows.5m: must be from 24h to 3650d, found 1h",
        "windows: {1h: 14d} | 2:17: retention.windows.1h: must be from 15d to 3650d, found 14d",
        "windows: {24h: 14d} | 2:18: retention.windows.24h: must be from 15d to 3650d, found 14d",
        "windows: {7d: 4000d} | 2:17: retention.windows.7d: must be from 15d to 3650d, found 4000d",
        "windows: {2h: 14d} | 2:13: retention.windows.2h: unknown value \"2h\"; did you mean \"1h\"?",
        "windows: 7d | 2:12: retention.windows: expected a mapping (key: value), found \"7d\"",
        "dead_letters: 1d | 2:17: retention.dead_letters: must be from 15d to 3650d, found 24h",
        "notifications: never | 2:18: retention.notifications: expected a duration such as 10s, 5m,"
            + " 24h, 7d, 500ms or 5_minutes, found \"never\"",
        "alerts: 89d | 2:11: retention.alerts: alerts must be kept at least as long as notifications"
            + " (90d), found 89d",
        "notifications: 366d | 2:18: retention.notifications: alerts must be kept at least as long as"
            + " notifications (366d), found 365d",
        "alert: 89d | 2:3: retention.alert: unknown key; did you mean \"alerts\"?",
      })
  void aProblemIsOneLineWithItsPosition(String line, String expected) {
    assertThatThrownBy(() -> read("retention:\n  " + line))
        .isInstanceOf(ConfigException.class)
        .hasMessage("c.yaml:" + expected);
  }

  @Test
  void noWindowMayBeGivenLessThanFeedbackCorrectsIt() {
    assertThatThrownBy(
            () -> read("monitor: {feedback_horizon: 3d}\nretention: {windows: {1m: 71h, 5m: 72h}}"))
        .hasMessage("c.yaml:2:27: retention.windows.1m: must be from 3d to 3650d, found 71h");
    assertThat(read("monitor: {feedback_horizon: 0s}\nretention: {windows: {1m: 1m}}").windows())
        .containsEntry(WindowSize.ONE_MINUTE, Duration.ofMinutes(1));
  }

  @Test
  void theConstructorChecksToo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetentionPolicy(Map.of(), days(1), days(90), days(365)))
        .withMessageStartingWith("dead_letters must be from 15d to 3650d");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetentionPolicy(Map.of(), days(30), days(90), days(89)))
        .withMessageStartingWith("alerts must be from 90d");
  }

  @Test
  void aWindowIsKeptAsLongAsTheJobMayCorrectIt() {
    assertThat(RetentionPolicy.defaults().limits(Duration.ofHours(20), NOW))
        .containsExactly(
            new RetentionLimit("1m", Duration.ofHours(24), NOW.minus(days(1))),
            new RetentionLimit("5m", days(7), NOW.minus(days(7))),
            new RetentionLimit("1h", days(30), NOW.minus(days(30))),
            new RetentionLimit("24h", days(90), NOW.minus(days(90))),
            new RetentionLimit("7d", days(365), NOW.minus(days(365))),
            new RetentionLimit("alert_exemplar", null, NOW),
            new RetentionLimit("dead_letter", days(30), NOW.minus(days(30))),
            new RetentionLimit("notification", days(90), NOW.minus(days(90))),
            new RetentionLimit("alert", days(365), NOW.minus(days(365))));
    DeploymentConfig slow =
        ConfigReader.read("c.yaml", "monitor: {feedback_horizon: 7d}", DeploymentConfig::read);
    Duration week = days(7).plusHours(1);
    assertThat(slow.retention().limits(slow.monitor().correctableFor(), NOW))
        .startsWith(
            new RetentionLimit("1m", week, NOW.minus(week)),
            new RetentionLimit("5m", week, NOW.minus(week)),
            new RetentionLimit("1h", days(30), NOW.minus(days(30))));
  }

  @Test
  void theDocumentationHasTheDefaults() throws Exception {
    String documentation =
        Files.readString(
            Path.of(System.getProperty("promptmonitor.root", ".."), "docs", "configuration.md"));
    int start = documentation.indexOf("```yaml\nretention:") + "```yaml\n".length();
    String example = documentation.substring(start, documentation.indexOf("```", start));
    assertThat(read(example)).isEqualTo(RetentionPolicy.defaults());
    for (String key :
        new String[] {"windows", "dead_letters", "notifications", "alerts", "1m", "7d"}) {
      assertThat(example).contains(key + ":");
    }
  }
}
