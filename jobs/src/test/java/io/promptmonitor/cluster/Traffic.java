package io.promptmonitor.cluster;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Execution records and feedback in several partitions, the same for the same seed: out of order by
 * up to 20 seconds, with retries (some of them to another partition), feedback minutes later,
 * feedback that belongs to nothing, and broken records. The last partition stays empty, the one
 * before it falls silent early.
 *
 * <p>Whether a record is late must not depend on when it is read, or two runs could not be
 * compared: none is, but for the {@link #late} ones, which come after the {@link #closing} ones
 * have closed all windows.
 */
final class Traffic {

  /** A Monday, 25 minutes before a full hour. */
  static final Instant START = Instant.parse("2025-03-03T10:35:00Z");

  /** From here on there is nothing but the {@link #closing} records: another week. */
  static final Instant CLOSING = START.plus(Duration.ofDays(21));

  private static final int PROMPTS = 12;
  private static final int MAX_DISORDER_MILLIS = 20_000;

  /** One record of a partition. */
  record Message(int partition, String json) {}

  private record Scheduled(long arrival, long number, Message message)
      implements Comparable<Scheduled> {
    @Override
    public int compareTo(Scheduled other) {
      int byTime = Long.compare(arrival, other.arrival);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final SplittableRandom random;
  private final int partitions;
  private final List<Message> body = new ArrayList<>();
  private final List<Message> closing = new ArrayList<>();
  private final List<Message> late = new ArrayList<>();
  private final PriorityQueue<Scheduled> scheduled = new PriorityQueue<>();
  private long number;

  /**
   * Makes the traffic.
   *
   * @param executions how many, without the retries
   * @param span event time that they take
   * @param partitions at least 3
   */
  Traffic(long seed, int executions, Duration span, int partitions) {
    this.random = new SplittableRandom(seed);
    this.partitions = partitions;
    long start = START.toEpochMilli();
    for (int i = 0; i < executions; i++) {
      long arrival = start + i * span.toMillis() / executions;
      drainUntil(arrival);
      int live = i < executions * 3L / 8 ? partitions - 1 : partitions - 2;
      execution(arrival, random.nextInt(live));
    }
    drainUntil(Long.MAX_VALUE);
    for (int partition = 0; partition < partitions; partition++) {
      closing.add(new Message(partition, executionJson(CLOSING.toEpochMilli(), "closing")));
    }
    for (int i = 0; i < 20; i++) {
      String json = executionJson(start + random.nextLong(span.toMillis()), "late-" + i);
      late.add(new Message(i % partitions, json));
    }
  }

  /** Everything up to the last execution that counts, in the order of arrival. */
  List<Message> body() {
    return body;
  }

  /** One record for each partition, so far ahead that all windows of the body end. */
  List<Message> closing() {
    return closing;
  }

  /** Records of windows that ended long ago, to be sent after all of {@link #closing} was read. */
  List<Message> late() {
    return late;
  }

  /**
   * Writes the given parts as a file {@code executions-N.jsonl} for each partition: line n is
   * offset n - 1.
   */
  void writeFiles(Path directory, List<List<Message>> parts) throws IOException {
    List<StringBuilder> files = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      files.add(new StringBuilder());
    }
    for (List<Message> part : parts) {
      part.forEach(message -> files.get(message.partition).append(message.json).append('\n'));
    }
    Files.createDirectories(directory);
    for (int i = 0; i < partitions; i++) {
      try (BufferedWriter out =
          Files.newBufferedWriter(directory.resolve("executions-" + i + ".jsonl"))) {
        out.append(files.get(i));
      }
    }
  }

  private void drainUntil(long arrival) {
    while (!scheduled.isEmpty() && scheduled.peek().arrival <= arrival) {
      body.add(scheduled.poll().message);
    }
  }

  private void execution(long arrival, int partition) {
    long timestamp = arrival - random.nextInt(MAX_DISORDER_MILLIS);
    String id = "e-" + number++;
    String prompt = "prompt-" + (int) (PROMPTS * random.nextDouble() * random.nextDouble());
    String version = random.nextInt(4) == 0 ? "2.0.0" : "1.0.0";
    Message message =
        new Message(partition, executionJson(timestamp, id, prompt, version, random.nextInt(500)));
    body.add(message);
    double chance = random.nextDouble();
    if (chance < 0.015) {
      later(arrival, 60_000, message);
    } else if (chance < 0.02) {
      later(arrival, 5_000, new Message((partition + 1) % (partitions - 2), message.json));
    } else if (chance < 0.07) {
      later(arrival, 600_000, feedback(partition, timestamp, id, prompt, version));
    } else if (chance < 0.072) {
      later(arrival, 60_000, feedback(partition, timestamp, id, "no-such-prompt", version));
    } else if (chance < 0.08) {
      body.add(new Message(partition, broken(message.json)));
    }
  }

  private void later(long arrival, int maxMillis, Message message) {
    scheduled.add(new Scheduled(arrival + 1 + random.nextInt(maxMillis), number++, message));
  }

  private String executionJson(long timestamp, String id) {
    return executionJson(timestamp, id, "prompt-0", "1.0.0", 1);
  }

  private String executionJson(
      long timestamp, String id, String prompt, String version, int input) {
    int inputTokens = 50 + random.nextInt(500);
    int outputTokens = 1 + random.nextInt(300);
    boolean success = random.nextInt(20) != 0;
    long latency = Math.round(Math.exp(6 + gaussian() * 0.7));
    String error = random.nextBoolean() ? "timeout" : "rate_limit";
    String quality =
        switch (random.nextInt(4)) {
          case 0 -> ",\"quality\":{\"user_feedback\":" + (1 + random.nextInt(5)) + "}";
          case 1 ->
              String.format(
                  Locale.ROOT,
                  ",\"quality\":{\"automated_score\":%.2f}",
                  random.nextInt(1001) / 100.0);
          default -> "";
        };
    return "{\"execution_id\":\"%s\",\"prompt_id\":\"%s\",\"prompt_version\":\"%s\",\"timestamp\":\"%s\","
            .formatted(id, prompt, version, Instant.ofEpochMilli(timestamp))
        + "\"performance\":{\"latency_ms\":%d,\"input_tokens\":%d,\"output_tokens\":%d,\"total_tokens\":%d},"
            .formatted(latency, inputTokens, outputTokens, inputTokens + outputTokens)
        + (success
            ? "\"outcome\":{\"success\":true}"
            : "\"outcome\":{\"success\":false,\"error_type\":\"" + error + "\"}")
        + quality
        + ",\"context\":{\"input_hash\":\"%064x\",\"output_hash\":\"%064x\",\"model_used\":\"model-%d\",\"user_id\":\"u-%d\"}}"
            .formatted(
                input * 0x9e3779b97f4a7c15L,
                (input + random.nextInt(2)) * 0xc2b2ae3d27d4eb4fL,
                random.nextInt(3),
                random.nextInt(5000));
  }

  private Message feedback(
      int partition, long timestamp, String id, String prompt, String version) {
    String json =
        "{\"execution_id\":\"%s\",\"prompt_id\":\"%s\",\"prompt_version\":\"%s\",\"execution_timestamp\":\"%s\",\"timestamp\":\"%s\",\"user_feedback\":%d}"
            .formatted(
                id,
                prompt,
                version,
                Instant.ofEpochMilli(timestamp),
                Instant.ofEpochMilli(timestamp + 1000),
                1 + random.nextInt(5));
    return new Message(partition, json);
  }

  private String broken(String json) {
    return switch (random.nextInt(3)) {
      case 0 -> json.substring(0, json.length() / 2);
      case 1 -> json.replace("\"latency_ms\":", "\"latency_ms\":-");
      default -> json.replaceFirst("\"prompt_id\":\"[^\"]*\"", "\"prompt_id\":null");
    };
  }

  private double gaussian() {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
