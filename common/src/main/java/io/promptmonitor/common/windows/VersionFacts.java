package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;

/** What a roll-up asks about prompt versions whenever it needs it: answers may change. */
public interface VersionFacts {

  /** The quality that was predicted, 0 to 10; NaN as long as it is unknown. */
  double predictedQuality(PromptVersionId promptVersion);

  /** What rules want of the sliding windows. */
  SlidingDemand slidingDemand(PromptVersionId promptVersion);

  /** Of every prompt version the same. */
  static VersionFacts of(double predictedQuality, SlidingDemand slidingDemand) {
    return new VersionFacts() {
      @Override
      public double predictedQuality(PromptVersionId promptVersion) {
        return predictedQuality;
      }

      @Override
      public SlidingDemand slidingDemand(PromptVersionId promptVersion) {
        return slidingDemand;
      }
    };
  }
}
