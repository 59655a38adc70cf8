package io.promptmonitor.common.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.statistics.distribution.TDistribution;

/** Against what is plain but slow. */
class CalibrationPropertyTest {

  private static final LocalDate START = LocalDate.of(2026, 3, 2);

  /** The greatest weighted two-sample t over all places, one after the other. */
  @Property(tries = 300)
  void theDriftIsWhereTheTwoSampleTIsGreatest(
      @ForAll long seed,
      @ForAll @IntRange(min = 8, max = 40) int n,
      @ForAll @DoubleRange(min = 0, max = 2) double shift) {
    SplittableRandom random = new SplittableRandom(seed);
    int place = 2 + random.nextInt(n - 3);
    double[] bias = new double[n];
    long[] weights = new long[n];
    List<QualityDay> days = new ArrayList<>();
    for (int d = 0; d < n; d++) {
      bias[d] = 0.3 * random.nextGaussian() + (d < place ? 0 : shift);
      weights[d] = 1L + random.nextInt(100);
      days.add(new QualityDay(START.plusDays(d), weights[d], 6 - bias[d]));
    }
    double best = 0;
    int where = 0;
    for (int k = 2; k <= n - 2; k++) {
      double t = Math.abs(twoSampleT(bias, weights, k));
      if (t > best) {
        best = t;
        where = k;
      }
    }
    double p = Math.min(1, 2.0 * (n - 3) * TDistribution.of(n - 2).survivalProbability(best));

    BiasDrift found =
        BiasDrift.find(new PredictedVersion("p", "1.0.0", 6, List.of(), null, days), 1);

    if (p <= BiasDrift.ALPHA * 0.999) {
      assertThat(found).isNotNull();
      assertThat(found.began()).isEqualTo(START.plusDays(where));
      assertThat(found.pValue()).isCloseTo(p, within(1e-6 * p + 1e-15));
      assertThat(found.before()).isCloseTo(mean(bias, weights, 0, where), within(1e-9));
      assertThat(found.after()).isCloseTo(mean(bias, weights, where, n), within(1e-9));
    } else if (p > BiasDrift.ALPHA * 1.001) {
      assertThat(found).isNull();
    }
  }

  private static double twoSampleT(double[] x, long[] w, int k) {
    double first = mean(x, w, 0, k);
    double second = mean(x, w, k, x.length);
    double squares = 0;
    double w1 = 0;
    double w2 = 0;
    for (int i = 0; i < x.length; i++) {
      double residual = x[i] - (i < k ? first : second);
      squares += w[i] * residual * residual;
      w1 += i < k ? w[i] : 0;
      w2 += i < k ? 0 : w[i];
    }
    return (second - first) / Math.sqrt(squares / (x.length - 2) * (1 / w1 + 1 / w2));
  }

  private static double mean(double[] x, long[] w, int from, int to) {
    double sum = 0;
    double weight = 0;
    for (int i = from; i < to; i++) {
      sum += w[i] * x[i];
      weight += w[i];
    }
    return sum / weight;
  }

  /** A rank is one more than how many are less, and half of how many others are equal. */
  @Property(tries = 200)
  void ranksCountWhatIsLess(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 9) Integer> values) {
    double[] x = values.stream().mapToDouble(Integer::doubleValue).toArray();
    double[] ranks = Reliability.ranks(x);
    for (int i = 0; i < x.length; i++) {
      double value = x[i];
      long less = Arrays.stream(x).filter(v -> v < value).count();
      long equal = Arrays.stream(x).filter(v -> v == value).count();
      assertThat(ranks[i]).isEqualTo(less + (equal + 1) / 2.0);
    }
  }

  /** With the days of a version in any order, and techniques in any order, the same comes out. */
  @Property(tries = 20)
  void theOrderOfTheInputDoesNotMatter(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PredictedVersion> versions = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      double[] bias = SimulatedVersions.constant(10, random.nextGaussian());
      versions.add(
          SimulatedVersions.version(random, "p" + i, List.of("T" + i % 3, "U" + i % 2), bias, 0.2));
    }
    CalibrationAnalysis expected =
        CalibrationAnalysis.of(START, START.plusDays(9), versions, Heuristic.NONE);
    List<PredictedVersion> shuffled = new ArrayList<>();
    for (PredictedVersion v : versions) {
      List<QualityDay> days = new ArrayList<>(v.days());
      Collections.reverse(days);
      List<String> techniques = new ArrayList<>(v.techniques());
      Collections.reverse(techniques);
      shuffled.add(
          random.nextInt(shuffled.size() + 1),
          new PredictedVersion(
              v.promptId(), v.versionId(), v.predictedQuality(), techniques, v.complexity(), days));
    }
    assertThat(CalibrationAnalysis.of(START, START.plusDays(9), shuffled, Heuristic.NONE))
        .isEqualTo(expected);
  }
}
