package io.promptmonitor.common.ruletests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TestTimeTest {

  @Test
  void forms() {
    assertThat(TestTime.parse("0s")).isZero();
    assertThat(TestTime.parse("11m20s")).isEqualTo(680_000);
    assertThat(TestTime.parse("1h5m")).isEqualTo(3_900_000);
    assertThat(TestTime.parse("1d")).isEqualTo(86_400_000);
    assertThat(TestTime.parse("5 minutes")).isEqualTo(300_000);
    assertThat(TestTime.parse("500ms")).isEqualTo(500);
    assertThat(TestTime.format(86_400_000)).isEqualTo("24h");
    assertThatThrownBy(() -> TestTime.parse("7"))
        .hasMessage("expected a time since the start, such as 7m, 11m20s or 1h5m, found \"7\"");
    assertThatThrownBy(() -> TestTime.parse("20s11m")).hasMessageContaining("expected a time");
    assertThatThrownBy(() -> TestTime.parse("32d")).hasMessage("must be at most 31d, found 32d");
  }

  @Property(tries = 200)
  void whatIsWrittenCanBeRead(@ForAll @LongRange(min = 0, max = 31 * 86_400L) long seconds) {
    assertThat(TestTime.parse(TestTime.format(seconds * 1_000))).isEqualTo(seconds * 1_000);
  }
}
