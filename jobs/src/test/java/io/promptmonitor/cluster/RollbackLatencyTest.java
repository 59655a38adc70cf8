package io.promptmonitor.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestBroker;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.source.kafka.KafkaExecutions;
import io.promptmonitor.notifications.DeliveryMode;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes from an execution that completes the evaluation of a failing version, produced
 * to Kafka, to the switch committed in PostgreSQL, by the running job. Event time is the time of
 * day; what a rule waits for, and the bound of disorder, come on top.
 */
@Tag("slow")
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class RollbackLatencyTest {

  @RegisterExtension private static final TestBroker KAFKA = new TestBroker();
  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final String TOPIC = "latency";
  private static final int PROMPTS = 10;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Far from what is measured: it depends on what else the machine does. */
  private static final Duration BOUND = Duration.ofSeconds(5);

  private static final String RULES =
      """
      monitor:
        evaluation_interval: 1s
        sliding_interval: 1s
        max_out_of_orderness: 0s
      alert_rules:
        - name: "Errors"
          condition: "error_rate > 0.05"
          window: "1_minute"
          min_executions: 20
          severity: "critical"
          actions: ["alert", "auto_rollback"]
      auto_rollback:
        triggers: []
      """;

  @TempDir private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    KAFKA.createTopic(TOPIC, 1);
    IntStream.range(0, PROMPTS).forEach(i -> register("p" + i));
    Registrations.setBackAnHour(POSTGRES);
  }

  private static void register(String promptId) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      Registrations.deploy(registry, promptId, "1.0.0", "2.0.0");
    }
  }

  @Test
  void aFailingVersionIsSwitchedSoonAfterTheExecutionThatCompletesTheTrigger() throws Exception {
    JobClient job = start();
    try (KafkaProducer<byte[], byte[]> producer = KAFKA.producer()) {
      long second = System.currentTimeMillis() / 1_000;
      for (int ago = 60; ago > 0; ago--) {
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
          send(producer, "p" + prompt, (second - ago) * 1_000, true);
        }
      }
      send(producer, "clock", second * 1_000, true);
      Await.until(
          "the windows of the first minutes",
          LIMIT,
          () -> !POSTGRES.query("SELECT count(*) FROM window_metrics").equals("0"));

      long[] millis = new long[PROMPTS];
      for (int prompt = 0; prompt < PROMPTS; prompt++) {
        second = Math.max(second + 1, System.currentTimeMillis() / 1_000);
        for (int i = 0; i < 40; i++) {
          send(producer, "p" + prompt, second * 1_000 + i, false);
        }
        producer.flush();
        // All of them are there and not evaluated; the next second completes the pane.
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(switchedAt(prompt)).isEmpty();
        long completed = System.currentTimeMillis();
        send(producer, "clock", ++second * 1_000, true);
        producer.flush();
        int waited = prompt;
        Await.until("the switch of p" + prompt, LIMIT, () -> !switchedAt(waited).isEmpty());
        millis[prompt] = Math.round(Double.parseDouble(switchedAt(prompt)) * 1_000) - completed;
      }
      job.cancel().get();

      // The first one also loads classes and connects to the database.
      long[] sorted = IntStream.range(1, PROMPTS).mapToLong(i -> millis[i]).sorted().toArray();
      System.err.printf(
          "from the execution that completes a trigger to the switch: median %d ms, least %d ms,"
              + " most %d ms of %d; the first one %d ms%n",
          sorted[sorted.length / 2],
          sorted[0],
          sorted[sorted.length - 1],
          sorted.length,
          millis[0]);
      assertThat(sorted[sorted.length / 2]).isBetween(0L, BOUND.toMillis());
    }
  }

  /** By the clock of the database, in seconds; empty if it has not happened. */
  private static String switchedAt(int prompt) {
    return POSTGRES.query(
        "SELECT extract(epoch FROM at) FROM registry_event WHERE kind = 'rolled_back'"
            + " AND prompt_id = 'p"
            + prompt
            + "'");
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String promptId, long timestamp, boolean success) {
    String json =
        """
        {"execution_id":"%s-%d","prompt_id":"%s","prompt_version":"2.0.0","timestamp":"%s",\
        "performance":{"latency_ms":120,"input_tokens":10,"output_tokens":5,"total_tokens":15},\
        "outcome":{"success":%s}}"""
            .formatted(
                promptId,
                timestamp,
                promptId,
                Instant.ofEpochMilli(timestamp),
                success ? "true" : "false,\"error_type\":\"timeout\"");
    var unused = producer.send(new ProducerRecord<>(TOPIC, 0, null, json.getBytes(UTF_8)));
  }

  private static JobClient start() throws Exception {
    DeploymentConfig config =
        DeploymentConfig.read(Files.writeString(directory.resolve("rules.yaml"), RULES));
    StreamExecutionEnvironment environment = CLUSTER.environment(1, new Configuration());
    MonitorJob.define(
        environment,
        config,
        KafkaExecutions.ofTopics(
                KAFKA.bootstrapServers(),
                List.of(TOPIC),
                "latency",
                MonitorJob.parsers(config.monitor(), null))
            .build(MonitorJob.watermarks(config.monitor())),
        DeliveryMode.LIVE,
        new SinkOptions(POSTGRES.database(), 100, 50, RetryPolicy.DEFAULT));
    return environment.executeAsync("rollback-latency");
  }
}
