package io.promptmonitor.common.rollback.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HolmCorrectionTest {

  @Test
  void holmAsPublished() {
    // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm").
    assertThat(HolmCorrection.correct(new double[] {0.05, 0.01, 0.04, 0.02, 0.03}))
        .containsExactly(new double[] {0.09, 0.05, 0.09, 0.08, 0.09}, within(1e-12));
    assertThat(HolmCorrection.correct(new double[0])).isEmpty();
  }

  @Property
  void holmRejectsWhatTheStepsDownReject(
      @ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = 0, max = 0.2) Double> pValues,
      @ForAll @DoubleRange(min = 0.01, max = 0.3) double alpha) {
    double[] corrected =
        HolmCorrection.correct(pValues.stream().mapToDouble(Double::doubleValue).toArray());
    // By definition: in ascending order while p <= alpha / (m - i).
    List<Double> ascending = pValues.stream().sorted().toList();
    int rejected = 0;
    while (rejected < ascending.size()
        && ascending.get(rejected) * (ascending.size() - rejected) <= alpha) {
      rejected++;
    }
    assertThat(Arrays.stream(corrected).filter(p -> p <= alpha)).hasSize(rejected);
    for (int i = 0; i < corrected.length; i++) {
      assertThat(corrected[i]).isBetween(pValues.get(i), 1.0);
    }
  }
}
