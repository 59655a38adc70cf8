package io.promptmonitor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code promptmon simulate --kafka}, with a real broker. */
@Timeout(120)
class TopicTrafficTest {

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();
  @RegisterExtension private static final TestBroker KAFKA = new TestBroker();

  @TempDir private Path directory;

  private final StringWriter err = new StringWriter();

  @Test
  void theTopicGetsWhatAFileGets() throws Exception {
    KAFKA.createTopic("file", 1);
    Path file = directory.resolve("a.jsonl");
    String start = "--start=2026-01-05T08:00:00Z";
    assertThat(execute("--duration=1m", start, "--out=" + file)).isZero();
    String told = err.toString();
    assertThat(execute("--duration=1m", start, "--kafka=" + brokers(), "--topic=file")).isZero();

    List<ConsumerRecord<byte[], byte[]>> records = read("file");
    assertThat(records)
        .extracting(r -> new String(r.value(), UTF_8))
        .containsExactlyElementsOf(Files.readAllLines(file));
    for (ConsumerRecord<byte[], byte[]> r : records) {
      String[] key = new String(r.key(), UTF_8).split("@");
      if (new String(r.value(), UTF_8).startsWith("{\"execution_id\":")) {
        assertThat(new String(r.value(), UTF_8)).contains('"' + key[0] + '"');
      }
    }
    assertThat(err.toString()).isEqualTo(told);
  }

  @Test
  void everyRecordIsSentWhenItArrives() throws Exception {
    KAFKA.createTopic("waits", 1);
    Scenario scenario = Scenario.builtIn("steady").withDuration(Duration.ofSeconds(20));
    List<Long> arrivals = new ArrayList<>();
    Simulation plain = new Simulation(scenario, 3);
    for (SimulatedRecord r = plain.next(); r != null; r = plain.next()) {
      arrivals.add(r.arrival());
    }

    List<Long> waits = new ArrayList<>();
    List<Long> sent = new ArrayList<>();
    try (TopicTraffic traffic = new TopicTraffic(brokers(), "waits", Map.of(), waits::add)) {
      traffic.send(
          new Simulation(scenario, 3),
          count -> {
            assertThat(waits).as("waited before each").hasSize((int) count);
            sent.add(count);
          });
    }

    assertThat(waits).isEqualTo(arrivals);
    assertThat(sent).hasSize(arrivals.size());
    assertThat(read("waits")).extracting(ConsumerRecord::timestamp).isEqualTo(arrivals);
  }

  @Test
  void itBeginsNow() throws Exception {
    KAFKA.createTopic("now", 1);
    Instant before = Instant.now();
    assertThat(execute("--duration=1s", "--rate=600", "--kafka=" + brokers(), "--topic=now"))
        .isZero();
    Instant after = Instant.now();

    assertThat(read("now"))
        .isNotEmpty()
        .allSatisfy(
            r ->
                assertThat(Instant.ofEpochMilli(r.timestamp()))
                    .isBetween(before.minusMillis(1), after));
  }

  @Test
  void whatWasSentBeforeAnInterruptIsInTheTopic() throws Exception {
    KAFKA.createTopic("interrupted", 1);
    Simulation simulation = new Simulation(Scenario.builtIn("steady"), 1);
    try (TopicTraffic traffic =
        new TopicTraffic(brokers(), "interrupted", Map.of(), time -> Thread.sleep(0))) {
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(
              () ->
                  traffic.send(
                      simulation,
                      count -> {
                        if (count == 100) {
                          Thread.currentThread().interrupt();
                        }
                      }));
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(read("interrupted")).hasSize(100);
  }

  @Test
  void applicationsServeWhatTheRegistrySays() throws Exception {
    KAFKA.createTopic("registry", 1);
    CommandRun registry = new CommandRun(POSTGRES, "registry");
    Path examples = Path.of(System.getProperty("promptmonitor.root"), "examples/registry");
    assertThat(registry.run("apply", "-f", examples.toString(), "--yes")).isZero();
    assertThat(registry.run("deploy", "billing/explain-invoice", "1.1.0")).isZero();

    String[] arguments = {
      "--scenario=rollback",
      "--duration=30s",
      "--start=2026-01-05T10:00:00Z",
      "--kafka=" + brokers(),
      "--topic=registry",
      "--ask-registry"
    };
    assertThat(new CommandRun(POSTGRES, "simulate").run(arguments)).isZero();

    // The scenario says 1.0.0 in its first minutes; of the other prompt the registry does not know.
    assertThat(read("registry"))
        .extracting(r -> new String(r.key(), UTF_8))
        .contains("billing/explain-invoice@1.1.0", "billing/detect-language@1.0.0")
        .doesNotContain("billing/explain-invoice@1.0.0");
  }

  @Test
  void whatCannotBeSentIsOneLine() {
    assertThat(
            execute(
                "--duration=10s",
                "--start=2026-01-05T10:00:00Z",
                "--kafka=" + brokers(),
                "--topic=no topic"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).startsWith("promptmon: ").contains("no topic").hasLineCount(1);
  }

  @Test
  void badOptionsAreBadUsage() {
    assertBadUsage("--topic", "--kafka=localhost:1");
    assertBadUsage("not to both", "--kafka=localhost:1", "--topic=t", "--out=a.jsonl");
    assertBadUsage("give --db or set", "--kafka=localhost:1", "--topic=t", "--ask-registry");
    assertBadUsage(
        "cannot read the Kafka properties in ",
        "--kafka=localhost:1",
        "--topic=t",
        "--kafka-properties=" + directory);
  }

  private void assertBadUsage(String message, String... arguments) {
    assertThat(execute(arguments)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(message).hasLineCount(1);
  }

  private int execute(String... arguments) {
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("simulate"));
    all.addAll(List.of(arguments));
    return PromptMon.commandLine()
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private static String brokers() {
    return KAFKA.bootstrapServers();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", brokers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }
}
