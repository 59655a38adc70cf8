package io.promptmonitor.common.conditions;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a metric is compared. There is no equality: a measured number hardly ever equals another. */
public enum Operator {
  GREATER(">"),
  GREATER_OR_EQUAL(">="),
  LESS("<"),
  LESS_OR_EQUAL("<=");

  /** What a message says was expected. */
  static final String EXPECTED =
      Arrays.stream(values())
          .map(Operator::symbol)
          .collect(Collectors.joining(", ", "one of ", ""));

  private final String symbol;

  Operator(String symbol) {
    this.symbol = symbol;
  }

  /** As written in a condition. */
  public String symbol() {
    return symbol;
  }

  /** Whether {@code value} compares with {@code threshold} as written; never if either is NaN. */
  public boolean holds(double value, double threshold) {
    return switch (this) {
      case GREATER -> value > threshold;
      case GREATER_OR_EQUAL -> value >= threshold;
      case LESS -> value < threshold;
      case LESS_OR_EQUAL -> value <= threshold;
    };
  }

  /** The operator of a symbol, or null if there is none. */
  public static @Nullable Operator ofSymbol(String symbol) {
    for (Operator operator : values()) {
      if (operator.symbol.equals(symbol)) {
        return operator;
      }
    }
    return null;
  }
}
