package io.promptmonitor.common.ingest;

/** Short JSON numbers as doubles without allocating: all that scores and temperatures need. */
final class ShortDecimals {

  /** Whole numbers of this many digits are exact in a double. */
  private static final int MAX_DIGITS = 15;

  /** Exact in a double, as every power of ten up to 10^22. */
  private static final double[] POWERS_OF_TEN = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private ShortDecimals() {}

  /**
   * The double nearest to a valid JSON number of at most 15 digits without an exponent; NaN for any
   * other number. One division of two exact doubles is correctly rounded.
   */
  static double parse(char[] text, int offset, int length) {
    boolean negative = text[offset] == '-';
    int i = negative ? offset + 1 : offset;
    int end = offset + length;
    long digits = 0;
    int point = end;
    if (end - i > MAX_DIGITS + 1) {
      return Double.NaN;
    }
    for (; i < end; i++) {
      char c = text[i];
      if (c == '.') {
        point = i + 1;
      } else if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
      } else {
        return Double.NaN;
      }
    }
    if (digits >= 1_000_000_000_000_000L) {
      return Double.NaN;
    }
    double value = digits / POWERS_OF_TEN[end - point];
    return negative ? -value : value;
  }
}
