package io.promptmonitor.common.ruletests;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value as exact as it was written: {@code 0.067} is what rounds to it, {@code 6.7%} too.
 *
 * @param value the value in the metric's unit; its scale says how exact it is
 * @param text as it was written
 */
record ExpectedValue(BigDecimal value, String text) {

  private static final Pattern FORM =
      Pattern.compile("(-?[0-9]{1,15}(?:\\.[0-9]{1,15})?) ?(%|ms|s)?");

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text is not one; the message says what was expected
   */
  static ExpectedValue parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a number such as 0.2, 20%, 3100 or 3.1s, found \"" + text + "\"");
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    String unit = matcher.group(2);
    if ("%".equals(unit)) {
      number = number.movePointLeft(2);
    } else if ("s".equals(unit)) {
      number = new BigDecimal(number.unscaledValue(), number.scale() - 3);
    }
    return new ExpectedValue(number, text);
  }

  boolean matches(double seen) {
    return Double.isFinite(seen)
        && BigDecimal.valueOf(seen).setScale(value.scale(), RoundingMode.HALF_UP).compareTo(value)
            == 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
