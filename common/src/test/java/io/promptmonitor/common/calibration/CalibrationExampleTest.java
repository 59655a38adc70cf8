package io.promptmonitor.common.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.calibration.BiasEstimate.Basis;
import io.promptmonitor.common.calibration.CalibrationAnalysis.Dimension;
import io.promptmonitor.common.calibration.Proposal.Verdict;
import io.promptmonitor.common.calibration.Reliability.Bin;
import io.promptmonitor.common.calibration.TechniqueEffects.Effect;
import io.promptmonitor.common.calibration.TechniqueEffects.Observation;
import io.promptmonitor.common.calibration.TechniqueEffects.Variances;
import io.promptmonitor.common.comparison.Interval;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The example of docs/calibration.md, worked by hand, and what there is to say about too little.
 */
class CalibrationExampleTest {

  private static final LocalDate DAY = LocalDate.of(2026, 3, 2);
  private static final Offset<Double> EXACT = within(1e-6);

  /** Ten scores a day with the means 7, 6 and 5 where 8 was predicted. */
  private static final PredictedVersion A =
      version("a", 8, List.of("CoT"), new long[] {10, 10, 10}, 7, 6, 5);

  /** Twenty, ten and ten with the means 6, 5 and 7 where 6 was predicted. */
  private static final PredictedVersion B =
      version("b", 6, List.of("Few-Shot", "CoT"), new long[] {20, 10, 10}, 6, 5, 7);

  /** Ten scores a day with the means 5, 5.5 and 4.5 where 4 was predicted. */
  private static final PredictedVersion C =
      version("c", 4, List.of("CoT"), new long[] {10, 10, 10}, 5, 5.5, 4.5);

  private static PredictedVersion version(
      String prompt, double predicted, List<String> techniques, long[] counts, double... means) {
    List<QualityDay> days = new ArrayList<>();
    for (int d = 0; d < means.length; d++) {
      days.add(new QualityDay(DAY.plusDays(d), counts[d], means[d]));
    }
    return new PredictedVersion(prompt, "1.0.0", predicted, techniques, null, days);
  }

  private static CalibrationAnalysis analysis(PredictedVersion... versions) {
    return CalibrationAnalysis.of(DAY, DAY.plusDays(2), List.of(versions), Heuristic.NONE);
  }

  /**
   * Actual 6, bias 2, daily biases 1, 2, 3: standard deviation 1, standard error 1 / sqrt 3 =
   * 0.577350, t of 2 degrees of freedom 4.302653, so 2 +- 2.484138. MAE (1 + 2 + 3) / 3 = 2, RMSE
   * sqrt(14 / 3) = 2.160247.
   */
  @Test
  void daysOfEqualCountsGiveStudentsInterval() {
    BiasEstimate a = BiasEstimate.of(A);
    assertThat(a.actual()).isCloseTo(6, EXACT);
    assertThat(a.bias()).isCloseTo(2, EXACT);
    assertThat(a.standardError()).isCloseTo(0.577350, EXACT);
    assertInterval(a.interval(), -0.484138, 4.484138);
    assertThat(a.meanAbsoluteError()).isCloseTo(2, EXACT);
    assertThat(a.rootMeanSquaredError()).isCloseTo(2.160247, EXACT);
    assertThat(a.status()).isEqualTo(CalibrationStatus.MINOR_DRIFT);
    assertThat(a.basis()).isEqualTo(Basis.DAYS);
  }

