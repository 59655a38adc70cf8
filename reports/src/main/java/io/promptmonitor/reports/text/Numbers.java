package io.promptmonitor.reports.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as reports show them: as many digits as mean something, and their unit. */
public final class Numbers {

  private Numbers() {}

  /** A whole number: {@code 12,345}. */
  public static String count(long value) {
    return fixed((double) value, 0);
  }

  /** A count and what is counted: {@code 1 execution}, {@code 12,345 executions}. */
  public static String count(long value, String plural) {
    return count(value) + " " + (value == 1 ? singular(plural) : plural);
  }

  private static String singular(String plural) {
    return plural.equals("ratings and automated scores")
        ? "rating or automated score"
        : plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
  }

  /**
   * A share as a percentage with two decimals: {@code 97.64%}; with more where 0% or 100% would say
   * that there is none or nothing else.
   *
   * @param share 0 to 1
   */
  public static String percent(double share) {
    if (share == 0 || share == 1) {
      return share == 0 ? "0%" : "100%";
    }
    for (int decimals = 2; decimals < 6; decimals++) {
      BigDecimal rounded = rounded(share * 100, decimals);
      if (rounded.signum() != 0 && rounded.compareTo(BigDecimal.valueOf(100)) != 0) {
        return fixed(share * 100, decimals) + "%";
      }
    }
    return share < 0.5 ? "<0.00001%" : ">99.99999%";
  }

  /** A latency: {@code 842ms}, {@code 1,843ms}; below 1 ms with one decimal. */
  public static String milliseconds(double value) {
    return fixed(value, value != 0 && Math.abs(value) < 1 ? 1 : 0) + "ms";
  }

  /** A number with the given number of decimals: {@code 1,234.5}. */
  public static String fixed(double value, int decimals) {
    DecimalFormat format =
        new DecimalFormat(
            decimals == 0 ? "#,##0" : "#,##0." + "0".repeat(decimals),
            DecimalFormatSymbols.getInstance(Locale.ROOT));
    BigDecimal rounded = rounded(value, decimals);
    return format.format(rounded);
  }

  /** A number with at most the given number of decimals, for axes: {@code 2.5}, {@code 400}. */
  public static String shortest(double value, int decimals) {
    BigDecimal rounded = rounded(value, decimals);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** A count in few characters, for axes: {@code 950}, {@code 12k}, {@code 1.5M}. */
  public static String compact(double value) {
    if (value >= 1e6) {
      return shortest(value / 1e6, 2) + "M";
    }
    return value >= 1e4 ? shortest(value / 1e3, 2) + "k" : count(Math.round(value));
  }

  private static BigDecimal rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN);
  }
}
