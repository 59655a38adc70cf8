package io.promptmonitor.jobs.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cluster.Await;
import io.promptmonitor.cluster.Registrations;
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
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's metrics are what {@link JobMetric} says, under the names that Prometheus gets them by,
 * and they tell what has happened: a job that reads from Kafka, with a version that fails and is
 * rolled back, is scraped.
 */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class JobMetricsTest {

  private static final int PORT = freePort();

  @RegisterExtension
  private static final TestCluster CLUSTER = new TestCluster(withPrometheusReporter());

  @RegisterExtension private static final TestBroker KAFKA = new TestBroker();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final String TOPIC = "metrics";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PER_SECOND = 2;
  private static final int FAILING = 60;
  private static final int DUPLICATES = 3;
  private static final int LATE = 2;
  private static final int BROKEN = 4;
  private static final int IN_TIME = 60 * PER_SECOND + FAILING + 1;

  private static final String CONFIG =
      """
      monitor:
        evaluation_interval: 1s
        sliding_interval: 1s
        max_out_of_orderness: 0s
        allowed_lateness: 1s
      alert_rules:
        - name: "Errors"
          condition: "error_rate > 0.05"
          window: "1_minute"
          min_executions: 20
          severity: "critical"
          actions: ["alert", "auto_rollback"]
      auto_rollback:
        triggers: []
      escalation:
        critical:
          channels: [on_call]
      channels:
        on_call: {type: alertmanager, url: "http://127.0.0.1:1/"}
      """;

  @TempDir private static Path directory;

  private static JobClient job;
  private static Scrape scrape;

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Configuration withPrometheusReporter() {
    Configuration settings = new Configuration();
    settings.setString("metrics.reporters", "prom");
    settings.setString(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    settings.setString("metrics.reporter.prom.port", String.valueOf(PORT));
    return settings;
  }

  @BeforeAll
  static void runAndScrape() throws Exception {
    KAFKA.createTopic(TOPIC, 1);
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      Registrations.deploy(registry, "checkout", "1.0.0", "2.0.0");
    }
    Registrations.setBackAnHour(POSTGRES);
    produce();
    job = start();
    Await.until(
        "the rollback is told and a checkpoint has passed",
        LIMIT,
        () -> {
          scrape = Scrape.of(PORT);
          return sum(JobMetric.NOTIFICATIONS_RETRIED) > 0
              && sum(JobMetric.ROLLBACKS, "status", "switched") == 1
              && sum(JobMetric.SINK_ROWS, "table", "dead_letter") == LATE + BROKEN
              && sum(JobMetric.SINK_ROWS, "table", "rollback_event") > 0
              && sum(JobMetric.EXECUTIONS) == IN_TIME
              && scrape.sum("flink_jobmanager_job_numberOfCompletedCheckpoints") > 0;
        });
  }

  @AfterAll
  static void stop() throws Exception {
    if (job != null) {
      job.cancel().get();
    }
  }

  /** A good minute, then failures; duplicates, late ones and what is no record at the end. */
  private static void produce() {
    try (KafkaProducer<byte[], byte[]> producer = KAFKA.producer()) {
      long second = System.currentTimeMillis() / 1_000;
      for (int ago = 60; ago > 0; ago--) {
        for (int i = 0; i < PER_SECOND; i++) {
          send(producer, execution((second - ago) * 1_000 + i, true));
        }
      }
      for (int i = 0; i < FAILING; i++) {
        send(producer, execution((second - 1) * 1_000 + 500 + i, false));
      }
      for (int i = 0; i < DUPLICATES; i++) {
        send(producer, execution((second - 1) * 1_000 + 500 + i, false));
      }
      // Of this one the text is not stored; it is rated afterwards.
      send(producer, execution(second * 1_000, true).replaceFirst(".$", ",\"prompt\":\"Hello\"}"));
      send(producer, feedback(second * 1_000));
      for (int i = 0; i < LATE; i++) {
        send(producer, execution((second - 1_000) * 1_000 + i, true));
      }
      for (int i = 0; i < BROKEN; i++) {
        send(producer, "no record");
      }
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String record) {
    var unused = producer.send(new ProducerRecord<>(TOPIC, 0, null, record.getBytes(UTF_8)));
  }

  private static String execution(long timestamp, boolean success) {
    return """
        {"execution_id":"%s","prompt_id":"checkout","prompt_version":"2.0.0","timestamp":"%s",\
        "performance":{"latency_ms":120,"input_tokens":10,"output_tokens":5,"total_tokens":15},\
        "outcome":{"success":%s}}"""
        .formatted(
            timestamp,
            Instant.ofEpochMilli(timestamp),
            success ? "true" : "false,\"error_type\":\"timeout\"");
  }

  private static String feedback(long timestamp) {
    return """
        {"execution_id":"%s","prompt_id":"checkout","prompt_version":"2.0.0","execution_timestamp":"%s",\
        "timestamp":"%s","user_feedback":2}"""
        .formatted(timestamp, Instant.ofEpochMilli(timestamp), Instant.ofEpochMilli(timestamp + 1));
  }

  private static JobClient start() throws Exception {
    DeploymentConfig config =
        DeploymentConfig.read(Files.writeString(directory.resolve("config.yaml"), CONFIG));
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    StreamExecutionEnvironment environment = CLUSTER.environment(1, settings);
    MonitorJob.define(
        environment,
        config,
        KafkaExecutions.ofTopics(
                KAFKA.bootstrapServers(),
                List.of(TOPIC),
                "metrics",
                MonitorJob.parsers(config.monitor(), null))
            .build(MonitorJob.watermarks(config.monitor())),
        DeliveryMode.LIVE,
        new SinkOptions(POSTGRES.database(), 100, 50, RetryPolicy.DEFAULT));
    return environment.executeAsync("prompt-monitor");
  }

  @Test
  void everyMetricIsExposedByTheOperatorsThatHaveIt() {
    for (JobMetric metric : JobMetric.values()) {
      String suffix = metric.kind() == JobMetric.Kind.HISTOGRAM ? "_count" : "";
      Set<String> operators = scrape.values(metric.prometheusName() + suffix, "operator_name");
      if (metric.operators().equals(List.of("each sink"))) {
        assertThat(operators).as(metric.prometheusName()).hasSize(9);
      } else {
        Set<String> expected = new TreeSet<>();
        for (String operator : metric.operators()) {
          expected.add(operator.replace('-', '_'));
        }
        assertThat(operators)
            .as(metric.prometheusName())
            .allMatch(name -> expected.stream().anyMatch(name::contains));
        assertThat(operators).as(metric.prometheusName()).hasSameSizeAs(expected);
      }
    }
  }

  /** {@link #produce} says what was sent. */
  @Test
  void countersTellWhatHappened() {
    assertThat(sum(JobMetric.RECORDS)).isEqualTo(IN_TIME + DUPLICATES + LATE + BROKEN + 1);
    assertThat(sum(JobMetric.FEEDBACK)).isEqualTo(1);
    assertThat(sum(JobMetric.RAW_TEXT_STRIPPED)).isEqualTo(1);
    assertThat(sum(JobMetric.DUPLICATES)).isEqualTo(DUPLICATES);
    assertThat(sum(JobMetric.EXECUTIONS)).isEqualTo(IN_TIME);
    assertThat(sum(JobMetric.REJECTED, "reason", "not_json")).isEqualTo(BROKEN);
    assertThat(sum(JobMetric.REJECTED, "reason", "late")).isEqualTo(LATE);
    assertThat(sum(JobMetric.REJECTED)).isEqualTo(BROKEN + LATE);
    // Of a second each, as sliding_interval is; one that executions reach later is counted again.
    assertThat(sum(JobMetric.PANES)).isBetween(61.0, 70.0);
    assertThat(sum(JobMetric.SINK_ROWS_NOT_FOUND)).isZero();
    assertThat(sum(JobMetric.ROLLBACKS)).isEqualTo(1);
    assertThat(scrape.sum(JobMetric.ROLLBACK_LATENCY.prometheusName() + "_count")).isEqualTo(1);
    assertThat(sum(JobMetric.ALERTS, "change", "fired")).isPositive();
    for (JobMetric counter :
        List.of(
            JobMetric.WINDOWS,
            JobMetric.WINDOW_ROWS,
            JobMetric.EVALUATIONS,
            JobMetric.RULE_EVALUATIONS,
            JobMetric.REGISTRY_CHANGES,
            JobMetric.NOTIFICATIONS,
            JobMetric.NOTIFICATIONS_RETRIED,
            JobMetric.ROLLBACK_LATENCY_TOTAL,
            JobMetric.SINK_BATCHES)) {
      assertThat(sum(counter)).as(counter.prometheusName()).isPositive();
    }
  }

  @Test
  void gaugesTellHowItIs() {
    assertThat(scrape.max(JobMetric.REGISTRY_EVENT_ID.prometheusName()))
        .isEqualTo(Double.parseDouble(POSTGRES.query("SELECT max(event_id) FROM registry_event")));
    assertThat(sum(JobMetric.PROMPT_VERSIONS_IN_MEMORY)).isPositive();
    assertThat(sum(JobMetric.WINDOWS_IN_MEMORY)).isPositive();
    // Events are a minute old at most.
    assertThat(scrape.max(JobMetric.WATERMARK_LAG.prometheusName()))
        .isBetween(0.0, (double) LIMIT.plusMinutes(2).toMillis());
    assertThat(scrape.max(JobMetric.REGISTRY_AWAY.prometheusName()))
        .isLessThan((double) LIMIT.toMillis());
  }

  private static double sum(JobMetric metric, String... labels) {
    return scrape.sum(metric.prometheusName(), labels);
  }
}