  /**
   * Shares w = 1/2, 1/4, 1/4, residuals 0, 1, -1: variance = sum of w^2 / (1 - w) e^2 = 2 (1/16) /
   * (3/4) = 1/6, standard error 0.408248. Leverages w^2 / (1 - w) = 1/2, 1/12, 1/12: degrees of
   * freedom 1 / (3/8 + (2/3)^2 - (1/4 + 2/144)) = 1 / (5/9) = 1.8, whose t is 4.794881.
   */
  @Test
  void daysOfUnequalCountsWeighByThem() {
    BiasEstimate b = BiasEstimate.of(B);
    assertThat(b.bias()).isCloseTo(0, EXACT);
    assertThat(b.standardError()).isCloseTo(Math.sqrt(1 / 6.0), EXACT);
    assertInterval(b.interval(), -4.794881 * 0.408248, 4.794881 * 0.408248);
    assertThat(b.meanAbsoluteError()).isCloseTo(0.5, EXACT);
    assertThat(b.rootMeanSquaredError()).isCloseTo(Math.sqrt(0.5), EXACT);
  }

  /**
   * Biases 2, 0, -1 with the squared errors 1/3, 1/6, 1/12: weights 3, 6, 12, mean -6 / 21, Q =
   * 22.285714, between versions (22.285714 - 2) / (21 - 189 / 21) = 1.690476. Weights now 0.494118,
   * 0.538462, 0.563758: mean 0.424477 / 1.596337 = 0.265907; their weighted squares 2.427358 / 2 /
   * 1.596337 = 0.871946 squared; with 4.302653, 0.265907 +- 3.751680.
   */
  @Test
  void aTechniqueIsTheRandomEffectsMeanOfItsVersions() {
    CalibrationAnalysis analysis = analysis(C, B, A);
    BiasEstimate cot =
        analysis.groups().stream()
            .filter(g -> g.dimension() == Dimension.TECHNIQUE && g.name().equals("CoT"))
            .findFirst()
            .orElseThrow()
            .estimate();
    assertThat(cot.versions()).isEqualTo(3);
    assertThat(cot.count()).isEqualTo(100);
    assertThat(cot.bias()).isCloseTo(0.265907, within(2e-6));
    assertThat(cot.standardError()).isCloseTo(0.871946, within(2e-6));
    assertInterval(cot.interval(), 0.265907 - 3.751680, 0.265907 + 3.751680);
    assertThat(analysis.overall()).isEqualTo(cot);
    assertThat(analysis.groups()).extracting("name").contains("CoT + Few-Shot");
  }

  /**
   * Bins 4, 6 and 8 with 30, 40 and 30 scores and gaps of 1, 0 and 2: (30 + 0 + 60) / 100 = 0.9.
   * Ranks 1, 2, 3 against 1, 2.5, 2.5: 1.5 / sqrt(2 * 1.5) = 0.866025.
   */
  @Test
  void reliabilityByBinsAndRanks() {
    Reliability reliability = analysis(A, B, C).reliability();
    assertThat(reliability.bins())
        .containsExactly(
            new Bin(4, 5, 1, 30, 4, 5), new Bin(6, 7, 1, 40, 6, 6), new Bin(8, 9, 1, 30, 8, 6));
    assertThat(reliability.expectedCalibrationError()).isCloseTo(0.9, EXACT);
    assertThat(reliability.rankCorrelation()).isCloseTo(0.866025, EXACT);
  }

  /**
   * Biases 0, 0.2, 0, 0.2, 1, 1.2, 1, 1.2 of ten scores each: around their mean 0.6 the squares are
   * 10 * 2.08 = 20.8; the step between the fourth and fifth day explains 20 of them, so t = sqrt(20
   * / (0.8 / 6)) = sqrt 150 with 6 degrees of freedom, and 2 * 5 places it could have been: p =
   * 9.021225e-5.
   */
  @Test
  void theClearestStepIsTheDrift() {
    long[] counts = {10, 10, 10, 10, 10, 10, 10, 10};
    PredictedVersion v = version("d", 7, List.of(), counts, 7, 6.8, 7, 6.8, 6, 5.8, 6, 5.8);
    BiasDrift drift = BiasDrift.find(v, 1);
    assertThat(drift).isNotNull();
    assertThat(drift.began()).isEqualTo(DAY.plusDays(4));
    assertThat(drift.before()).isCloseTo(0.1, EXACT);
    assertThat(drift.after()).isCloseTo(1.1, EXACT);
    assertThat(drift.pValue()).isCloseTo(9.021225e-5, within(1e-10));
    assertThat(BiasDrift.find(v, 1000)).as("among so many versions it is no surprise").isNull();
  }

