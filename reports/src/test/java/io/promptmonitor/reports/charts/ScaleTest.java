package io.promptmonitor.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ScaleTest {

  @Test
  void ticksAreRound() {
    assertThat(Scale.Linear.upTo(93).ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(Scale.Linear.upTo(0).ticks()).containsExactly(0.0, 1.0);
    assertThat(Scale.forRange(700, 6_500)).isInstanceOf(Scale.Linear.class);
    assertThat(Scale.forRange(700, 9_000).ticks())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : 1)
        .containsExactly(500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0);
  }

  @Property
  void everyValueIsOnTheAxis(
      @ForAll @DoubleRange(min = 0.01, max = 1e7) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1e7) double other) {
    double min = Math.min(one, other);
    double max = Math.max(one, other);
    Scale scale = Scale.forRange(min, max);
    assertThat(scale.position(min)).isBetween(-1e-9, 1 + 1e-9);
    assertThat(scale.position(max)).isBetween(-1e-9, 1 + 1e-9);
    assertThat(scale.position(min)).isLessThanOrEqualTo(scale.position(max));
    int last = scale.ticks().size() - 1;
    assertThat(scale.position(scale.ticks().get(last))).isCloseTo(1, within(1e-9));
    assertThat(scale.ticks()).hasSizeGreaterThanOrEqualTo(2);
    if (scale instanceof Scale.Linear) {
      assertThat(scale.ticks()).hasSizeLessThanOrEqualTo(6);
    }
  }
}
