package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.DistinctSketch;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * The aggregate {@code distinct_users(users_sketch)}: how many users several sketches have
 * together; 0 without sketches, as in PostgreSQL.
 */
public final class DistinctUsers extends AggregateFunction<Long, SeenUsers> {

  /** For Flink. */
  public DistinctUsers() {}

  @Override
  public SeenUsers createAccumulator() {
    return new SeenUsers();
  }

  /** Adds the users of a sketch. */
  public void accumulate(SeenUsers accumulator, byte @Nullable [] users) {
    if (users == null) {
      return;
    }
    DistinctSketch added = StoredSketches.users(users);
    byte[] before = accumulator.sketch;
    if (before != null) {
      added.merge(StoredSketches.users(before));
    }
    accumulator.sketch = StoredSketches.bytes(added);
  }

  /** Adds what others have seen. */
  public void merge(SeenUsers accumulator, Iterable<SeenUsers> others) {
    others.forEach(other -> accumulate(accumulator, other.sketch));
  }

  @Override
  public Long getValue(SeenUsers accumulator) {
    byte[] sketch = accumulator.sketch;
    return sketch == null ? 0L : StoredSketches.users(sketch).estimate();
  }
}
