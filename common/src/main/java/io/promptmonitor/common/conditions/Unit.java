package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.Quantity;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The unit written after a number. */
public enum Unit {
  /** No unit: the metric's own, which is milliseconds for latencies and 0 to 1 for rates. */
  NONE("", null, "1"),
  MILLISECONDS("ms", Quantity.LATENCY, "1"),
  SECONDS("s", Quantity.LATENCY, "1000"),
  PERCENT("%", Quantity.RATE, "0.01");

  private final String symbol;
  private final @Nullable Quantity quantity;

  private final BigDecimal factor;

  Unit(String symbol, @Nullable Quantity quantity, String factor) {
    this.symbol = symbol;
    this.quantity = quantity;
    this.factor = new BigDecimal(factor);
  }

  /** As written in a condition. */
  public String symbol() {
    return symbol;
  }

  /** What a number is multiplied by to be in the metric's own unit. */
  public BigDecimal factor() {
    return factor;
  }

  /** Whether the unit can be written for a quantity. */
  public boolean fits(Quantity quantity) {
    return this.quantity == null || this.quantity == quantity;
  }

  /** The unit of a symbol, or null if there is none. */
  public static @Nullable Unit ofSymbol(String symbol) {
    for (Unit unit : values()) {
      if (unit.symbol.equals(symbol)) {
        return unit;
      }
    }
    return null;
  }

  /** The symbols that can be written for a quantity; none if its numbers are plain. */
  public static List<String> symbolsFor(Quantity quantity) {
    return Arrays.stream(values())
        .filter(unit -> unit.quantity == quantity)
        .map(Unit::symbol)
        .toList();
  }
}
