package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.simulation.RandomDraws.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionsTest {

  @ParameterizedTest
  @CsvSource({
    "0.5, 0",
    "0.975, 1.959963984540054",
    "0.9986501019683699, 3",
    "0.25, -0.6744897501960817",
    "1e-10, -6.361340902404056",
    "1e-15, -7.941345326170998",
  })
  void normalQuantiles(double p, double expected) {
    assertThat(NormalQuantile.of(p)).isCloseTo(expected, within(1e-12));
  }

  @Property
  void normalQuantilesAreSymmetric(@ForAll @DoubleRange(min = 1e-6, max = 0.5) @Scale(6) double p) {
    assertThat(NormalQuantile.of(1 - p)).isCloseTo(-NormalQuantile.of(p), within(1e-8));
  }

  @Property
  void zipfProbabilitiesAreThoseOfItsDefinition(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @DoubleRange(min = 0, max = 3) double exponent,
      @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(3) double uniform) {
    ZipfDistribution zipf = new ZipfDistribution(size, exponent);
    double sum = 0;
    for (int k = 1; k <= size; k++) {
      sum += Math.pow(k, -exponent);
    }
    double cumulative = 0;
    int expected = -1;
    for (int k = 1; k <= size; k++) {
      double probability = Math.pow(k, -exponent) / sum;
      assertThat(zipf.probability(k - 1)).isCloseTo(probability, within(1e-12));
      cumulative += probability;
      if (expected < 0 && uniform < cumulative - 1e-12) {
        expected = k - 1;
      }
    }
    assertThat(zipf.rank(uniform)).isBetween(Math.max(0, expected - 1), Math.max(0, expected));
  }

  @Test
  void drawsAreUniformAndIndependentOfEachOther() {
    int n = 100_000;
    RandomDraws draws = new RandomDraws(0);
    double sum = 0;
    double squares = 0;
    double product = 0;
    double normalSquares = 0;
    double exponential = 0;
    for (int i = 0; i < n; i++) {
      draws.reset(RandomDraws.seed(77, i));
      double a = draws.uniform(Quantity.LATENCY) - 0.5;
      double b = draws.uniform(Quantity.FAILURE) - 0.5;
      sum += a;
      squares += a * a;
      product += a * b;
      double z = draws.gaussian(Quantity.SCORE);
      normalSquares += z * z;
      exponential += draws.exponential(Quantity.ARRIVAL_DELAY);
    }
    assertThat(sum / n).isCloseTo(0, within(0.004));
    assertThat(squares / n).isCloseTo(1 / 12.0, within(0.001));
    assertThat(product / n).isCloseTo(0, within(0.0012));
    assertThat(normalSquares / n).isCloseTo(1, within(0.02));
    assertThat(exponential / n).isCloseTo(1, within(0.015));
  }

  @Test
  void sharesArePickedInTheirOrder() {
    Map<String, Double> weights = new LinkedHashMap<>();
    weights.put("a", 1.0);
    weights.put("b", 0.0);
    weights.put("c", 3.0);
    Shares shares = new Shares(weights);
    assertThat(shares.pick(0.2499)).isEqualTo("a");
    assertThat(shares.pick(0.25)).isEqualTo("c");
    assertThat(shares.pick(0.9999999)).isEqualTo("c");
  }

  @Test
  void theDayHasItsPeakAtThePeakHourAndItsMeanIsOne() {
    DailyRhythm rhythm = new DailyRhythm(0.8, 14);
    long hour = 3_600_000;
    assertThat(rhythm.factor(14 * hour)).isCloseTo(1.8, within(1e-9));
    assertThat(rhythm.factor(2 * hour)).isCloseTo(0.2, within(1e-9));
    assertThat(rhythm.factor((24 * 20_000L + 14) * hour)).isCloseTo(1.8, within(1e-9));
    double sum = 0;
    for (int minute = 0; minute < 1440; minute++) {
      sum += rhythm.factor(minute * 60_000L);
    }
    assertThat(sum / 1440).isCloseTo(1, within(1e-9));
  }
}
