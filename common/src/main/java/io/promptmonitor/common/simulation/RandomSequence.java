package io.promptmonitor.common.simulation;

/** An endless sequence of random numbers, SplitMix64. Not thread-safe. */
final class RandomSequence {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  RandomSequence(long seed) {
    this.state = seed;
  }

  /** 64 random bits. */
  long bits() {
    state += GOLDEN_GAMMA;
    return RandomDraws.mix(state);
  }

  /** Uniform between 0 and 1, both excluded. */
  double uniform() {
    return RandomDraws.toUniform(bits());
  }

  /** Whether something with the given probability happens. */
  boolean happens(double probability) {
    return uniform() < probability;
  }

  /** Standard normal. */
  double gaussian() {
    return NormalQuantile.of(uniform());
  }

  /** Exponential with mean 1. */
  double exponential() {
    return -StrictMath.log(uniform());
  }
}
