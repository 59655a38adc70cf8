package io.promptmonitor.cluster;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where a job in this JVM is to fail on its way through a rollback. The functions of a job are
 * copies, so they share this through a static field.
 */
final class RollbackChaos {

  /** Where a task may fail. */
  enum Point {
    /** Somewhere before the version fails, or while it does. */
    BEFORE_THE_TRIGGER,
    /** A trigger is there, and the version to go back to not yet checked. */
    BEFORE_VERIFY,
    AFTER_VERIFY,
    /** All is known, and nothing done. */
    BEFORE_SWITCH,
    /** The registry has committed, and the job does not learn of it. */
    AFTER_SWITCH,
    /** The registry cannot be reached: no failure of a task. */
    REGISTRY_AWAY,
    /** It is heard that a version was rolled back, and not read how. */
    BEFORE_READING,
    /** A checkpoint is taken that holds the switch. */
    BEFORE_CHECKPOINT,
    AFTER_CHECKPOINT,
    /** The alert of the rollback is written. */
    WRITING_ALERT,
    /** The message about it is written. */
    WRITING_MESSAGE,
    AFTER_WRITING_MESSAGE,
    /** The row of the rollback is written. */
    WRITING_ROLLBACK,
    AFTER_WRITING_ROLLBACK,
    /** The version that is active since is watched. */
    DURING_WATCH,
    /** What came of it is written. */
    WRITING_OUTCOME
  }

  private static final Map<Point, Integer> HITS = new EnumMap<>(Point.class);
  private static final Map<Point, Integer> COUNTDOWNS = new EnumMap<>(Point.class);
  private static boolean switched;
  private static boolean registryRead;

  private RollbackChaos() {}

  /** Plans a failure at each point, the how manieth time that the job comes to it. */
  static synchronized void begin(Map<Point, Integer> times) {
    COUNTDOWNS.clear();
    COUNTDOWNS.putAll(times);
    switched = false;
    registryRead = false;
  }

  /** The registry is known to the job. */
  static synchronized void registryRead(boolean caughtUp) {
    if (caughtUp) {
      registryRead = true;
      RollbackChaos.class.notifyAll();
    }
  }

  /** Waits until it is: otherwise hours of event time would have come before. */
  static synchronized void awaitRegistry() throws InterruptedException {
    while (!registryRead) {
      RollbackChaos.class.wait();
    }
  }

  /** How often the job failed at each point, in all runs. */
  static synchronized Map<Point, Integer> hits() {
    return Map.copyOf(HITS);
  }

  /** Points that this run has not come to. */
  static synchronized List<Point> left() {
    return List.copyOf(COUNTDOWNS.keySet());
  }

  /** The registry has switched. */
  static synchronized void switched() {
    switched = true;
  }

  /** The same as {@link #at}, but only after the switch. */
  static void afterSwitchAt(Point point) {
    boolean is;
    synchronized (RollbackChaos.class) {
      is = switched;
    }
    if (is) {
      at(point);
    }
  }

  /** The job is at a point: fails if it is to. */
  static void at(Point point) {
    if (isDue(point)) {
      throw new IllegalStateException("a failure that a test wants: " + point);
    }
  }

  /** The job is at a point: whether it is to fail. */
  static synchronized boolean isDue(Point point) {
    Integer countdown = COUNTDOWNS.get(point);
    if (countdown == null) {
      return false;
    }
    if (countdown > 1) {
      COUNTDOWNS.put(point, countdown - 1);
      return false;
    }
    COUNTDOWNS.remove(point);
    HITS.merge(point, 1, Integer::sum);
    return true;
  }
}
