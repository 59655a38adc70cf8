package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Many prompts that differ in popularity, latency and length.
 *
 * @param prefix what their identifiers begin with
 * @param count how many
 * @param zipfExponent how unequal their popularity is
 * @param ratePerMinute executions per minute of all together
 * @param spread standard deviation of the logarithm of their median latency, and of their tokens
 * @param rhythm how the rate changes over the day
 * @param versions the versions of each
 */
record GeneratedPrompts(
    String prefix,
    int count,
    double zipfExponent,
    double ratePerMinute,
    double spread,
    DailyRhythm rhythm,
    List<SimulatedVersion> versions) {

  static final int MAX_COUNT = 100_000;
  private static final int MAX_PREFIX = 200;

  static GeneratedPrompts none(DailyRhythm rhythm, Behaviour behaviour) {
    return new GeneratedPrompts(
        "prompt-", 0, 1.1, 600, 0.4, rhythm, SimulatedPrompt.oneVersion(behaviour));
  }

  List<SimulatedPrompt> prompts() {
    List<SimulatedPrompt> prompts = new ArrayList<>(count);
    if (count == 0) {
      return prompts;
    }
    ZipfDistribution popularity = new ZipfDistribution(count, zipfExponent);
    RandomDraws draws = new RandomDraws(0);
    for (int rank = 0; rank < count; rank++) {
      String id = String.format(Locale.ROOT, "%s%03d", prefix, rank + 1);
      draws.reset(RandomDraws.seed(0, id));
      double latencyFactor = StrictMath.exp(spread * draws.gaussian(RandomDraws.Quantity.LATENCY));
      double tokenFactor =
          StrictMath.exp(spread * draws.gaussian(RandomDraws.Quantity.INPUT_TOKENS));
      List<SimulatedVersion> own =
          versions.stream()
              .map(
                  v ->
                      new SimulatedVersion(
                          v.version(),
                          v.from(),
                          v.to(),
                          v.share(),
                          v.ramp(),
                          v.behaviour().scaled(latencyFactor, tokenFactor)))
              .toList();
      prompts.add(
          new SimulatedPrompt(id, ratePerMinute * popularity.probability(rank), rhythm, own));
    }
    return prompts;
  }

  GeneratedPrompts with(int newCount, double newRatePerMinute) {
    return new GeneratedPrompts(
        prefix, newCount, zipfExponent, newRatePerMinute, spread, rhythm, versions);
  }

  static GeneratedPrompts read(ConfigSection section, DailyRhythm rhythm, Behaviour parent) {
    GeneratedPrompts none = none(rhythm, parent);
    Behaviour behaviour =
        section.get("behaviour", v -> v.section(s -> Behaviour.read(s, parent)), parent);
    return new GeneratedPrompts(
        section.get("prefix", v -> SimulatedVersion.name(v, MAX_PREFIX), none.prefix),
        section.require("count", v -> (int) v.integer(1, MAX_COUNT), 1),
        section.get(
            "zipf_exponent", v -> v.decimal(0, Behaviour.MAX_ZIPF_EXPONENT), none.zipfExponent),
        section.get(
            "rate_per_minute", v -> v.decimal(0, SimulatedPrompt.MAX_RATE), none.ratePerMinute),
        section.get("spread", v -> v.decimal(0, 2), none.spread),
        section.get("rhythm", v -> v.section(s -> DailyRhythm.read(s, rhythm)), rhythm),
        section.get(
            "versions",
            v -> SimulatedPrompt.readVersions(v, behaviour),
            SimulatedPrompt.oneVersion(behaviour)));
  }
}
