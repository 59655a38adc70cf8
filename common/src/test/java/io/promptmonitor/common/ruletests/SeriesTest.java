package io.promptmonitor.common.ruletests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.metrics.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SeriesTest {

  private static final Duration PANE = Duration.ofSeconds(10);

  private static List<Double> values(String text, Quantity quantity) {
    Series series = Series.parse(text, quantity, PANE, 1_000_000);
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < series.length(); i++) {
      values.add(series.at(i));
    }
    return values;
  }

  private static List<Double> counts(String text) {
    return values(text, Quantity.COUNT);
  }

  @Test
  void notation() {
    assertThat(counts("7")).containsExactly(7.0);
    assertThat(counts("1 2  3\n4")).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(counts("5x3")).containsExactly(5.0, 5.0, 5.0);
    assertThat(counts("5x1m")).hasSize(6).containsOnly(5.0);
    assertThat(counts("0+1x4 _x2 9"))
        .containsExactly(0.0, 1.0, 2.0, 3.0, Double.NaN, Double.NaN, 9.0);
    assertThat(counts("10-2x3")).containsExactly(10.0, 8.0, 6.0);
    assertThat(counts("0+0.1x4")).containsExactly(0.0, 0.1, 0.2, 0.3);
    assertThat(counts("_")).containsExactly(Double.NaN);
  }

  @Test
  void units() {
    assertThat(values("5% 0.05", Quantity.RATE)).containsExactly(0.05, 0.05);
    assertThat(values("0%+10%x3", Quantity.RATE)).containsExactly(0.0, 0.1, 0.2);
    assertThat(values("3.2s 3200ms 3200", Quantity.LATENCY)).containsOnly(3200.0);
  }

  @Test
  void theLastValueGoesOn() {
    Series series = Series.parse("1 2", Quantity.COUNT, PANE, 10);
    assertThat(series.at(1_000)).isEqualTo(2);
  }

  @Test
  void whatIsWrongIsSaid() {
    assertWrong("1 y", "expected values such as 10, 10x30, 10x5m, 0+1x10, _ or _x5, found \"y\"");
    assertWrong("1x", "expected values such as");
    assertWrong("1x0", "must be from 1 to 300000 values");
    assertWrong("1x9999999", "must be from 1 to 300000 values");
    assertWrong("1x15s", "must be a multiple of the interval (10s), found 15s");
    assertWrong("1x3q", "expected a number of intervals or a duration after x");
    assertWrong("1+1", "x and a number of values are missing after the step");
    assertWrong("_+1x3", "nothing can be added to _");
    assertWrong("3-2x3", "-1 is out of range: expected 0 to 1000000");
    assertWrong("1.2.3", "expected a number, found \"1.2.3\"");
    assertWrong("5%", "\"%\" is not a unit of a count");
  }

  private static void assertWrong(String text, String message) {
    assertThatThrownBy(() -> counts(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Property(tries = 200)
  void whatIsCarriedAddsUp(
      @ForAll @Size(min = 1, max = 200) List<@DoubleRange(max = 5) Double> values) {
    CarriedSum sum = new CarriedSum();
    double exact = 0;
    long whole = 0;
    for (double value : values) {
      exact += value;
      int next = sum.next(value);
      assertThat(next).isNotNegative();
      whole += next;
      assertThat(whole).isBetween((long) Math.floor(exact - 1e-6), (long) Math.floor(exact + 1e-6));
    }
  }
}
