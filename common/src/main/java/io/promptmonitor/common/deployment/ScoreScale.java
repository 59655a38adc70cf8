package io.promptmonitor.common.deployment;

import io.promptmonitor.common.config.ConfigSection;
import java.io.Serializable;

/**
 * The scale on which producers report {@code automated_score}; it is mapped linearly onto the
 * quality scale 0 to 10.
 *
 * @param min the score of the worst answer
 * @param max the score of the best answer, above {@code min}
 */
public record ScoreScale(double min, double max) implements Serializable {

  private static final double LIMIT = 1e6;

  public ScoreScale {
    if (!(min < max)) {
      throw new IllegalArgumentException("min must be less than max");
    }
  }

  /** The quality scale itself, 0 to 10. */
  public static ScoreScale quality() {
    return new ScoreScale(0, 10);
  }

  static ScoreScale read(ConfigSection section) {
    return new ScoreScale(
        section.require("min", v -> v.decimal(-LIMIT, LIMIT), -LIMIT),
        section.require("max", v -> v.decimal(-LIMIT, LIMIT), LIMIT));
  }
}
