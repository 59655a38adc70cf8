package io.promptmonitor.common.ruletests;

import java.math.BigDecimal;

/** How numbers are written in messages. */
final class Numbers {

  private Numbers() {}

  /** Without an exponent and without zeros at the end. */
  static String show(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
