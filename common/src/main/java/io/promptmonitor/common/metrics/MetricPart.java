package io.promptmonitor.common.metrics;

import java.util.EnumSet;
import java.util.Set;

/**
 * A part of a {@link WindowAggregate} that can be left out where nobody asks for it; counters are
 * always there.
 */
public enum MetricPart {
  /** Distribution of latencies. */
  LATENCY,
  /** Distribution of tokens. */
  TOKENS,
  /** Distinct users. */
  USERS,
  /** Outputs by input. */
  CONSISTENCY,
  /** Errors, branches and models by name. */
  CATEGORIES,
  /** Failures by branch, model and length, and the users that had one. */
  FAILURES;

  /** All parts, as a mask for {@link #in}. */
  public static final int ALL = (1 << values().length) - 1;

  /** The mask that holds this part only. */
  public int mask() {
    return 1 << ordinal();
  }

  /** Whether this part is in {@code mask}. */
  public boolean in(int mask) {
    return (mask & mask()) != 0;
  }

  /** The mask of {@code parts}. */
  public static int mask(Set<MetricPart> parts) {
    int mask = 0;
    for (MetricPart part : parts) {
      mask |= part.mask();
    }
    return mask;
  }

  /** The parts of {@code mask}. */
  public static Set<MetricPart> of(int mask) {
    Set<MetricPart> parts = EnumSet.noneOf(MetricPart.class);
    for (MetricPart part : values()) {
      if (part.in(mask)) {
        parts.add(part);
      }
    }
    return parts;
  }
}