  /**
   * Two versions with the bias 1 and 2 and the squared error 1/4, variance between versions 1/4, of
   * techniques 1: each weighs 1 / (1/4 + 1/4) = 2, so the effect is (2 + 4) / (1 + 2 + 2) = 1.2
   * rather than 1.5, with the variance 1/5.
   */
  @Test
  void effectsAreShrunkTowardsZero() {
    TechniqueEffects effects =
        TechniqueEffects.fit(
            List.of(
                new Observation(List.of("CoT"), 1, 0.25), new Observation(List.of("CoT"), 2, 0.25)),
            new Variances(1, 1, 0.25));
    Effect effect = effects.of(List.of("CoT"));
    assertThat(effect.value()).isCloseTo(1.2, EXACT);
    assertThat(effect.deviation()).isCloseTo(Math.sqrt(0.2), EXACT);
  }

  /** One day only: Wilson's interval on the scale, 20 scores with the mean 5: 0.5 +- 0.200701. */
  @Test
  void ofFewDaysTheWidestInterval() {
    BiasEstimate one = BiasEstimate.of(version("e", 7, List.of(), new long[] {20}, 5));
    assertThat(one.basis()).isEqualTo(Basis.BOUND);
    assertThat(one.bias()).isCloseTo(2, EXACT);
    assertInterval(one.interval(), 2 - 2.007015, 2 + 2.007015);
  }

  @Test
  void withoutPredictionsOrScoresThereIsNothingToCompare() {
    PredictedVersion unpredicted = version("u", Double.NaN, List.of("CoT"), new long[] {30}, 5);
    PredictedVersion unrated = version("v", 5, List.of("CoT"), new long[] {0}, Double.NaN);
    CalibrationAnalysis analysis = analysis(unpredicted, unrated);
    assertThat(analysis.overall()).isEqualTo(BiasEstimate.NONE);
    assertThat(analysis.overall().status()).isEqualTo(CalibrationStatus.INSUFFICIENT_DATA);
    assertThat(analysis.versions()).hasSize(2);
    assertThat(analysis.groups()).isEmpty();
    assertThat(analysis.reliability().bins()).isEmpty();
    assertThat(analysis.reliability().expectedCalibrationError()).isNaN();
    assertThat(analysis.proposals()).isEmpty();
    assertThat(analysis().versions()).isEmpty();
  }

  @Test
  void ofOneVersionTheGroupIsThatVersionAndNothingIsProposed() {
    CalibrationAnalysis analysis = analysis(A);
    assertThat(analysis.overall()).isEqualTo(BiasEstimate.of(A));
    assertThat(analysis.reliability().rankCorrelation()).isNaN();
    assertThat(analysis.proposals())
        .singleElement()
        .satisfies(p -> assertThat(p.verdict()).isEqualTo(Verdict.TOO_FEW));
  }

