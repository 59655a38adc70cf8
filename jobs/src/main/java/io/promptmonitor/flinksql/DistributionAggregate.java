package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileUnion;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * One number of a distribution that is given as digests, or as single values of 0 or more; NULLs
 * are passed over. The number that is asked for is the same for all rows of a group.
 */
public abstract class DistributionAggregate extends AggregateFunction<Double, Distribution> {

  /**
   * Says whether a number may be asked for.
   *
   * @throws IllegalArgumentException if not
   */
  abstract void check(double asked);

  /** The answer for a distribution of at least one value. */
  abstract double answer(QuantileUnion distribution, double asked);

  @Override
  public Distribution createAccumulator() {
    return new Distribution();
  }

  /** Adds the values of a digest. */
  public void accumulate(
      Distribution accumulator, @Nullable Double asked, byte @Nullable [] digest) {
    if (asked != null && digest != null) {
      check(asked);
      accumulator.ask(asked);
      accumulator.addDigest(digest);
    }
  }

  /** Adds a single value. */
  public void accumulate(
      Distribution accumulator, @Nullable Double asked, @Nullable Integer value) {
    if (asked != null && value != null) {
      check(asked);
      accumulator.ask(asked);
      accumulator.addValue(value);
    }
  }

  /** Adds what others have seen, as two phases and windows that share parts need it. */
  public void merge(Distribution accumulator, Iterable<Distribution> others) {
    others.forEach(accumulator::merge);
  }

  @Override
  public @Nullable Double getValue(Distribution accumulator) {
    Double asked = accumulator.asked;
    if (asked == null) {
      return null;
    }
    QuantileUnion union = accumulator.union();
    return union.count() == 0 ? null : answer(union, asked);
  }
}
