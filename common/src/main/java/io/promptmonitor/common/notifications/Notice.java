package io.promptmonitor.common.notifications;

import java.util.List;
import java.util.Objects;

/**
 * Something that people should know and that is not an alert of a rule, such as a channel that
 * fails.
 *
 * @param dedupKey the same for everything that is said about the same matter
 * @param severity label of the severity
 * @param title what happened, in one line
 * @param lines what else there is to say, a line each
 * @param over whether the matter is over
 */
public record Notice(
    String dedupKey, String severity, String title, List<String> lines, boolean over) {

  public Notice {
    Objects.requireNonNull(dedupKey, "dedupKey");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(title, "title");
    lines = List.copyOf(lines);
  }
}
