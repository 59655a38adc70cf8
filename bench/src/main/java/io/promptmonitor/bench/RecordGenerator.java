package io.promptmonitor.bench;

import java.time.Instant;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Makes execution records of about 600 bytes with all fields of the public format.
 *
 * <p>200 prompts in two versions each, popular by Zipf's law with exponent 1; log-normal latencies;
 * 2 % failures; a score for each record and a rating for one in 20; a third of the inputs was seen
 * before, and mostly gets the same output again. A record reaches the file up to 5 s after its
 * event time, on average 0.3 s.
 */
final class RecordGenerator {

  private static final long FIRST_MILLIS = Instant.parse("2025-06-02T08:50:00Z").toEpochMilli();
  private static final int PROMPTS = 200;
  private static final int USERS = 20_000;
  private static final int REPEATED_INPUTS = 50;
  private static final double MEAN_DELAY_MILLIS = 300;
  private static final double LONGEST_DELAY_MILLIS = 5_000;
  private static final String[] VERSIONS = {"2.3.0", "2.4.0"};
  private static final String[] MODELS = {"gpt-4o-2024-08-06", "claude-3-7-sonnet-20250219"};
  private static final String[] PATHS = {"default", "long_document", "tool_use", "clarification"};
  private static final String[] ERRORS = {
    "timeout", "rate_limit", "invalid_output", "context_length_exceeded"
  };
  private static final String HEX = "0123456789abcdef";

  private final SplittableRandom random;
  private final double millisPerRecord;
  private final double[] cumulated = new double[PROMPTS];
  private final String[] promptIds = new String[PROMPTS];
  private long count;

  // The second that was formatted last.
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  RecordGenerator(long seed, long spanMillis, long records) {
    random = new SplittableRandom(seed);
    millisPerRecord = (double) spanMillis / records;
    double sum = 0;
    for (int i = 0; i < PROMPTS; i++) {
      sum += 1.0 / (i + 1);
      cumulated[i] = sum;
      promptIds[i] = String.format(Locale.ROOT, "support/reply-%03d", i + 1);
    }
  }

  /** Appends the next record, without a line end. */
  void append(StringBuilder out) {
    long timestamp = nextTimestamp();
    int prompt = nextPrompt();
    int version = random.nextInt(VERSIONS.length);
    int inputTokens = (int) logNormal(600, 0.6);
    int outputTokens = (int) logNormal(180, 0.7);
    boolean failed = random.nextInt(100) < 2;
    out.append("{\"execution_id\":\"");
    hex(out, random.nextLong());
    out.append("\",\"prompt_id\":\"").append(promptIds[prompt]);
    out.append("\",\"prompt_version\":\"").append(VERSIONS[version]);
    out.append("\",\"timestamp\":\"");
    timestamp(out, timestamp);
    out.append("\",\"performance\":{\"latency_ms\":").append((int) logNormal(900 + prompt, 0.7));
    out.append(",\"input_tokens\":").append(inputTokens);
    out.append(",\"output_tokens\":").append(outputTokens);
    out.append(",\"total_tokens\":").append(inputTokens + outputTokens);
    out.append("},\"outcome\":{\"success\":").append(!failed);
    if (failed) {
      out.append(",\"error_type\":\"").append(ERRORS[random.nextInt(ERRORS.length)]);
      out.append("\",\"error_message\":\"the provider did not answer as expected\"");
    } else {
      out.append(",\"error_type\":null,\"error_message\":null");
    }
    out.append("},\"quality\":{\"user_feedback\":");
    if (random.nextInt(20) == 0) {
      out.append(1 + random.nextInt(5));
    } else {
      out.append("null");
    }
    int score = 500 + random.nextInt(500);
    out.append(",\"automated_score\":").append(score / 100).append('.');
    out.append((char) ('0' + score / 10 % 10)).append((char) ('0' + score % 10));
    out.append("},\"context\":{\"input_hash\":\"");
    boolean repeated = random.nextInt(3) == 0;
    long input = repeated ? prompt * 1000L + random.nextInt(REPEATED_INPUTS) : random.nextLong();
    long output = repeated && random.nextInt(10) > 0 ? input : random.nextLong();
    hash(out, input);
    out.append("\",\"output_hash\":\"");
    hash(out, ~output);
    out.append("\",\"model_used\":\"").append(MODELS[random.nextInt(10) == 0 ? 1 : 0]);
    out.append("\",\"temperature\":0.7,\"conditional_path\":\"");
    out.append(PATHS[random.nextInt(PATHS.length)]);
    out.append("\",\"user_id\":\"user-").append(100_000 + random.nextInt(USERS)).append("\"}}");
  }

  private long nextTimestamp() {
    double delay = -MEAN_DELAY_MILLIS * Math.log(1 - random.nextDouble());
    double arrival = count++ * millisPerRecord;
    return FIRST_MILLIS + (long) Math.max(0, arrival - Math.min(LONGEST_DELAY_MILLIS, delay));
  }

  private int nextPrompt() {
    double point = random.nextDouble() * cumulated[PROMPTS - 1];
    int low = 0;
    int high = PROMPTS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulated[middle] > point) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private double logNormal(double median, double sigma) {
    double gaussian =
        Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
            * Math.cos(2 * Math.PI * random.nextDouble());
    return median * Math.exp(sigma * gaussian);
  }

  private void timestamp(StringBuilder out, long millis) {
    if (Math.floorDiv(millis, 1000L) != second) {
      second = Math.floorDiv(millis, 1000L);
      String text = Instant.ofEpochSecond(second).toString();
      secondText = text.substring(0, text.length() - 1);
    }
    int fraction = (int) Math.floorMod(millis, 1000L);
    out.append(secondText).append('.');
    out.append((char) ('0' + fraction / 100)).append((char) ('0' + fraction / 10 % 10));
    out.append((char) ('0' + fraction % 10)).append('Z');
  }

  private static void hex(StringBuilder out, long value) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((int) (value >>> shift) & 15));
    }
  }

  /** 64 digits, as of SHA-256, that follow from {@code value}. */
  private static void hash(StringBuilder out, long value) {
    long mixed = value;
    for (int i = 0; i < 4; i++) {
      mixed = (mixed ^ mixed >>> 31) * 0x9E3779B97F4A7C15L + i;
      hex(out, mixed ^ mixed >>> 29);
    }
  }
}
