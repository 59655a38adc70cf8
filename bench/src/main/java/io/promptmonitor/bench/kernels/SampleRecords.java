package io.promptmonitor.bench.kernels;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;

/** Execution records of about 600 bytes: 200 prompts with 2 versions, popular ones more often. */
final class SampleRecords {

  private SampleRecords() {}

  /** The same {@code count} records for the same seed. */
  static byte[][] generate(int count, long seed) {
    Random random = new Random(seed);
    Instant start = Instant.parse("2025-03-01T00:00:00Z");
    byte[][] records = new byte[count][];
    for (int i = 0; i < count; i++) {
      int prompt = (int) (200 * Math.pow(random.nextDouble(), 3));
      int input = 50 + random.nextInt(2000);
      int output = 20 + random.nextInt(800);
      boolean success = random.nextInt(50) != 0;
      String record =
          String.format(
              Locale.ROOT,
              "{\"execution_id\":\"%016x-%016x\",\"prompt_id\":\"team-%d/prompt-%03d\","
                  + "\"prompt_version\":\"1.%d.0\",\"timestamp\":\"%s\","
                  + "\"performance\":{\"latency_ms\":%d,\"input_tokens\":%d,"
                  + "\"output_tokens\":%d,\"total_tokens\":%d},"
                  + "\"outcome\":{\"success\":%s,\"error_type\":%s,\"error_message\":null},"
                  + "\"quality\":{\"user_feedback\":%s,\"automated_score\":%s},"
                  + "\"context\":{\"input_hash\":\"%s\",\"output_hash\":\"%s\","
                  + "\"model_used\":\"model-large-2025-01\",\"temperature\":0.7,"
                  + "\"conditional_path\":\"branch-%d\",\"user_id\":\"user-%08d\"}}",
              random.nextLong(),
              random.nextLong(),
              prompt % 7,
              prompt,
              random.nextInt(2),
              start.plusMillis(i * 37L),
              (int) Math.exp(6 + random.nextGaussian()),
              input,
              output,
              input + output,
              success,
              success ? "null" : "\"timeout\"",
              random.nextInt(10) == 0 ? "4" : "null",
              random.nextInt(2) == 0 ? "8.125" : "null",
              hash(random),
              hash(random),
              random.nextInt(3),
              random.nextInt(100_000));
      records[i] = record.getBytes(StandardCharsets.UTF_8);
    }
    return records;
  }

  private static String hash(Random random) {
    return String.format(
        Locale.ROOT,
        "%016x%016x%016x%016x",
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        random.nextLong());
  }
}
