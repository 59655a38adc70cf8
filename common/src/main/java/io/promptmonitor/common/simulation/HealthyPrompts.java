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

  /** Highest share of executions that fail of a noisy prompt. */
  public static final double HIGHEST_ERROR_RATE_OF_NOISY = 0.04;

  private static final double FASTEST_MEDIAN_MS = 200;
  private static final double SLOWEST_MEDIAN_MS = 1_500;
  private static final double LEAST_SIGMA = 0.3;
  private static final double MOST_SIGMA = 0.75;
  private static final double MOST_SIGMA_OF_NOISY = 1.0;
  private static final DailyRhythm RHYTHM = new DailyRhythm(0.6, 14);

  /** How much prompts differ: the highest error rate and the heaviest tail of the latency. */
  private record Spread(double highestErrorRate, double mostSigma) {
    static final Spread USUAL = new Spread(HIGHEST_ERROR_RATE, MOST_SIGMA);
    static final Spread NOISY = new Spread(HIGHEST_ERROR_RATE_OF_NOISY, MOST_SIGMA_OF_NOISY);
  }

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
    return spread(count, start, pane, seed, errorRateOfAll, Spread.USUAL);
  }

  /**
   * Prompts that are as good as they ever were, and noisy: error rates up to {@link
   * #HIGHEST_ERROR_RATE_OF_NOISY}, and a latency whose logarithm has a standard deviation of up to
   * 1. With the timeouts among the failures up to 4 % of a prompt's executions take longer than 10
   * s.
   */
  public static List<PaneTraffic> noisy(int count, long start, long pane, long seed) {
    return spread(count, start, pane, seed, Double.NaN, Spread.NOISY);
  }

  /** One prompt with the same traffic at all hours; see {@link #of} and {@link #noisy}. */
  static PaneTraffic even(double ratePerMinute, boolean noisy, long start, long pane, long seed) {
    return prompt(
        "healthy",
        ratePerMinute,
        DailyRhythm.EVEN,
        Double.NaN,
        noisy ? Spread.NOISY : Spread.USUAL,
        true,
        start,
        pane,
        seed);
  }

  private static List<PaneTraffic> spread(
      int count, long start, long pane, long seed, double errorRateOfAll, Spread spread) {
    List<PaneTraffic> prompts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String id = String.format(Locale.ROOT, "healthy-%03d", i + 1);
      long own = RandomDraws.seed(seed, id);
      double rate = between(LOWEST_RATE, HIGHEST_RATE, (double) i / (count - 1));
      boolean scored = i % 3 != 0;
      prompts.add(prompt(id, rate, RHYTHM, errorRateOfAll, spread, scored, start, pane, own));
    }
    return prompts;
  }

  private static PaneTraffic prompt(
      String id,
      double ratePerMinute,
      DailyRhythm rhythm,
      double statedErrorRate,
      Spread spread,
      boolean scored,
      long start,
      long pane,
      long seed) {
    RandomDraws draws = new RandomDraws(seed);
    double errorRate =
        Double.isNaN(statedErrorRate)
            ? spread.highestErrorRate * draws.uniform(Quantity.FAILURE)
            : statedErrorRate;
    double sigma = LEAST_SIGMA + (spread.mostSigma - LEAST_SIGMA) * draws.uniform(Quantity.SPREAD);
    LogNormal latency =
        new LogNormal(
            between(FASTEST_MEDIAN_MS, SLOWEST_MEDIAN_MS, draws.uniform(Quantity.LATENCY)), sigma);
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
            new Behaviour.Score(scored ? score.share() : 0, score.mean(), score.sd(), null),
            usual.feedback());
    return new PaneTraffic(id, ratePerMinute, rhythm, behaviour, start, pane, seed, List.of());
  }

  /** From the lower to the higher on a logarithmic scale, as {@code share} goes from 0 to 1. */
  static double between(double lower, double higher, double share) {
    return lower * StrictMath.pow(higher / lower, share);
  }
}
