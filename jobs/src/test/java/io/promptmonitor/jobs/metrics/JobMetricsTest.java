package io.promptmonitor.jobs.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cluster.Await;
import io.promptmonitor.cluster.Registrations;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
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

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final String TOPIC = "executions";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PER_SECOND = 2;
  private static final int FAILING = 60;
  private static final int DUPLICATES = 3;
  private static final int LATE = 2;
  private static final int BROKEN = 4;

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

  private static KafkaClusterTestKit kafka;
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
    kafka =
        new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build())
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("offsets.topic.num.partitions", "1")
            .setConfigProp("group.initial.rebalance.delay.ms", "0")
            .build();
    kafka.format();
    kafka.startup();
    kafka.waitForReadyBrokers();
    try (Admin admin = Admin.create(kafka.clientProperties())) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      Registrations.deploy(registry, "checkout", "1.0.0", "2.0.0");
    }
    // As if that had been an hour ago: the windows must lie in the version's time.
    POSTGRES.execute(
        "SET session_replication_role = replica;"
            + " UPDATE registry_event SET at = at - interval '1 hour';"
            + " UPDATE prompt_version SET registered_at = registered_at - interval '1 hour',"
            + " deployed_at = deployed_at - interval '1 hour'");
    produce();
    job = start();
    Await.until(
        "the rollback is told and a checkpoint has passed",
        LIMIT,
        () -> {
          scrape = Scrape.of(PORT);
          return scrape.sum(JobMetric.NOTIFICATIONS_RETRIED.prometheusName()) > 0
              && scrape.sum(JobMetric.ROLLBACKS.prometheusName(), "status", "switched") == 1
              && scrape.sum(JobMetric.SINK_ROWS.prometheusName(), "table", "dead_letter") > 0
              && scrape.sum("flink_jobmanager_job_numberOfCompletedCheckpoints") > 0;
        });
  }

  @AfterAll
  static void stop() throws Exception {
    if (job != null) {
      job.cancel().get();
    }
    kafka.close();
  }

  /** A good minute, then failures; duplicates, late ones and what is no record at the end. */
  private static void produce() {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
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
      send(producer, execution(second * 1_000, true));
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
                kafka.bootstrapServers(),
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
}
