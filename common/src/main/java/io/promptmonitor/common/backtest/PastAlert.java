package io.promptmonitor.common.backtest;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An episode of an alert that fired, or would have. Times are milliseconds of event time.
 *
 * @param promptId the prompt
 * @param version the version
 * @param rule name of the rule
 * @param severity label of the severity
 * @param seen what the rule saw when it fired, for people; null if that is not known
 * @param firedAt when it began to fire
 * @param endedAt when it ended; null if it did not
 */
public record PastAlert(
    String promptId,
    String version,
    String rule,
    String severity,
    @Nullable String seen,
    long firedAt,
    @Nullable Long endedAt) {

  /** By time. */
  public static final Comparator<PastAlert> ORDER =
      Comparator.comparingLong(PastAlert::firedAt)
          .thenComparing(PastAlert::promptId)
          .thenComparing(PastAlert::version)
          .thenComparing(PastAlert::rule);

  public PastAlert {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(severity, "severity");
  }

  PastAlert ended(long at) {
    return new PastAlert(promptId, version, rule, severity, seen, firedAt, at);
  }

  boolean isOfSameRule(PastAlert other) {
    return promptId.equals(other.promptId)
        && version.equals(other.version)
        && rule.equals(other.rule);
  }
}
