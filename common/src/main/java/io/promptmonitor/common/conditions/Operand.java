package io.promptmonitor.common.conditions;

import java.io.Serializable;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What a metric is compared with. */
public sealed interface Operand extends Serializable {

  /**
   * A number with its unit.
   *
   * @param number digits as written, for example {@code 0.10} or {@code -2}
   */
  record Literal(String number, Unit unit) implements Operand {

    /** The number in the metric's own unit: milliseconds for latencies, 0 to 1 for rates. */
    public double value() {
      return new BigDecimal(number).multiply(unit.factor()).doubleValue();
    }

    @Override
    public String toString() {
      return number + unit.symbol();
    }
  }

  /**
   * The metric's baseline in the version's deployment specification, or a function of it: the
   * baseline times the factor plus the offset.
   *
   * @param factor null for 1
   * @param offset null for 0
   */
  record Baseline(@Nullable Factor factor, @Nullable Offset offset) implements Operand {

    /** As written in a condition. */
    static final String WORD = "baseline";

    @Override
    public String toString() {
      String product = factor == null ? WORD : factor.timesBaseline();
      return offset == null ? product : product + offset;
    }
  }

  /**
   * What a baseline is multiplied by; above 0.
   *
   * @param number digits as written
   * @param first whether it was written before the baseline
   */
  record Factor(String number, boolean first) implements Serializable {

    /** The number. */
    public double value() {
      return Double.parseDouble(number);
    }

    private String timesBaseline() {
      return first ? number + " * " + Baseline.WORD : Baseline.WORD + " * " + number;
    }
  }

  /**
   * What is added to a baseline, or subtracted from it.
   *
   * @param subtracted whether {@code amount} is subtracted
   * @param amount 0 or more
   */
  record Offset(boolean subtracted, Literal amount) implements Serializable {

    /** What is added, in the metric's own unit; negative if the amount is subtracted. */
    public double value() {
      return subtracted ? -amount.value() : amount.value();
    }

    @Override
    public String toString() {
      return (subtracted ? " - " : " + ") + amount;
    }
  }
}
