package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileUnion;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/**
 * The function {@code digest_share_above(threshold, digest)}: which share of one digest's values is
 * above a threshold.
 */
public final class DigestShareAbove extends ScalarFunction {

  /** For Flink. */
  public DigestShareAbove() {}

  /** The share, 0 to 1; null of an empty digest. */
  public @Nullable Double eval(@Nullable Double threshold, byte @Nullable [] digest) {
    if (threshold == null || digest == null) {
      return null;
    }
    ShareAbove.requireFinite(threshold);
    QuantileUnion values = new QuantileUnion();
    values.add(StoredSketches.digest(digest));
    return values.count() == 0 ? null : (double) values.countAbove(threshold) / values.count();
  }
}
