package io.promptmonitor.common.calibration;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.calibration.CalibrationAnalysis.Dimension;
import io.promptmonitor.common.calibration.CalibrationAnalysis.OfGroup;
import io.promptmonitor.common.calibration.CalibrationAnalysis.OfVersion;
import io.promptmonitor.common.comparison.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An analysis as the rows of the table {@code calibration_result}: objects named by its columns.
 */
public final class CalibrationJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CalibrationJson() {}

  /** The rows: all versions together first, then what the versions have in common, then each. */
  public static ArrayNode rows(CalibrationAnalysis analysis) {
    Map<List<String>, Proposal> proposals = new LinkedHashMap<>();
    analysis.proposals().forEach(p -> proposals.put(p.techniques(), p));
    List<ObjectNode> rows = new ArrayList<>();
    ObjectNode overall = row("overall", "all", analysis.overall());
    put(overall, "expected_calibration_error", analysis.reliability().expectedCalibrationError());
    put(overall, "rank_correlation", analysis.reliability().rankCorrelation());
    rows.add(overall);
    for (OfGroup group : analysis.groups()) {
      ObjectNode row = row(group.dimension().label(), group.name(), group.estimate());
      if (group.dimension() == Dimension.COMPLEXITY) {
        row.put("complexity", group.name());
      } else {
        techniques(row, group.subject());
        proposal(row, proposals.remove(group.subject()));
      }
      rows.add(row);
    }
    // What has a correction in force, and no version any more.
    for (Proposal rest : proposals.values()) {
      Dimension dimension =
          rest.techniques().size() > 1 ? Dimension.COMBINATION : Dimension.TECHNIQUE;
      ObjectNode row =
          row(dimension.label(), String.join(" + ", rest.techniques()), BiasEstimate.NONE);
      techniques(row, rest.techniques());
      proposal(row, rest);
      rows.add(row);
    }
    analysis.reliability().bins().forEach(bin -> rows.add(row(bin)));
    analysis.versions().forEach(version -> rows.add(row(version)));
    ArrayNode array = NODES.arrayNode();
    for (ObjectNode row : rows) {
      ObjectNode whole = NODES.objectNode();
      whole.put("from_day", analysis.from().toString()).put("to_day", analysis.to().toString());
      whole.setAll(row);
      whole.put("heuristic_version", analysis.heuristic());
      array.add(whole);
    }
    return array;
  }

  private static ObjectNode row(OfVersion version) {
    ObjectNode row =
        row("version", version.promptId() + "@" + version.versionId(), version.estimate());
    row.put("prompt_id", version.promptId()).put("prompt_version", version.versionId());
    put(row, "predicted", version.predictedQuality());
    techniques(row, version.techniques());
    row.put("complexity", version.complexity());
    BiasDrift drift = version.drift();
    if (drift != null) {
      row.put("drift_began", drift.began().toString());
      put(row, "drift_before", drift.before());
      put(row, "drift_after", drift.after());
      put(row, "drift_p_value", drift.pValue());
    }
    return row;
  }

  private static ObjectNode row(Reliability.Bin bin) {
    ObjectNode row =
        NODES
            .objectNode()
            .put("scope", "prediction_bin")
            .put("subject", "%.0f-%.0f".formatted(bin.lower(), bin.upper()))
            .put("versions", bin.versions())
            .put("days", 0)
            .put("quality_count", bin.count());
    double bias = bin.predicted() - bin.actual();
    put(row, "predicted", bin.predicted());
    put(row, "actual", bin.actual());
    put(row, "bias", bias);
    put(row, "calibration_delta", Math.abs(bias));
    row.put("interval_basis", BiasEstimate.Basis.NONE.label());
    row.put("status", CalibrationStatus.of(bias, bin.count()).label());
    return row;
  }

  private static ObjectNode row(String scope, String subject, BiasEstimate estimate) {
    ObjectNode row =
        NODES
            .objectNode()
            .put("scope", scope)
            .put("subject", subject)
            .put("versions", estimate.versions())
            .put("days", estimate.days())
            .put("quality_count", estimate.count());
    put(row, "predicted", estimate.predicted());
    put(row, "actual", estimate.actual());
    put(row, "bias", estimate.bias());
    limits(row, "bias", estimate.interval());
    row.put("interval_basis", estimate.basis().label());
    put(row, "calibration_delta", Math.abs(estimate.bias()));
    put(row, "mean_absolute_error", estimate.meanAbsoluteError());
    put(row, "root_mean_squared_error", estimate.rootMeanSquaredError());
    row.put("status", estimate.status().label());
    return row;
  }

  private static void proposal(ObjectNode row, @Nullable Proposal proposal) {
    if (proposal == null) {
      return;
    }
    put(row, "effect", proposal.effect());
    limits(row, "effect", proposal.interval());
    put(row, "correction", proposal.current());
    put(row, "proposed_correction", proposal.value());
    row.put("proposal", proposal.verdict().label());
  }

  private static void techniques(ObjectNode row, List<String> techniques) {
    ArrayNode array = row.putArray("techniques");
    techniques.forEach(array::add);
  }

  private static void limits(ObjectNode row, String of, Interval interval) {
    put(row, of + "_lower", interval.lower());
    put(row, of + "_upper", interval.upper());
  }

  private static void put(ObjectNode row, String name, double value) {
    if (Double.isFinite(value)) {
      row.put(name, value);
    } else {
      row.putNull(name);
    }
  }
}
