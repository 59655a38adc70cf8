package io.promptmonitor.common.alerts;

import java.util.List;

/** Beginnings of the names of rules that are not written with a name. */
final class RuleNames {

  static final String ROLLBACK = "rollback: ";
  static final String REVIEW = "review: ";
  static final String NO_DATA = "no data: ";
  static final String THRESHOLD = "threshold: ";

  /** No rule that is written with a name begins with any of these, so that names are unique. */
  static final List<String> RESERVED = List.of(ROLLBACK, REVIEW, NO_DATA, THRESHOLD);

  private RuleNames() {}
}
