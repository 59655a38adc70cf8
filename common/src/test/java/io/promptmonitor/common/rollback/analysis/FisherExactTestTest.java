package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FisherExactTestTest {

  @Test
  void ladyTastingTea() {
    // Fisher, "The Design of Experiments", 1935: 34/70 = 0.4857 two-sided for three of four.
    assertThat(p(3, 4, 1, 4)).isCloseTo(34.0 / 70, within(1e-12));
    assertThat(p(4, 4, 0, 4)).isCloseTo(2.0 / 70, within(1e-12));
  }

  @Test
  void convictionsOfTwins() {
    // The documentation of R's fisher.test: Fisher's data of criminal twins, p = 0.0005367.
    assertThat(p(2, 17, 10, 13)).isCloseTo(0.0005367, within(5e-8));
  }

  @Test
  void groupsWithoutAnythingProveNothing() {
    assertThat(p(0, 0, 3, 10)).isEqualTo(1);
    assertThat(p(0, 5, 0, 10)).isEqualTo(1);
    assertThat(p(5, 5, 10, 10)).isEqualTo(1);
  }

  @Property(tries = 400)
  void isTheEnumerationOfAllTables(
      @ForAll @IntRange(min = 1, max = 60) int n,
      @ForAll @IntRange(min = 1, max = 60) int m,
      @ForAll @IntRange(min = 0, max = 1000) int a,
      @ForAll @IntRange(min = 0, max = 1000) int b) {
    int failures = a % (n + 1);
    int reference = b % (m + 1);
    double exact = enumerated(failures, n, reference, m);
    assertThat(p(failures, n, reference, m)).isCloseTo(exact, withinPercentage(1e-8));
    assertThat(p(reference, m, failures, n)).isCloseTo(exact, withinPercentage(1e-8));
    assertThat(p(n - failures, n, m - reference, m)).isCloseTo(exact, withinPercentage(1e-8));
  }

  @Property(tries = 30)
  void isExactForLargeGroupsWithFewFailures(
      @ForAll @IntRange(min = 1_000_000, max = 10_000_000) int n,
      @ForAll @IntRange(min = 1_000_000, max = 10_000_000) int m,
      @ForAll @IntRange(min = 0, max = 60) int failures,
      @ForAll @IntRange(min = 0, max = 60) int reference) {
    double exact = enumerated(failures, n, reference, m);
    assertThat(p(failures, n, reference, m)).isCloseTo(exact, withinPercentage(1e-6));
  }

  @Test
  void isExactForLargeCounts() {
    // Oracle: the sum over the whole support.
    assertThat(p(2_500_000, 10_000_000, 2_497_000, 10_000_000))
        .isCloseTo(summed(2_500_000, 10_000_000, 2_497_000, 10_000_000), withinPercentage(1e-6));
    assertThat(p(5_100, 100_000, 50_000, 1_000_000))
        .isCloseTo(summed(5_100, 100_000, 50_000, 1_000_000), withinPercentage(1e-6));
  }

  @Property(tries = 200)
  void moreFailuresBeyondTheExpectedOnesAreMoreEvidence(
      @ForAll @IntRange(min = 10, max = 3000) int n,
      @ForAll @IntRange(min = 10, max = 3000) int m,
      @ForAll @IntRange(min = 0, max = 100) int percent) {
    int reference = m * percent / 100;
    int least = (int) Math.ceil((double) n * reference / m) + 1;
    double previous = 1;
    for (int failures = least; failures <= n; failures += Math.max(1, n / 20)) {
      double p = p(failures, n, reference, m);
      assertThat(p).isLessThanOrEqualTo(previous * (1 + 1e-9) + 0.05 * (previous > 0.05 ? 1 : 0));
      previous = p;
    }
  }

  @Test
  void countsBeyondAnIntAreHalved() {
    long n = 3_000_000_000L;
    assertThat(p(1_000, n, 1_000, n)).isEqualTo(1);
    assertThat(p(2_000, n, 1_000, n)).isLessThan(1e-19);
  }

  private static double p(long failures, long n, long reference, long m) {
    return FisherExactTest.pValue(new RiskTable(failures, n, reference, m));
  }

  /** By definition, in whole numbers. */
  private static double enumerated(int failures, int n, int reference, int m) {
    int all = failures + reference;
    BigInteger seen = choose(n, failures).multiply(choose(m, reference));
    BigInteger sum = BigInteger.ZERO;
    BigInteger total = BigInteger.ZERO;
    for (int k = Math.max(0, all - m); k <= Math.min(n, all); k++) {
      BigInteger tables = choose(n, k).multiply(choose(m, all - k));
      total = total.add(tables);
      if (tables.compareTo(seen) <= 0) {
        sum = sum.add(tables);
      }
    }
    return new BigDecimal(sum).divide(new BigDecimal(total), MathContext.DECIMAL64).doubleValue();
  }

  private static BigInteger choose(int n, int k) {
    BigInteger result = BigInteger.ONE;
    int fewer = Math.min(k, n - k);
    for (int i = 1; i <= fewer; i++) {
      result = result.multiply(BigInteger.valueOf(n - fewer + i)).divide(BigInteger.valueOf(i));
    }
    return result;
  }

  /** By definition, from the logarithms of the ratios of all successive tables. */
  private static double summed(long failures, long n, long reference, long m) {
    long all = failures + reference;
    long low = Math.max(0, all - m);
    long high = Math.min(n, all);
    double[] logs = new double[(int) (high - low + 1)];
    double correction = 0; // Kahan: the sum of millions of logarithms
    for (int i = 1; i < logs.length; i++) {
      double k = low + i - 1;
      double step =
          Math.log((n - k) / (k + 1)) + Math.log((all - k) / (m - all + k + 1)) - correction;
      double next = logs[i - 1] + step;
      correction = next - logs[i - 1] - step;
      logs[i] = next;
    }
    double seen = logs[(int) (failures - low)];
    double greatest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      greatest = Math.max(greatest, log);
    }
    double sum = 0;
    double total = 0;
    for (double log : logs) {
      double probability = Math.exp(log - greatest);
      total += probability;
      sum += log <= seen + 1e-7 ? probability : 0;
    }
    return sum / total;
  }
}
