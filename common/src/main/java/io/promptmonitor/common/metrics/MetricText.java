package io.promptmonitor.common.metrics;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Values of metrics as messages show them. */
public final class MetricText {

  private static final MathContext THREE_DIGITS = new MathContext(3);

  /** From here on digits are harder to count than an exponent is to read. */
  private static final double LONG = 1e9;

  private MetricText() {}

  /**
   * A value in the unit of its metric: {@code 12.5%}, {@code 2310 ms}.
   *
   * @param metric the metric's name; one that is not known has no unit
   */
  public static String value(String metric, double value) {
    Metric known = Metric.named(metric);
    Quantity quantity = known == null ? null : known.quantity();
    return quantity == null ? number(value) : quantity.show(value);
  }

  /**
   * A metric's value and what it was compared with: {@code error_rate 12.5% > 5%}.
   *
   * @param operator how it was compared; null if that is not known
   * @param threshold what it was compared with; null if that is not known
   */
  public static String comparison(
      String metric, double value, @Nullable String operator, @Nullable Double threshold) {
    String seen = metric + " " + value(metric, value);
    return operator == null || threshold == null
        ? seen
        : seen + " " + operator + " " + value(metric, threshold);
  }

  /** A number without a unit, to three digits: {@code 0.125}, {@code 4.37E+12}. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return "beyond measure";
    }
    BigDecimal rounded = new BigDecimal(value).round(THREE_DIGITS).stripTrailingZeros();
    return Math.abs(value) < LONG ? rounded.toPlainString() : rounded.toString();
  }
}
