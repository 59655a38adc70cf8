package io.promptmonitor.cluster;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * What is to go wrong in a job that runs in this JVM, and after how many records. The functions of
 * a job are copies, so they share this through a static field.
 */
final class Faults {

  /** A thing that happens while a record is on its way; by throwing it makes the task fail. */
  interface Fault {
    void happen() throws Exception;
  }

  private record Planned(boolean afterCheckpoint, int records, Fault fault) {}

  private static Faults current = new Faults(0);

  private final SplittableRandom random;
  private final Queue<Planned> planned = new ArrayDeque<>();
  private CompletableFuture<Void> checkpoint = CompletableFuture.completedFuture(null);
  private int countdown;

  /** No faults, as long as none is planned. */
  Faults(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Plans {@code fault} to happen within so many records after the one before it. */
  Faults then(int withinRecords, Fault fault) {
    planned.add(new Planned(false, withinRecords, fault));
    return this;
  }

  /**
   * The same, but only counted from the next checkpoint that completes; the sources wait for it.
   */
  Faults thenAfterCheckpoint(int withinRecords, Fault fault) {
    planned.add(new Planned(true, withinRecords, fault));
    return this;
  }

  /** A task failure. */
  static void failTask() {
    throw new IllegalStateException("a failure that a test wants");
  }

  /** Makes these the faults of the jobs that are started from now on. */
  void begin() {
    synchronized (Faults.class) {
      current = this;
      prepareNext();
    }
  }

  /** Whether all has happened that was planned. */
  static synchronized boolean allHappened() {
    return current.planned.isEmpty();
  }

  private void prepareNext() {
    Planned next = planned.peek();
    if (next != null) {
      countdown = 1 + random.nextInt(next.records);
      checkpoint =
          next.afterCheckpoint
              ? new CompletableFuture<>()
              : CompletableFuture.completedFuture(null);
    }
  }

  /** What sources wait for; once it is done, records may pass. */
  static synchronized CompletableFuture<Void> mayPass() {
    return current.checkpoint;
  }

  /** A checkpoint has completed. */
  static synchronized void checkpointCompleted() {
    current.checkpoint.complete(null);
  }

  /** A record passes. */
  static void record() throws Exception {
    Fault due;
    synchronized (Faults.class) {
      if (current.planned.isEmpty() || !current.checkpoint.isDone() || --current.countdown > 0) {
        return;
      }
      due = current.planned.remove().fault;
      current.prepareNext();
    }
    due.happen();
  }
}
