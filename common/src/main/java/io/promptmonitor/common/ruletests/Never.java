package io.promptmonitor.common.ruletests;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must not happen in a test at any time. A list that is null forbids nothing, an empty one
 * everything.
 *
 * @param pending rules of which no alert may become pending or fire
 * @param firing rules of which no alert may fire
 * @param rollbacks rules that may not demand a rollback
 * @param notifications channels that may not be told anything
 */
record Never(
    @Nullable List<String> pending,
    @Nullable List<String> firing,
    @Nullable List<String> rollbacks,
    @Nullable List<String> notifications) {

  static final Never NOTHING = new Never(null, null, null, null);

  static boolean forbids(@Nullable List<String> names, String name) {
    return names != null && (names.isEmpty() || names.contains(name));
  }

  int checks() {
    return (pending == null ? 0 : 1)
        + (firing == null ? 0 : 1)
        + (rollbacks == null ? 0 : 1)
        + (notifications == null ? 0 : 1);
  }
}
