package io.promptmonitor.common.calibration;

import io.promptmonitor.common.calibration.BiasEstimate.Basis;
import io.promptmonitor.common.calibration.Proposal.Verdict;
import io.promptmonitor.common.calibration.TechniqueEffects.Effect;
import io.promptmonitor.common.calibration.TechniqueEffects.Observation;
import io.promptmonitor.common.comparison.Interval;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What to correct in later predictions: a value for each technique and combination of which enough
 * is known, whose interval excludes 0, and with which versions that had no part in finding it are
 * predicted better. A step from the value in force is at most {@link #MAX_STEP}.
 */
public final class HeuristicUpdate {

  /** Versions that a technique or combination needs. */
  public static final int MIN_VERSIONS = 3;

  /** Ratings and scores that its versions need together. */
  public static final long MIN_COUNT = 100;

  /** The greatest change of a value at once, on the scale 0 to 10. */
  public static final double MAX_STEP = 1.0;

  /** A smaller effect is not worth a correction. */
  public static final double LEAST_VALUE = 0.1;

  private static final int FOLDS = 10;

  private HeuristicUpdate() {}

  /**
   * What to do about each technique and combination of the versions, and of the heuristic in force.
   *
   * @param versions in an order that depends on nothing but them
   * @param estimates of the versions, in the same order
   */
  static List<Proposal> propose(
      List<PredictedVersion> versions, List<BiasEstimate> estimates, Heuristic current) {
    List<Observation> observations = new ArrayList<>();
    List<BiasEstimate> known = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      BiasEstimate e = estimates.get(i);
      if (e.basis() != Basis.NONE && !versions.get(i).techniques().isEmpty()) {
        known.add(e);
        observations.add(
            new Observation(
                versions.get(i).techniques(), e.bias(), e.standardError() * e.standardError()));
      }
    }
    if (observations.isEmpty()) {
      return List.of();
    }
    TechniqueEffects effects = TechniqueEffects.fit(observations);
    List<TechniqueEffects> heldOut = heldOut(observations, effects);
    Set<List<String>> subjects = new LinkedHashSet<>(effects.subjects());
    current.corrections().forEach(c -> subjects.add(c.techniques()));
    List<Proposal> proposals = new ArrayList<>();
    for (List<String> subject : subjects) {
      proposals.add(proposal(subject, observations, known, effects, heldOut, current));
    }
    return List.copyOf(proposals);
  }

  /** For each observation the effects without its fold, with the variances of all. */
  private static List<TechniqueEffects> heldOut(
      List<Observation> observations, TechniqueEffects all) {
    int folds = Math.min(FOLDS, observations.size());
    List<TechniqueEffects> byFold = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      List<Observation> others = new ArrayList<>();
      for (int i = 0; i < observations.size(); i++) {
        if (i % folds != fold) {
          others.add(observations.get(i));
        }
      }
      byFold.add(TechniqueEffects.fit(others, all.variances()));
    }
    List<TechniqueEffects> result = new ArrayList<>();
    for (int i = 0; i < observations.size(); i++) {
      result.add(byFold.get(i % folds));
    }
    return result;
  }

  private static Proposal proposal(
      List<String> subject,
      List<Observation> observations,
      List<BiasEstimate> known,
      TechniqueEffects effects,
      List<TechniqueEffects> heldOut,
      Heuristic current) {
    Correction any = new Correction(subject, 0);
    int versions = 0;
    long count = 0;
    double before = 0;
    double after = 0;
    for (int i = 0; i < observations.size(); i++) {
      Observation o = observations.get(i);
      if (any.appliesTo(o.techniques())) {
        versions++;
        count += known.get(i).count();
        double rest = o.bias() - heldOut.get(i).explained(o.techniques());
        double without = rest + heldOut.get(i).of(subject).value();
        after += rest * rest;
        before += without * without;
      }
    }
    Effect effect = effects.of(subject);
    Interval interval = Interval.UNKNOWN;
    if (versions > 1) {
      double half =
          TDistribution.of(versions - 1.0).inverseSurvivalProbability(Interval.TAIL)
              * effect.deviation();
      interval = new Interval(effect.value() - half, effect.value() + half);
    }
    double inForce = current.valueOf(subject);
    Verdict verdict = verdict(versions, count, effect.value(), interval, before, after);
    double target = verdict == Verdict.CORRECT ? effect.value() : 0;
    double value = inForce;
    if (verdict == Verdict.CORRECT || (verdict != Verdict.TOO_FEW && inForce != 0)) {
      value = hundredths(inForce + Math.max(-MAX_STEP, Math.min(MAX_STEP, target - inForce)));
      if (value == inForce) {
        verdict = Verdict.KEEP;
      } else if (verdict != Verdict.CORRECT) {
        verdict = Verdict.WITHDRAW;
      }
    }
    return new Proposal(
        subject,
        versions,
        count,
        effect.value(),
        interval,
        versions > 0 ? Math.sqrt(before / versions) : Double.NaN,
        versions > 0 ? Math.sqrt(after / versions) : Double.NaN,
        inForce,
        value,
        verdict);
  }

  private static Verdict verdict(
      int versions, long count, double effect, Interval interval, double before, double after) {
    if (versions < MIN_VERSIONS || count < MIN_COUNT) {
      return Verdict.TOO_FEW;
    }
    if (!interval.isAbove(0) && !interval.isBelow(0)) {
      return Verdict.NOT_CLEAR;
    }
    if (after >= before) {
      return Verdict.NO_BETTER;
    }
    return Math.abs(effect) < LEAST_VALUE ? Verdict.TOO_SMALL : Verdict.CORRECT;
  }

  private static double hundredths(double value) {
    // Adding 0 makes a negative zero a plain one.
    return Math.round(value * 100) / 100.0 + 0.0;
  }
}
