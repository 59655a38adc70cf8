package io.promptmonitor.flinksql;

import org.jspecify.annotations.Nullable;

/** What {@link DistinctUsers} has seen, as a structured type of Flink SQL. */
public final class SeenUsers {

  /** A sketch of them, once there is one. */
  public byte @Nullable [] sketch;

  /** For Flink: nothing was seen. */
  public SeenUsers() {}
}
