package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {

  /** The integral term by term, exactly: p^k (1 - p)^m is a polynomial. */
  private static double exact(int k, int n, String p0) {
    MathContext precise = new MathContext(400);
    BigDecimal p = new BigDecimal(p0);
    BigDecimal integral = BigDecimal.ZERO;
    BigDecimal choose = BigDecimal.ONE;
    int m = n - k;
    for (int j = 0; j <= m; j++) {
      BigDecimal power = BigDecimal.valueOf(k + j + 1L);
      BigDecimal term =
          choose.multiply(BigDecimal.ONE.subtract(p.pow(k + j + 1))).divide(power, precise);
      integral = j % 2 == 0 ? integral.add(term) : integral.subtract(term);
      choose =
          choose.multiply(BigDecimal.valueOf(m - j)).divide(BigDecimal.valueOf(j + 1L), precise);
    }
    BigDecimal q = BigDecimal.ONE.subtract(p);
    BigDecimal at = p.pow(k).multiply(q.pow(m));
    BigDecimal value = integral.divide(q, precise).divide(at, precise);
    return Math.log(value.round(new MathContext(17)).doubleValue());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 20, 0.03",
    "1, 1, 0.5",
    "4, 20, 0.03",
    "20, 20, 0.05",
    "10, 100, 0.05",
    "30, 100, 0.05",
    "3, 100, 0.05",
    "60, 300, 0.05",
    "100, 300, 0.3",
    "0, 0, 0.1",
    "5, 300, 0.9"
  })
  void asTheExactIntegral(int failures, int executions, String p0) {
    assertThat(Evidence.logEValue(failures, executions, Double.parseDouble(p0)))
        .isEqualTo(exact(failures, executions, p0), within(1e-9));
  }

  /** The expected e-value at p0 is exactly 1, which is what bounds false alarms. */
  @ParameterizedTest
  @CsvSource({"20, 0.03", "100, 0.05", "1000, 0.01", "5000, 0.2"})
  void theExpectedValueIsOne(int n, double p0) {
    double sum = 0;
    for (int k = 0; k <= n; k++) {
      double logProbability =
          k * Math.log(p0)
              + (n - k) * Math.log1p(-p0)
              - Math.log(n + 1.0)
              - IncompleteBeta.logBeta(k + 1.0, n - k + 1.0);
      sum += Math.exp(logProbability + Evidence.logEValue(k, n, p0));
    }
    assertThat(sum).isEqualTo(1, within(1e-8));
  }

  @Test
  void largeWindows() {
    assertThat(Evidence.logEValue(40_000, 1_000_000, 0.03)).isBetween(1_000.0, 2_000.0);
    assertThat(Evidence.logEValue(0, 1_000_000, 0.03)).isLessThan(0);
    assertThat(Evidence.logEValue(1, 10, 0)).isNaN();
    assertThat(Evidence.logEValue(1, 10, 1)).isNaN();
    assertThat(Evidence.logEValue(1, 10, Double.NaN)).isNaN();
  }
}
