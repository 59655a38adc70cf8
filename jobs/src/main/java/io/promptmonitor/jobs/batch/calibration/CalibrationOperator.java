package io.promptmonitor.jobs.batch.calibration;

import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.common.calibration.Heuristic;
import io.promptmonitor.common.calibration.PredictedVersion;
import io.promptmonitor.common.calibration.QualityDay;
import io.promptmonitor.common.execution.PromptVersionId;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Gathers all versions and, at the end of the input, analyses them together: one analysis, also of
 * no versions. Give it the parallelism 1. What it gathers is a few numbers a version and day.
 */
final class CalibrationOperator extends AbstractStreamOperator<CalibrationAnalysis>
    implements OneInputStreamOperator<VersionDay, CalibrationAnalysis>, BoundedOneInput {

  private static final long serialVersionUID = 1;

  private final LocalDate from;
  private final LocalDate to;
  private final Heuristic heuristic;
  private transient Map<PromptVersionId, List<VersionDay>> versions = new HashMap<>();

  CalibrationOperator(LocalDate from, LocalDate to, Heuristic heuristic) {
    this.from = from;
    this.to = to;
    this.heuristic = heuristic;
  }

  @Override
  public void open() throws Exception {
    super.open();
    versions = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<VersionDay> element) {
    VersionDay day = element.getValue();
    versions
        .computeIfAbsent(
            new PromptVersionId(day.promptId(), day.versionId()), version -> new ArrayList<>())
        .add(day);
  }

  @Override
  public void endInput() {
    List<PredictedVersion> all = new ArrayList<>();
    for (List<VersionDay> days : versions.values()) {
      VersionDay any = days.get(0);
      List<QualityDay> qualities = days.stream().map(VersionDay::qualityDay).toList();
      all.add(
          new PredictedVersion(
              any.promptId(),
              any.versionId(),
              any.predictedQuality(),
              any.techniques(),
              any.complexity(),
              qualities));
    }
    output.collect(new StreamRecord<>(CalibrationAnalysis.of(from, to, all, heuristic)));
  }
}
