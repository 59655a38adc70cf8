package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileSketch;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/** The function {@code digest_percentile(p, digest)}: a percentile of one digest. */
public final class DigestPercentile extends ScalarFunction {

  /** For Flink. */
  public DigestPercentile() {}

  /** The value below which the share {@code p} lies; null of an empty digest. */
  public @Nullable Double eval(@Nullable Double p, byte @Nullable [] digest) {
    if (p == null || digest == null) {
      return null;
    }
    Percentile.requireShare(p);
    QuantileSketch sketch = StoredSketches.digest(digest);
    return sketch.count() == 0 ? null : sketch.quantile(p);
  }
}
