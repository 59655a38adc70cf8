package io.promptmonitor.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "500ms, PT0.5S",
    "10s, PT10S",
    "5m, PT5M",
    "1h, PT1H",
    "24h, PT24H",
    "7d, PT168H",
    "5_minutes, PT5M",
    "1_minute, PT1M",
    "15 minutes, PT15M",
    "30_seconds, PT30S",
    "1_hour, PT1H",
    "24_hours, PT24H",
    "7_days, PT168H",
    "250_milliseconds, PT0.25S",
  })
  void forms(String text, Duration expected) {
    assertThat(DurationText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "m",
        "-5m",
        "5 m",
        "1.5h",
        "5M",
        "5min",
        "5_",
        "5__minutes",
        "1h30m",
        "1w",
        "5_ms"
      })
  void otherForms(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessage(
            "expected a duration such as 10s, 5m, 24h, 7d, 500ms or 5_minutes, found \"%s\"", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"36501d", "999999999999999d"})
  void tooLong(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessage("\"%s\" is longer than 100 years", text);
  }

  @Property
  void whatIsFormattedCanBeRead(@ForAll @LongRange(min = 0, max = 3_000_000_000_000L) long millis) {
    Duration duration = Duration.ofMillis(millis);
    assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0s", "PT90S, 90s", "PT5M, 5m", "PT24H, 24h", "PT48H, 2d", "PT36H, 36h"})
  void format(Duration duration, String expected) {
    assertThat(DurationText.format(duration)).isEqualTo(expected);
  }
}
