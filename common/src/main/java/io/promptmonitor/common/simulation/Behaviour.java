package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the executions of a prompt version turn out. In a scenario, a prompt's behaviour changes only
 * some keys of the scenario's, and a version's some of its prompt's.
 *
 * @param latencyMs latency of executions that succeed, in milliseconds
 * @param tokenCorrelation correlation of the logarithms of latency and output tokens, -1 to 1
 * @param inputTokens tokens of the input; the same input always has the same number
 * @param outputTokens tokens of the output
 * @param temperature the model's temperature, 0 to 2
 * @param failures how often executions fail, and how
 * @param models the models, by share
 * @param branches the conditional paths, by share; empty if there are none
 * @param inputs how many different inputs there are
 * @param score the automated score
 * @param feedback the users' ratings
 */
record Behaviour(
    LogNormal latencyMs,
    double tokenCorrelation,
    LogNormal inputTokens,
    LogNormal outputTokens,
    double temperature,
    Failures failures,
    Shares models,
    Shares branches,
    Inputs inputs,
    Score score,
    Ratings feedback) {

  private static final double MAX_TOKENS = 1_000_000;
  private static final double MAX_SHARE = 1e6;
  static final int MAX_POPULATION = 1_000_000;
  static final double MAX_ZIPF_EXPONENT = 5;

  static final Behaviour USUAL =
      new Behaviour(
          new LogNormal(800, 0.45),
          0.6,
          new LogNormal(350, 0.5),
          new LogNormal(180, 0.6),
          0.2,
          Failures.USUAL,
          new Shares(Map.of("gpt-4o-mini", 1.0)),
          new Shares(Map.of()),
          new Inputs(5_000, 0.8, 0.08),
          new Score(0.3, 7.8, 1.1, null),
          new Ratings(
              0.05,
              List.of(4.0, 4.0, 10.0, 32.0, 50.0),
              0,
              new Delay(new LogNormal(120_000, 1.2), Duration.ofHours(12).toMillis())));

  /**
   * The inputs of a prompt.
   *
   * @param population how many different ones
   * @param zipfExponent how unequal their popularity is
   * @param deviatingOutputs share of executions whose output differs from the usual one of its
   *     input
   */
  record Inputs(int population, double zipfExponent, double deviatingOutputs) {
    static Inputs read(ConfigSection section, Inputs parent) {
      return new Inputs(
          section.get("population", v -> (int) v.integer(1, MAX_POPULATION), parent.population),
          section.get("zipf_exponent", v -> v.decimal(0, MAX_ZIPF_EXPONENT), parent.zipfExponent),
          section.get("deviating_outputs", v -> v.decimal(0, 1), parent.deviatingOutputs));
    }
  }

  /**
   * The automated score of executions with an output, on the quality scale 0 to 10.
   *
   * @param share share of them that get one
   * @param mean mean, before the score is cut to the scale
   * @param sd standard deviation, before the score is cut to the scale
   * @param delay how much later it comes, as an event of its own; null if it is in the record
   */
  record Score(double share, double mean, double sd, @Nullable Delay delay) {
    static Score read(ConfigSection section, Score parent, Delay usualDelay) {
      Delay delay = parent.delay;
      Delay start = delay == null ? usualDelay : delay;
      return new Score(
          section.get("share", v -> v.decimal(0, 1), parent.share),
          section.get("mean", v -> v.decimal(0, 10), parent.mean),
          section.get("sd", v -> v.decimal(0, 10), parent.sd),
          section.has("delay")
              ? section.getOrNull("delay", v -> v.section(s -> Delay.read(s, start)))
              : delay);
    }
  }

  /**
   * The users' ratings.
   *
   * @param share share of executions that are rated
   * @param ratings weights of the ratings 1 to 5
   * @param inRecord share of the ratings that are in the record itself
   * @param delay how much later the others come, each as an event of its own
   */
  record Ratings(double share, List<Double> ratings, double inRecord, Delay delay) {
    static Ratings read(ConfigSection section, Ratings parent) {
      return new Ratings(
          section.get("share", v -> v.decimal(0, 1), parent.share),
          section.get("ratings", Ratings::readRatings, parent.ratings),
          section.get("in_record", v -> v.decimal(0, 1), parent.inRecord),
          section.get("delay", v -> v.section(s -> Delay.read(s, parent.delay)), parent.delay));
    }

    /** The rating, 1 to 5, at a uniform random number between 0 and 1. */
    static int pick(List<Double> weights, double uniform) {
      double sum = 0;
      for (double weight : weights) {
        sum += weight;
      }
      double rest = uniform * sum;
      int rating = 1;
      for (double weight : weights) {
        if (rest < weight) {
          return rating;
        }
        rest -= weight;
        rating++;
      }
      return weights.size();
    }

    static List<Double> readRatings(ConfigValue value) {
      List<Double> weights = value.list(v -> v.decimal(0, MAX_SHARE));
      if (value.size() != 5 || (weights.size() == 5 && weights.stream().allMatch(w -> w == 0))) {
        throw value.invalid("expected five weights, for the ratings 1 to 5, not all 0");
      }
      return weights;
    }
  }

  static Behaviour read(ConfigSection section, Behaviour parent) {
    LogNormal latency = parent.latencyMs;
    return new Behaviour(
        section.get("latency", v -> v.section(s -> readLatency(s, latency)), latency),
        section.get("token_correlation", v -> v.decimal(-1, 1), parent.tokenCorrelation),
        readTokens(section, "input_tokens", parent.inputTokens),
        readTokens(section, "output_tokens", parent.outputTokens),
        section.get("temperature", v -> v.decimal(0, 2), parent.temperature),
        section.get(
            "errors", v -> v.section(s -> Failures.read(s, parent.failures)), parent.failures),
        section.get("models", v -> readShares(v, false), parent.models),
        section.get("branches", v -> readShares(v, true), parent.branches),
        section.get("inputs", v -> v.section(s -> Inputs.read(s, parent.inputs)), parent.inputs),
        section.get(
            "automated_score",
            v -> v.section(s -> Score.read(s, parent.score, parent.feedback.delay())),
            parent.score),
        section.get(
            "user_feedback",
            v -> v.section(s -> Ratings.read(s, parent.feedback)),
            parent.feedback));
  }

  /** The same, with everything that a typical size decides multiplied. */
  Behaviour scaled(double latencyFactor, double tokenFactor) {
    return new Behaviour(
        latencyMs.times(latencyFactor),
        tokenCorrelation,
        inputTokens.times(tokenFactor),
        outputTokens.times(tokenFactor),
        temperature,
        failures,
        models,
        branches,
        inputs,
        score,
        feedback);
  }

  private static LogNormal readLatency(ConfigSection section, LogNormal parent) {
    LogNormal latency =
        LogNormal.read(
            section,
            v -> (double) v.duration(Duration.ofMillis(1), Duration.ofHours(1)).toMillis(),
            parent);
    return latency.times(section.get("factor", v -> v.decimal(0.01, 1_000), 1.0));
  }

  private static LogNormal readTokens(ConfigSection section, String key, LogNormal parent) {
    return section.get(
        key, v -> v.section(s -> LogNormal.read(s, m -> m.decimal(1, MAX_TOKENS), parent)), parent);
  }

  private static Shares readShares(ConfigValue value, boolean mayBeEmpty) {
    Map<String, Double> shares =
        value.map(ConfigValue::text, (name, share) -> share.decimal(0, MAX_SHARE));
    if (value.size() == 0 ? !mayBeEmpty : allZero(shares)) {
      throw value.invalid("expected names with their shares, at least one above 0");
    }
    return new Shares(shares);
  }

  private static boolean allZero(Map<String, Double> shares) {
    return !shares.isEmpty() && shares.values().stream().allMatch(share -> share == 0);
  }
}
