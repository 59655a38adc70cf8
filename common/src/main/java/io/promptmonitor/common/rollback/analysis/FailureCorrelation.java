package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.sketch.CategoryCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the failures of a version concentrate.
 *
 * <p>An error type, or the share of users with a failure, is compared with the healthy version. A
 * branch, a model or a length must fail more often both than with the healthy version and than the
 * failing version's other branches, models or lengths, and by more than it did already: a version
 * that fails everywhere alike concentrates its failures nowhere. A finding is stated only if its
 * p-value, corrected for all values that were compared, is below {@value #ALPHA}.
 *
 * @param comparisons how many values were compared
 * @param findings the strongest first: by the lower limit of the relative risk
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FailureCorrelation(int comparisons, List<FailureFinding> findings) {

  /** The chance that any finding is stated where there is nothing. */
  public static final double ALPHA = 0.05;

  public FailureCorrelation {
    findings = List.copyOf(findings);
  }

  /** Compares the failing version with the healthy one. */
  public static FailureCorrelation of(VersionFailures failing, VersionFailures healthy) {
    List<FailureComparison> compared =
        Stream.concat(failing.counts().stream(), healthy.counts().stream())
            .filter(counts -> !counts.value().equals(CategoryCounts.OTHER)) // nothing in particular
            .map(counts -> Map.entry(counts.dimension(), counts.value()))
            .distinct()
            .map(e -> FailureComparison.of(e.getKey(), e.getValue(), failing, healthy))
            .filter(FailureComparison::isPossible)
            .toList();
    double[] pValues = compared.stream().mapToDouble(FailureComparison::pValue).toArray();
    double[] corrected = HolmCorrection.correct(pValues);
    List<FailureFinding> findings = new ArrayList<>();
    for (int i = 0; i < pValues.length; i++) {
      FailureComparison comparison = compared.get(i);
      if (corrected[i] < ALPHA && comparison.isHarmful()) {
        findings.add(comparison.finding(pValues[i], corrected[i], failing.failures()));
      }
    }
    findings.sort(
        Comparator.comparingDouble((FailureFinding f) -> -f.lower())
            .thenComparing(FailureFinding::dimension)
            .thenComparing(FailureFinding::value));
    return new FailureCorrelation(pValues.length, findings);
  }
}