  @Test
  void aStepIsCappedAndWhatIsNoLongerSupportedIsWithdrawnByStepsToo() {
    PredictedVersion[] wrong = new PredictedVersion[6];
    PredictedVersion[] right = new PredictedVersion[6];
    long[] counts = {30, 30, 30, 30};
    for (int i = 0; i < wrong.length; i++) {
      double own = i % 2 == 0 ? 0.1 : -0.1;
      wrong[i] = version("p" + i, 8, List.of("CoT"), counts, 5 + own, 5.1, 4.9, 5 - own);
      right[i] = version("p" + i, 5 + own, List.of("CoT"), counts, 5.1, 4.9, 5, 5);
    }
    Heuristic heuristic = Heuristic.NONE;
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      heuristic = updated(heuristic, wrong);
      values.add(heuristic.valueOf(List.of("CoT")));
    }
    for (int i = 0; i < 4; i++) {
      heuristic = updated(heuristic, right);
      values.add(heuristic.valueOf(List.of("CoT")));
    }
    assertThat(values.subList(0, 2)).containsExactly(1.0, 2.0);
    assertThat(values.get(2)).isBetween(2.9, 3.0);
    assertThat(values.get(3)).isEqualTo(values.get(2));
    assertThat(values.get(4)).isCloseTo(values.get(3) - 1, EXACT);
    assertThat(values.get(7)).isEqualTo(0);
    assertThat(heuristic.correct(8, List.of("CoT"))).isEqualTo(8);
  }

  private static Heuristic updated(Heuristic current, PredictedVersion... versions) {
    List<Correction> corrections = new ArrayList<>();
    for (Proposal p :
        CalibrationAnalysis.of(DAY, DAY.plusDays(3), List.of(versions), current).proposals()) {
      corrections.add(new Correction(p.techniques(), p.value()));
    }
    return new Heuristic(current.version() + 1, corrections);
  }

  @Test
  void aPredictionIsCorrectedByItsTechniquesAndItsExactCombination() {
    Heuristic heuristic =
        new Heuristic(
            1,
            List.of(
                new Correction(List.of("CoT"), 0.5),
                new Correction(List.of("Few-Shot"), -0.2),
                new Correction(List.of("Few-Shot", "CoT"), 0.4)));
    assertThat(heuristic.correct(7, List.of("CoT"))).isCloseTo(6.5, EXACT);
    assertThat(heuristic.correct(7, List.of("Few-Shot", "CoT"))).isCloseTo(6.3, EXACT);
    assertThat(heuristic.correct(7, List.of("Other", "CoT", "Few-Shot"))).isCloseTo(6.7, EXACT);
    assertThat(heuristic.correct(7, List.of())).isEqualTo(7);
    assertThat(heuristic.correct(0.2, List.of("CoT"))).isEqualTo(0);
    assertThat(heuristic.correct(9.9, List.of("Few-Shot"))).isEqualTo(10);
    assertThat(heuristic.correct(Double.NaN, List.of("CoT"))).isNaN();
  }

  @Test
  void statusByTheLimits() {
    assertThat(CalibrationStatus.of(0.99, 20)).isEqualTo(CalibrationStatus.WELL_CALIBRATED);
    assertThat(CalibrationStatus.of(-1, 20)).isEqualTo(CalibrationStatus.MINOR_DRIFT);
    assertThat(CalibrationStatus.of(2, 20)).isEqualTo(CalibrationStatus.MINOR_DRIFT);
    assertThat(CalibrationStatus.of(-2.01, 20)).isEqualTo(CalibrationStatus.SIGNIFICANT_DRIFT);
    assertThat(CalibrationStatus.of(5, 19)).isEqualTo(CalibrationStatus.INSUFFICIENT_DATA);
    assertThat(CalibrationStatus.of(Double.NaN, 20)).isEqualTo(CalibrationStatus.INSUFFICIENT_DATA);
  }

  @Test
  void ratingsAndScoresCountAlike() {
    // Ratings 4 and 5 are 7.5 and 10, scores 6 and 6.5: 30 / 4.
    QualityDay day = QualityDay.of(DAY, 2, 4.5, 2, 6.25);
    assertThat(day.count()).isEqualTo(4);
    assertThat(day.quality()).isCloseTo(7.5, EXACT);
    assertThat(QualityDay.of(DAY, 0, Double.NaN, 1, 4).quality()).isEqualTo(4);
    assertThat(QualityDay.of(DAY, 0, Double.NaN, 0, Double.NaN).quality()).isNaN();
  }

  private static void assertInterval(@Nullable Interval interval, double lower, double upper) {
    assertThat(interval.lower()).isCloseTo(lower, within(5e-6));
    assertThat(interval.upper()).isCloseTo(upper, within(5e-6));
  }
}
