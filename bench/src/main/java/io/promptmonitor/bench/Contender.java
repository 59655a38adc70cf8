package io.promptmonitor.bench;

import io.promptmonitor.common.deployment.Deduplication;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * One way to compute the windows, with its settings.
 *
 * @param name as an option and in results
 * @param kind what does it
 * @param stateBackend Flink's name of the state backend; empty without Flink
 * @param deduplication of our job; the others do not deduplicate
 * @param slidingWindows lengths of the sliding windows, which are evaluated every minute
 * @param rules of our job: what is done for the default rules, every 10 s; then it has their
 *     windows instead
 */
record Contender(
    String name,
    Kind kind,
    String stateBackend,
    Deduplication deduplication,
    List<Duration> slidingWindows,
    Rules rules) {

  /** What computes the windows. */
  enum Kind {
    /** Our topology. */
    OURS("Prompt Monitor's job"),
    /** Flink's window operators. */
    PLAIN("plain Flink job"),
    /** Two threads without Flink. */
    BARE("bare loop, two threads");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** What is done for rules. */
  enum Rules {
    /** Nothing. */
    NONE,
    /** Their sliding windows are evaluated. */
    WINDOWS,
    /** They are evaluated, too, and their alerts are followed. */
    ALERTS
  }

  private static final List<Duration> FOUR = minutes(5, 10, 15, 60);
  private static final List<Duration> EIGHT = minutes(5, 10, 15, 20, 30, 45, 60, 120);
  private static final String ROCKSDB = "rocksdb";
  private static final String HEAP = "hashmap";

  /** The one that the others are compared with. */
  static final Contender OURS = ours("ours", ROCKSDB, Deduplication.PER_PARTITION, FOUR);

  static final List<Contender> ALL =
      List.of(
          OURS,
          ours("ours-no-deduplication", ROCKSDB, Deduplication.OFF, FOUR),
          ours("ours-global-deduplication", ROCKSDB, Deduplication.GLOBAL, FOUR),
          ours("ours-tumbling", ROCKSDB, Deduplication.PER_PARTITION, List.of()),
          ours("ours-eight-sliding", ROCKSDB, Deduplication.PER_PARTITION, EIGHT),
          rules("ours-rule-windows", Rules.WINDOWS),
          rules("ours-alerts", Rules.ALERTS),
          ours("ours-heap", HEAP, Deduplication.PER_PARTITION, FOUR),
          plain("plain-rocksdb", ROCKSDB, FOUR),
          plain("plain-rocksdb-tumbling", ROCKSDB, List.of()),
          plain("plain-heap", HEAP, FOUR),
          plain("plain-heap-tumbling", HEAP, List.of()),
          new Contender("bare", Kind.BARE, "", Deduplication.OFF, FOUR, Rules.NONE),
          new Contender("bare-tumbling", Kind.BARE, "", Deduplication.OFF, List.of(), Rules.NONE));

  private static Contender ours(
      String name, String stateBackend, Deduplication deduplication, List<Duration> sliding) {
    return new Contender(name, Kind.OURS, stateBackend, deduplication, sliding, Rules.NONE);
  }

  private static Contender rules(String name, Rules rules) {
    return new Contender(name, Kind.OURS, ROCKSDB, Deduplication.PER_PARTITION, List.of(), rules);
  }

  private static Contender plain(String name, String stateBackend, List<Duration> sliding) {
    return new Contender(name, Kind.PLAIN, stateBackend, Deduplication.OFF, sliding, Rules.NONE);
  }

  private static List<Duration> minutes(int... minutes) {
    return Arrays.stream(minutes).mapToObj(Duration::ofMinutes).toList();
  }

  /** The contender of that name. */
  static Contender ofName(String name) {
    return ALL.stream()
        .filter(contender -> contender.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown contender \""
                        + name
                        + "\": expected "
                        + String.join(", ", ALL.stream().map(Contender::name).toList())));
  }

  /**
   * What part of the records it gets; the slower, the fewer. Records a second is what is compared.
   */
  int divisor() {
    boolean onRocksdb = stateBackend.equals(ROCKSDB);
    boolean slides = !slidingWindows.isEmpty();
    if (kind != Kind.PLAIN || (!onRocksdb && !slides)) {
      return 1;
    }
    return onRocksdb && slides ? 10 : 3;
  }

  /** The settings in words, for a table. */
  String settings() {
    String sliding =
        switch (rules) {
          case NONE -> slidingWindows.isEmpty() ? "" : " + " + slidingWindows.size() + " sliding";
          case WINDOWS -> " + those of the default rules";
          case ALERTS -> " + the default rules and their alerts";
        };
    String windows = "5 tumbling" + sliding;
    String backend =
        switch (stateBackend) {
          case ROCKSDB -> ", RocksDB";
          case HEAP -> ", heap";
          default -> "";
        };
    String ids =
        switch (deduplication) {
          case OFF -> kind == Kind.OURS ? ", no deduplication" : "";
          case GLOBAL -> ", global deduplication";
          case PER_PARTITION -> "";
        };
    return windows + backend + ids;
  }
}
