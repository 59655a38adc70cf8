package io.promptmonitor.common.alerts;

import java.util.List;
import java.util.Objects;

/**
 * Somebody's wish not to be told of some alerts for some time.
 *
 * @param id identifies the silence
 * @param matchers what an alert must be like; all of them, at least one
 * @param startsAt when it begins: milliseconds since the epoch, by the clock of escalation
 * @param endsAt when it ends, exclusive; after {@code startsAt}
 * @param createdBy who wished it
 * @param comment why
 */
public record Silence(
    String id,
    List<LabelMatcher> matchers,
    long startsAt,
    long endsAt,
    String createdBy,
    String comment) {

  public Silence {
    Objects.requireNonNull(id, "id");
    matchers = List.copyOf(matchers);
    Objects.requireNonNull(createdBy, "createdBy");
    Objects.requireNonNull(comment, "comment");
    if (matchers.isEmpty()) {
      throw new IllegalArgumentException("a silence needs at least one matcher");
    }
    if (endsAt <= startsAt) {
      throw new IllegalArgumentException("a silence must end after it begins");
    }
  }

  /** Whether it is in force. */
  public boolean isActive(long now) {
    return startsAt <= now && now < endsAt;
  }

  /** Whether it is about an alert. */
  public boolean matches(AlertLabels alert) {
    return matchers.stream().allMatch(matcher -> matcher.matches(alert));
  }
}
