package io.promptmonitor.common.simulation;

import io.promptmonitor.common.simulation.RandomDraws.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prompts of which nothing is wrong, and every alert is false.
 *
 * <p>They differ in traffic (0.1 to 50 executions a minute, spread evenly on a logarithmic scale),
 * error rate (up to 1 %), latency (log-normal, median 0.2 to 1.5 s) and in how their quality is
 * known: all by ratings, two of three by scores, too. Less than 1 % of the executions of each take
 * longer than 10 s, timeouts included. The rate is 60 % higher at 14:00 UTC than on average, and 60
 * % lower at 02:00.
 */
public final class HealthyPrompts {

  /** Executions a minute of the prompt that has the fewest. */
  public static final double LOWEST_RATE = 0.1;

  /** Executions a minute of the prompt that has the most. */
  public static final double HIGHEST_RATE = 50;

  /** Highest share of executions that fail. */
  public static final double HIGHEST_ERROR_RATE = 0.01;

  private static final double FASTEST_MEDIAN_MS = 200;
  private static final double SLOWEST_MEDIAN_MS = 1_500;
  private static final double LEAST_SIGMA = 0.3;
  private static final double MOST_SIGMA = 0.75;
  private static final DailyRhythm RHYTHM = new DailyRhythm(0.6, 14);

  private HealthyPrompts() {}

  /**
   * Prompts whose error rates are spread evenly from 0 to {@link #HIGHEST_ERROR_RATE}.
   *
   * @param count how many, 2 or more, in the order of their traffic
   * @param start when they begin, in milliseconds since the epoch; the start of a pane
   * @param pane length of a pane in milliseconds
   */
  public static List<PaneTraffic> of(int count, long start, long pane, long seed) {
    return of(count, start, pane, seed, Double.NaN);
  }

  /** As {@link #of(int, long, long, long)}, with the same error rate for all of them. */
  public static List<PaneTraffic> of(
      int count, long start, long pane, long seed, double errorRateOfAll) {
    List<PaneTraffic> prompts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String id = String.format(Locale.ROOT, "healthy-%03d", i + 1);
      long own = RandomDraws.seed(seed, id);
      RandomDraws draws = new RandomDraws(own);
      double errorRate =
          Double.isNaN(errorRateOfAll)
              ? HIGHEST_ERROR_RATE * draws.uniform(Quantity.FAILURE)
              : errorRateOfAll;
      double sigma = LEAST_SIGMA + (MOST_SIGMA - LEAST_SIGMA) * draws.uniform(Quantity.SPREAD);
      LogNormal latency =
          new LogNormal(
              between(FASTEST_MEDIAN_MS, SLOWEST_MEDIAN_MS, draws.uniform(Quantity.LATENCY)),
              sigma);
      Behaviour usual = Behaviour.USUAL;
      Behaviour.Score score = usual.score();
      Behaviour behaviour =
          new Behaviour(
              latency,
              usual.tokenCorrelation(),
              usual.inputTokens(),
              usual.outputTokens(),
              usual.temperature(),
              new Failures(errorRate, usual.failures().types()),
              usual.models(),
              usual.branches(),
              usual.inputs(),
              new Behaviour.Score(i % 3 == 0 ? 0 : score.share(), score.mean(), score.sd(), null),
              usual.feedback());
      double rate = between(LOWEST_RATE, HIGHEST_RATE, (double) i / (count - 1));
      prompts.add(new PaneTraffic(id, rate, RHYTHM, behaviour, start, pane, own, List.of()));
    }
    return prompts;
  }

  /** From the lower to the higher on a logarithmic scale, as {@code share} goes from 0 to 1. */
  private static double between(double lower, double higher, double share) {
    return lower * StrictMath.pow(higher / lower, share);
  }
}
