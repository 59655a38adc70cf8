package io.promptmonitor.flinksql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTimeTest {

  private static final Instant WRITTEN = Instant.parse("2025-06-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2025-06-01T11:59:58.25Z, 2025-06-01T11:59:58.250Z",
    "2025-06-01 13:59:58+0200, 2025-06-01T11:59:58Z",
    "2025-06-01T12:10:00Z, 2025-06-01T12:10:00Z",
    "2020-01-01T00:00:00Z, 2020-01-01T00:00:00Z"
  })
  void readsTheTimeStampsOfRecords(String text, Instant expected) {
    assertThat(new RecordTime().eval(text, WRITTEN)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2025-06-01T11:59:58", "2025-06-01T12:10:00.001Z"})
  void whatTheJobRejectsMovesNoWatermark(String text) {
    assertThat(new RecordTime().eval(text, WRITTEN)).isEqualTo(Instant.EPOCH);
  }

  @Test
  void takesAnythingWhereKafkaHasNoTime() {
    assertThat(new RecordTime().eval("2525-06-01T00:00:00Z", null))
        .isEqualTo(Instant.parse("2525-06-01T00:00:00Z"));
    assertThat(new RecordTime().eval(null, null)).isEqualTo(Instant.EPOCH);
  }
}
