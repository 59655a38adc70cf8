package io.promptmonitor.common.calibration;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was predicted of a version, and how good it was day by day.
 *
 * @param promptId the prompt
 * @param versionId the version
 * @param predictedQuality what was declared, 0 to 10; NaN if nothing was
 * @param techniques the techniques that it combines, sorted, each once
 * @param complexity of the task, as the author names it; null if it is not known
 * @param days those with ratings or scores, in order
 */
public record PredictedVersion(
    String promptId,
    String versionId,
    double predictedQuality,
    List<String> techniques,
    @Nullable String complexity,
    List<QualityDay> days) {

  public PredictedVersion {
    techniques = techniques.stream().distinct().sorted().toList();
    days =
        days.stream()
            .filter(day -> day.count() > 0)
            .sorted(Comparator.comparing(QualityDay::day))
            .toList();
  }

  /** Whether predicted and actual quality can be compared. */
  public boolean isComparable() {
    return !Double.isNaN(predictedQuality) && !days.isEmpty();
  }

  /** The version as people write it: {@code prompt@1.0.0}. */
  public String name() {
    return promptId + "@" + versionId;
  }
}
