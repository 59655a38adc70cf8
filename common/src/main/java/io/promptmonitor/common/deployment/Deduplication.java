package io.promptmonitor.common.deployment;

/** Where a record that a producer sent twice is recognised. */
public enum Deduplication {
  /** Nowhere: it counts twice. */
  OFF,
  /** Among the recent records of its partition or file; costs no shuffle. */
  PER_PARTITION,
  /** Among all recent records; every record is shuffled by its id. */
  GLOBAL
}
