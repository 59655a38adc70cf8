package io.promptmonitor.common.simulation;

/**
 * Random numbers of one subject (an execution, an input), a separate one for each {@link Quantity}:
 * drawing one more, or one less, changes no other.
 *
 * <p>A number is the SplitMix64 hash (Steele, Lea, Flood 2014) of the subject's seed and the
 * quantity. All arithmetic is {@code StrictMath}: the same on every machine. Not thread-safe.
 */
final class RandomDraws {

  /** What a random number is for; the constant's name is part of the seed. */
  enum Quantity {
    ID,
    VERSION,
    BRANCH,
    MODEL,
    INPUT,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    LATENCY,
    FAILURE,
    ERROR_TYPE,
    USER_SHARE,
    USER,
    OUTPUT_DEVIATION,
    SCORE_SHARE,
    SCORE,
    SCORE_DELAY,
    FEEDBACK_SHARE,
    RATING,
    FEEDBACK_IN_RECORD,
    FEEDBACK_DELAY,
    ARRIVAL_DELAY,
    FEEDBACK_ARRIVAL_DELAY,
    SCORE_ARRIVAL_DELAY,
    STRAGGLER,
    DUPLICATE,
    DUPLICATE_DELAY,
    RAW_TEXT,
    RAW_TEXT_PLACE,
    BROKEN,
    BROKEN_ID,
    BROKEN_REASON,
    BROKEN_FORM,
    BROKEN_DELAY,
    SPREAD;

    private final long key = hash(name());
  }

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private long seed;

  RandomDraws(long seed) {
    this.seed = seed;
  }

  /** Turns to another subject. */
  void reset(long newSeed) {
    this.seed = newSeed;
  }

  /** 64 random bits. */
  long bits(Quantity quantity) {
    return mix(seed + quantity.key);
  }

  /** Uniform between 0 and 1, both excluded. */
  double uniform(Quantity quantity) {
    return toUniform(bits(quantity));
  }

  /** Whether something with the given probability happens. */
  boolean happens(Quantity quantity, double probability) {
    return probability > 0 && uniform(quantity) < probability;
  }

  /** Standard normal. */
  double gaussian(Quantity quantity) {
    return NormalQuantile.of(uniform(quantity));
  }

  /** Exponential with mean 1. */
  double exponential(Quantity quantity) {
    return -StrictMath.log(uniform(quantity));
  }

  /** The seed of a subject that is part of another: both decide. */
  static long seed(long parent, long child) {
    return mix(mix(parent) + GOLDEN_GAMMA * child);
  }

  /** The seed of a subject with a name. */
  static long seed(long parent, String child) {
    return seed(parent, hash(child));
  }

  static double toUniform(long bits) {
    return ((bits >>> 11) + 0.5) * UNIT;
  }

  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = mix((hash ^ text.charAt(i)) + GOLDEN_GAMMA);
    }
    return hash;
  }
}
