package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileSketch;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * The aggregate {@code digest_of(value)}: the distribution of single values of 0 or more, with the
 * bytes that the monitoring job stores for the same values.
 */
public final class DigestOf extends AggregateFunction<byte[], Distribution> {

  /** For Flink. */
  public DigestOf() {}

  @Override
  public Distribution createAccumulator() {
    return new Distribution();
  }

  /** Adds a value. */
  public void accumulate(Distribution accumulator, @Nullable Integer value) {
    if (value != null) {
      accumulator.addValue(value);
    }
  }

  /** Adds what others have seen. */
  public void merge(Distribution accumulator, Iterable<Distribution> others) {
    others.forEach(accumulator::merge);
  }

  @Override
  public byte @Nullable [] getValue(Distribution accumulator) {
    QuantileSketch sketch = accumulator.sketchOfValues();
    if (sketch.count() == 0) {
      return null;
    }
    sketch.close();
    return StoredSketches.bytes(sketch);
  }
}
