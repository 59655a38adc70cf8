package io.promptmonitor.common.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.sketch.QuantileSketch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class IntervalsTest {

  @Test
  void wilsonAsPublished() {
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    assertInterval(RateIntervals.wilson(81 / 263.0, 263), 0.2553, 0.3662, 5e-5);
    assertInterval(RateIntervals.wilson(15 / 148.0, 148), 0.0624, 0.1605, 5e-5);
    assertInterval(RateIntervals.wilson(0, 20), 0, 0.1611, 5e-5);
    assertInterval(RateIntervals.wilson(1 / 29.0, 29), 0.0061, 0.1718, 5e-5);
  }

  @Test
  void newcombeAsPublished() {
    // Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
    assertInterval(RateIntervals.difference(56 / 70.0, 70, 48 / 80.0, 80), 0.0524, 0.3339, 5e-5);
    assertInterval(RateIntervals.difference(9 / 10.0, 10, 3 / 10.0, 10), 0.1705, 0.8090, 5e-5);
    assertInterval(RateIntervals.difference(10 / 10.0, 10, 0, 20), 0.6791, 1, 5e-5);
  }

  @Test
  void nothingIsKnownOfNoTrials() {
    assertThat(RateIntervals.wilson(Double.NaN, 0).isKnown()).isFalse();
    assertThat(RateIntervals.difference(0.5, 10, Double.NaN, 0).isKnown()).isFalse();
  }

  @Property(tries = 200)
  void wilsonHoldsWhatIsThoughtOfIt(
      @ForAll @IntRange(min = 5, max = 300) int n,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double rate) {
    double coverage = 0;
    double logProbability = n * Math.log1p(-rate);
    for (int k = 0; k <= n; k++) {
      Interval interval = RateIntervals.wilson((double) k / n, n);
      if (interval.lower() <= rate && rate <= interval.upper()) {
        coverage += Math.exp(logProbability);
      }
      logProbability += Math.log((double) (n - k) / (k + 1)) + Math.log(rate) - Math.log1p(-rate);
    }
    // Known of the score interval: 95 % on average, down to 0.83 for rates near 0 and 1 (Brown, Cai
    // and DasGupta, 2001).
    assertThat(coverage).isGreaterThan(n * Math.min(rate, 1 - rate) < 5 ? 0.83 : 0.91);
  }

  @Property
  void wilsonHasTheRateInItAndNarrowsWithTrials(
      @ForAll @LongRange(min = 1, max = 1_000_000_000) long n,
      @ForAll @DoubleRange(min = 0, max = 1) double rate) {
    Interval interval = RateIntervals.wilson(rate, n);
    assertThat(interval.lower()).isBetween(0.0, rate);
    assertThat(interval.upper()).isBetween(rate, 1.0);
    Interval wide = RateIntervals.wilson(rate, Math.max(1, n / 2));
    assertThat(interval.upper() - interval.lower())
        .isLessThanOrEqualTo(wide.upper() - wide.lower() + 1e-12);
  }

  @Test
  void studentAsPublished() {
    // Student's own example, 1908: the extra sleep by drug 1 and 2; R: t.test(extra ~ group).
    double[] first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    SampleMoments one = moments(first);
    SampleMoments two = moments(second);
    assertInterval(one.ofDifference(two), -3.3654832, 0.2054832, 1e-7);
    assertInterval(one.ofMean(), -0.5297804, 2.0297804, 1e-7);
  }

  @Test
  void aMeanOfOneValueHasNoInterval() {
    assertThat(SampleMoments.ofSums(1, 5, 25).ofMean().isKnown()).isFalse();
    assertThat(SampleMoments.ofSums(0, 0, 0).ofMean().isKnown()).isFalse();
    assertInterval(SampleMoments.ofSums(3, 15, 75).ofMean(), 5, 5, 0);
    assertInterval(
        SampleMoments.ofSums(3, 15, 75).ofDifference(SampleMoments.ofSums(2, 6, 18)), 2, 2, 0);
  }

  @Property(tries = 300)
  void percentilesLieBetweenTheRanksOfTheSortedSample(
      @ForAll @Size(min = 1, max = 120) List<@IntRange(min = 0, max = 100_000) Integer> values,
      @ForAll @IntRange(min = 1, max = 99) int percent) {
    double p = percent / 100.0;
    QuantileSketch sketch = new QuantileSketch();
    values.forEach(sketch::add);
    sketch.close();
    int[] sorted = values.stream().mapToInt(Integer::intValue).sorted().toArray();
    int n = sorted.length;
    // Oracle: the widest tails of at most 2.5 % each, by summing the binomial.
    int lower = 0;
    while (lower < n && cumulative(n, p, lower) < 0.025 - 1e-12) {
      lower++;
    }
    int upper = n;
    while (upper > 0 && cumulative(n, p, upper - 1) >= 0.975 + 1e-12) {
      upper--;
    }
    Interval interval = PercentileIntervals.of(sketch, p);
    assertThat(interval.lower()).isCloseTo(lower == 0 ? 0 : sorted[lower - 1], within(1e-6));
    if (upper + 1 > n) {
      assertThat(interval.upper()).isInfinite();
    } else {
      assertThat(interval.upper()).isCloseTo(sorted[upper], within(1e-6));
    }
  }

  private static double cumulative(int n, double p, int k) {
    double sum = 0;
    double log = n * Math.log1p(-p);
    for (int i = 0; i <= k; i++) {
      sum += Math.exp(log);
      log += Math.log((double) (n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
    }
    return sum;
  }

  @Test
  void percentilesOfADigestAreNearThoseOfTheSample() {
    Random random = new Random(7);
    int[] values = random.doubles(20_000).mapToInt(x -> (int) (200 * Math.exp(3 * x))).toArray();
    QuantileSketch sketch = new QuantileSketch();
    Arrays.stream(values).forEach(sketch::add);
    sketch.close();
    int[] sorted = Arrays.stream(values).sorted().toArray();
    for (double p : new double[] {0.5, 0.95, 0.99}) {
      Interval interval = PercentileIntervals.of(sketch, p);
      int lower = (int) PercentileIntervals.lowerRank(values.length, p);
      int upper = (int) PercentileIntervals.upperRank(values.length, p);
      // Within half a centroid of the ranks, see QuantileSketch.
      int slack = (int) (values.length * Math.PI * Math.sqrt(p * (1 - p)) / 100 / 2);
      assertThat(interval.lower()).isBetween(at(sorted, lower - slack), at(sorted, lower + slack));
      assertThat(interval.upper()).isBetween(at(sorted, upper - slack), at(sorted, upper + slack));
    }
  }

  private static double at(int[] sorted, int rank) {
    return sorted[Math.max(0, Math.min(sorted.length - 1, rank))];
  }

  @Test
  void ranksOfMoreValuesThanAnIntCanCount() {
    long n = 3_000_000_000L;
    assertThat(PercentileIntervals.lowerRank(n, 0.5)).isCloseTo(n / 2 - 53_677, within(5L));
    assertThat(PercentileIntervals.upperRank(n, 0.5)).isCloseTo(n / 2 + 53_677, within(5L));
  }

  @Test
  void varianceOfASketchIsThatOfItsValues() {
    Random random = new Random(11);
    QuantileSketch sketch = new QuantileSketch();
    double sum = 0;
    double squares = 0;
    int n = 5_000;
    for (int i = 0; i < n; i++) {
      int value = (int) Math.exp(6.5 + 0.6 * random.nextGaussian());
      sketch.add(value);
      sum += value;
      squares += (double) value * value;
    }
    double variance = SampleMoments.ofSums(n, sum, squares).variance();
    assertThat(sketch.variance()).isCloseTo(variance, within(1e-3 * variance));
    sketch.close();
    assertThat(sketch.variance()).isCloseTo(variance, within(0.01 * variance));
  }

  private static SampleMoments moments(double[] values) {
    return SampleMoments.ofSums(
        values.length, Arrays.stream(values).sum(), Arrays.stream(values).map(x -> x * x).sum());
  }

  private static void assertInterval(Interval actual, double lower, double upper, double accuracy) {
    assertThat(actual.lower()).isCloseTo(lower, within(accuracy));
    assertThat(actual.upper()).isCloseTo(upper, within(accuracy));
  }
}
