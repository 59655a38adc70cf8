package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;

/**
 * The users of all prompts.
 *
 * @param population how many there are
 * @param zipfExponent how unequal their activity is
 * @param share share of the records that name their user
 */
record Users(int population, double zipfExponent, double share) {

  static final Users USUAL = new Users(5_000, 0.7, 0.9);

  static Users read(ConfigSection section) {
    return new Users(
        section.get(
            "population", v -> (int) v.integer(1, Behaviour.MAX_POPULATION), USUAL.population),
        section.get(
            "zipf_exponent", v -> v.decimal(0, Behaviour.MAX_ZIPF_EXPONENT), USUAL.zipfExponent),
        section.get("share", v -> v.decimal(0, 1), USUAL.share));
  }
}
