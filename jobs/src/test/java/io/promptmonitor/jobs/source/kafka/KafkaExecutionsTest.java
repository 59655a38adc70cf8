package io.promptmonitor.jobs.source.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.jobs.TestBroker;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ProgressObserver;
import io.promptmonitor.jobs.source.ProgressObserver.Observed;
import io.promptmonitor.jobs.source.ProgressObserver.Then;
import io.promptmonitor.jobs.source.RecordLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class KafkaExecutionsTest {

  @RegisterExtension private static final TestBroker KAFKA = new TestBroker();
  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();

  private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);
  private static final Duration PANE = Duration.ofSeconds(10);

  @Test
  void silentPartitionsDoNotStallTheWindows() throws Exception {
    KAFKA.createTopic("silent", 4);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    // Partition 0 is alive, 1 falls silent, 2 is empty, 3 has feedback and nonsense only.
    records.add(record("silent", 1, RecordLines.execution("once", RecordLines.START)));
    records.add(record("silent", 3, RecordLines.feedback("rated", RecordLines.START)));
    records.add(record("silent", 3, "no json"));
    for (int second = 0; second < 100; second++) {
      String id = "id-" + second;
      records.add(
          record("silent", 0, RecordLines.execution(id, RecordLines.START + second * 1_000L)));
    }
    produce(records);
    StreamExecutionEnvironment environment = CLUSTER.environment(2, new Configuration());
    CloseableIterator<String> windows =
        KafkaExecutions.ofTopicPattern(
                KAFKA.bootstrapServers(), Pattern.compile("sil.*"), "silent", RecordLines.parsers())
            .build(watermarks().withIdleness(Duration.ofSeconds(2)))
            .addTo(environment)
            .filter(ingested -> ingested.execution() != null)
            .uid("executions-only")
            .windowAll(TumblingEventTimeWindows.of(PANE))
            .process(new Count())
            .uid("count")
            .collectAsync();
    JobClient job = environment.executeAsync("silent");

    Map<String, Integer> counts = new TreeMap<>();
    while (counts.size() < 9) {
      String[] window = windows.next().split("=");
      counts.put(window[0], Integer.valueOf(window[1]));
    }

    assertThat(counts)
        .containsExactly(
            Map.entry("00", 11),
            Map.entry("10", 10),
            Map.entry("20", 10),
            Map.entry("30", 10),
            Map.entry("40", 10),
            Map.entry("50", 10),
            Map.entry("60", 10),
            Map.entry("70", 10),
            Map.entry("80", 10));
    job.cancel().get();
    windows.close();
  }

  @Test
  void aRestartFromACheckpointMakesNothingLate() throws Exception {
    KAFKA.createTopic("restart", 3);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    // Partition 1 is far behind partition 0 in event time, partition 2 is empty.
    for (int i = 0; i < 3_000; i++) {
      long time = RecordLines.START + i * 500L;
      records.add(record("restart", 0, RecordLines.execution("a" + i, time + 3_600_000)));
      records.add(record("restart", 1, RecordLines.execution("b" + i, time)));
    }
    records.add(new ProducerRecord<>("restart", 1, null, null));
    produce(records);
    StreamExecutionEnvironment environment = CLUSTER.environment(1, new Configuration());
    environment.enableCheckpointing(50);

    List<Observed> observed = new ArrayList<>();
    try (CloseableIterator<Observed> results =
        bounded("restart", environment)
            .process(new ProgressObserver(1_000, Then.FAIL_AFTER_CHECKPOINT))
            .uid("observe")
            .executeAndCollect()) {
      results.forEachRemaining(observed::add);
    }

    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < 3_000; i++) {
      expected.add("restart-0:" + i);
      expected.add("restart-1:" + i);
    }
    expected.add("restart-1:3000");
    assertThat(observed).as("the job failed and went on").anyMatch(o -> o.attempt() > 0);
    assertThat(observed).as("from the checkpoint").anyMatch(o -> o.attempt() == 0);
    assertThat(observed).hasSameSizeAs(expected);
    assertThat(observed).extracting(Observed::line).containsAll(expected);
    assertThat(observed).noneMatch(Observed::late);
  }

  @Test
  void aTombstoneIsADeadLetter() throws Exception {
    KAFKA.createTopic("tombstone", 1);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    records.add(record("tombstone", 0, RecordLines.execution("a", RecordLines.START)));
    records.add(new ProducerRecord<>("tombstone", 0, null, null));
    produce(records);
    StreamExecutionEnvironment environment = CLUSTER.environment(1, new Configuration());

    List<Ingested> ingested = new ArrayList<>();
    try (CloseableIterator<Ingested> results =
        bounded("tombstone", environment).executeAndCollect()) {
      results.forEachRemaining(ingested::add);
    }

    assertThat(ingested).hasSize(2);
    assertThat(ingested.get(0).execution()).isNotNull();
    assertThat(ingested.get(1).deadLetter())
        .satisfies(
            letter -> {
              assertThat(letter.source()).isEqualTo("tombstone-0");
              assertThat(letter.position()).isEqualTo(1);
              assertThat(letter.reason()).isEqualTo(RejectionReason.NOT_JSON);
            });
  }

  private static DataStream<Ingested> bounded(
      String topic, StreamExecutionEnvironment environment) {
    return KafkaExecutions.ofTopics(
            KAFKA.bootstrapServers(), List.of(topic), topic, RecordLines.parsers())
        .withClientProperties(Map.of("max.poll.records", "100"))
        .untilLatest()
        .build(watermarks())
        .addTo(environment);
  }

  private static EventTimeWatermarks watermarks() {
    return EventTimeWatermarks.of(OUT_OF_ORDERNESS, PANE);
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
    return new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8));
  }

  /** Returns when the broker has all records. */
  private static void produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = KAFKA.producer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (ProducerRecord<byte[], byte[]> record : records) {
        sent.add(producer.send(record));
      }
      for (Future<RecordMetadata> future : sent) {
        future.get();
      }
    }
  }

  /** The window's start in seconds, and its executions: {@code 10=7}. */
  private static final class Count extends ProcessAllWindowFunction<Ingested, String, TimeWindow> {

    @Override
    public void process(Context context, Iterable<Ingested> executions, Collector<String> out) {
      int count = 0;
      for (Ingested execution : executions) {
        count += execution.execution() == null ? 0 : 1;
      }
      long start = (context.window().getStart() - RecordLines.START) / 1_000;
      out.collect("%02d=%d".formatted(start, count));
    }
  }
}
