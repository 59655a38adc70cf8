package io.promptmonitor.common.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.calibration.CalibrationAnalysis.Dimension;
import io.promptmonitor.common.calibration.CalibrationAnalysis.OfGroup;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whether the estimates find what was put into simulated qualities; the seeds are fixed. */
class CalibrationSimulationTest {

  private static final int RUNS = 200;
  private static final int DAYS = 28;
  private static final double DAY_SPREAD = 0.15;
  private static final Map<String, Double> TRUTH =
      Map.of("CoT", 1.4, "Constitutional", -0.8, "Few-Shot", 0.0, "Zero-Shot", 2.5);

  @Test
  void intervalsOfVersionsAndTechniquesHoldTheTruth() {
    SplittableRandom random = new SplittableRandom(1);
    int ofVersions = 0;
    int versionsHeld = 0;
    int techniquesHeld = 0;
    for (int run = 0; run < RUNS; run++) {
      List<PredictedVersion> versions = new ArrayList<>();
      List<Double> truths = new ArrayList<>();
      for (String technique : TRUTH.keySet().stream().sorted().toList()) {
        for (int i = 0; i < 6; i++) {
          double bias = TRUTH.get(technique) + 0.4 * random.nextGaussian();
          truths.add(bias);
          versions.add(
              SimulatedVersions.version(
                  random,
                  technique + i,
                  List.of(technique),
                  SimulatedVersions.constant(DAYS, bias),
                  DAY_SPREAD));
        }
      }
      for (int i = 0; i < versions.size(); i++) {
        ofVersions++;
        versionsHeld += holds(BiasEstimate.of(versions.get(i)), truths.get(i)) ? 1 : 0;
      }
      for (OfGroup group : analysis(versions).groups()) {
        if (group.dimension() == Dimension.TECHNIQUE) {
          techniquesHeld += holds(group.estimate(), TRUTH.get(group.name())) ? 1 : 0;
        }
      }
    }
    assertThat(versionsHeld / (double) ofVersions).isBetween(0.94, 0.96);
    assertThat(techniquesHeld / (double) (RUNS * TRUTH.size())).isBetween(0.93, 0.97);
  }

  @Test
  void effectsAreToldApartWhereTechniquesAreCombined() {
    SplittableRandom random = new SplittableRandom(2);
    List<String> names = List.of("A", "B", "C", "D", "E");
    int held = 0;
    int effects = 0;
    double before = 0;
    double after = 0;
    int fresh = 0;
    for (int run = 0; run < RUNS / 4; run++) {
      double[] truth = random.doubles(names.size()).map(u -> 3 * u - 1.5).toArray();
      List<PredictedVersion> versions = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        versions.add(combined(random, names, truth, "p" + i));
      }
      CalibrationAnalysis analysis = analysis(versions);
      List<Correction> applied = new ArrayList<>();
      for (Proposal p : analysis.proposals()) {
        if (p.techniques().size() == 1) {
          double effect = truth[names.indexOf(p.techniques().get(0))];
          effects++;
          held += p.interval().lower() <= effect && effect <= p.interval().upper() ? 1 : 0;
        }
        if (p.isChange()) {
          assertThat(Math.abs(p.value())).isLessThanOrEqualTo(HeuristicUpdate.MAX_STEP);
          applied.add(new Correction(p.techniques(), p.value()));
        }
      }
      // Versions that come later: the heuristic is for them.
      Heuristic heuristic = new Heuristic(1, applied);
      for (int i = 0; i < 10; i++) {
        PredictedVersion next = combined(random, names, truth, "next" + i);
        double actual = BiasEstimate.of(next).actual();
        before += Math.abs(next.predictedQuality() - actual);
        after += Math.abs(heuristic.correct(next.predictedQuality(), next.techniques()) - actual);
        fresh++;
      }
    }
    assertThat(held / (double) effects).isBetween(0.93, 0.99);
    assertThat(after / fresh).isLessThan(0.5 * before / fresh);
  }

  private static PredictedVersion combined(
      SplittableRandom random, List<String> names, double[] truth, String prompt) {
    int first = random.nextInt(names.size());
    int second = random.nextInt(names.size());
    double bias = truth[first] + (second == first ? 0 : truth[second]);
    return SimulatedVersions.version(
        random,
        prompt,
        List.of(names.get(first), names.get(second)),
        SimulatedVersions.constant(DAYS, bias + 0.3 * random.nextGaussian()),
        DAY_SPREAD);
  }

  @Test
  void nothingIsProposedWhereNothingIsWrong() {
    SplittableRandom random = new SplittableRandom(3);
    int runsWithProposals = 0;
    for (int run = 0; run < RUNS; run++) {
      List<PredictedVersion> versions = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        versions.add(
            SimulatedVersions.version(
                random,
                "p" + i,
                List.of("T" + i % 4),
                SimulatedVersions.constant(DAYS, 0.4 * random.nextGaussian()),
                DAY_SPREAD));
      }
      runsWithProposals += analysis(versions).changes().isEmpty() ? 0 : 1;
    }
    assertThat(runsWithProposals).isLessThan(RUNS / 10);
  }

  @Test
  void aDriftIsDatedWithinTwoDaysAndNoneIsFoundWithoutOne() {
    SplittableRandom random = new SplittableRandom(4);
    int dated = 0;
    int quiet = 0;
    for (int run = 0; run < 100; run++) {
      int began = 6 + random.nextInt(DAYS - 12);
      double[] bias = SimulatedVersions.constant(DAYS, 0.5);
      Arrays.fill(bias, began, DAYS, 1.5);
      PredictedVersion drifting =
          SimulatedVersions.version(random, "p", List.of(), bias, DAY_SPREAD);
      BiasDrift drift = analysis(List.of(drifting)).versions().get(0).drift();
      if (drift != null
          && Math.abs(
                  ChronoUnit.DAYS.between(SimulatedVersions.START.plusDays(began), drift.began()))
              <= 2) {
        dated++;
      }
      PredictedVersion steady =
          SimulatedVersions.version(
              random, "p", List.of(), SimulatedVersions.constant(DAYS, 0.5), DAY_SPREAD);
      quiet += analysis(List.of(steady)).versions().get(0).drift() == null ? 1 : 0;
    }
    assertThat(dated).isGreaterThanOrEqualTo(95);
    assertThat(quiet).isGreaterThanOrEqualTo(95);
  }

  private static boolean holds(BiasEstimate estimate, double truth) {
    return estimate.interval().lower() <= truth && truth <= estimate.interval().upper();
  }

  private static CalibrationAnalysis analysis(List<PredictedVersion> versions) {
    return CalibrationAnalysis.of(
        SimulatedVersions.START,
        SimulatedVersions.START.plusDays(DAYS - 1),
        versions,
        Heuristic.NONE);
  }
}
