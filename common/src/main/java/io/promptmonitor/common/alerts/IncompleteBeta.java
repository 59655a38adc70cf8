package io.promptmonitor.common.alerts;

/** The beta function and its regularized incomplete form, for arguments of at least 1. */
final class IncompleteBeta {

  private static final double PRECISION = 1e-14;
  private static final double TINY = 1e-300;

  /** From here on, Stirling's series with the terms below is exact to the last digits. */
  private static final double STIRLING_FROM = 15;

  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private IncompleteBeta() {}

  /** The logarithm of B(a, b). */
  static double logBeta(double a, double b) {
    return logGamma(a) + logGamma(b) - logGamma(a + b);
  }

  /** The logarithm of gamma at {@code x}, at least 1. */
  static double logGamma(double x) {
    double shifted = x;
    double product = 1;
    while (shifted < STIRLING_FROM) {
      product *= shifted;
      shifted++;
    }
    double inverse = 1 / shifted;
    double square = inverse * inverse;
    double series =
        inverse
            * (1 / 12.0
                - square
                    * (1 / 360.0
                        - square * (1 / 1260.0 - square * (1 / 1680.0 - square / 1188.0))));
    return (shifted - 0.5) * Math.log(shifted)
        - shifted
        + HALF_LOG_TWO_PI
        + series
        - Math.log(product);
  }

  /** I_x(a, b): the share of B(a, b) that lies below {@code x}, which is between 0 and 1. */
  static double regularized(double x, double a, double b) {
    double front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b));
    // The fraction converges quickly on this side of the mean only.
    return x < (a + 1) / (a + b + 2)
        ? front * fraction(x, a, b) / a
        : 1 - front * fraction(1 - x, b, a) / b;
  }

  /** The continued fraction of the incomplete beta function, by Lentz's algorithm. */
  private static double fraction(double x, double a, double b) {
    double c = 1;
    double d = inverse(1 - (a + b) * x / (a + 1));
    double value = d;
    // It takes in the order of the root of the larger argument.
    long limit = 1_000 + (long) (10 * Math.sqrt(Math.max(a, b)));
    for (long m = 1; m <= limit; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = inverse(1 + even * d);
      c = nonZero(1 + even / c);
      value *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = inverse(1 + odd * d);
      c = nonZero(1 + odd / c);
      value *= d * c;
      if (Math.abs(d * c - 1) < PRECISION) {
        break;
      }
    }
    return value;
  }

  private static double inverse(double value) {
    return 1 / nonZero(value);
  }

  private static double nonZero(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }
}
