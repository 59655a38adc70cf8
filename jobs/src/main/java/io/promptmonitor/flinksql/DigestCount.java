package io.promptmonitor.flinksql;

import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/** The function {@code digest_count(digest)}: how many values a digest holds. */
public final class DigestCount extends ScalarFunction {

  /** For Flink. */
  public DigestCount() {}

  /** The number of values. */
  public @Nullable Long eval(byte @Nullable [] digest) {
    return digest == null ? null : StoredSketches.digest(digest).count();
  }
}
