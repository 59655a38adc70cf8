package io.promptmonitor.jobs.source.kafka;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Builds a source of executions in Kafka topics.
 *
 * <p>Unless told otherwise it starts at the group's committed offsets, or at the earliest record
 * where there are none, notices new partitions within a minute, and runs until it is stopped. The
 * offsets that count after a failure are those in the checkpoint; they are committed to Kafka as
 * well, to show the lag and for a start without a checkpoint. Records are parsed partition by
 * partition in the source itself, so that each partition has a watermark of its own.
 */
public final class KafkaExecutions {

  private static final Duration PARTITION_DISCOVERY = Duration.ofMinutes(1);

  private final KafkaSourceBuilder<Ingested> builder = KafkaSource.builder();
  private final Properties clientProperties = new Properties();
  private OffsetsInitializer startingOffsets = committedElseEarliest();
  private Duration partitionDiscovery = PARTITION_DISCOVERY;
  private boolean bounded;

  private KafkaExecutions(String brokers, String groupId, IngestParser.Factory parsers) {
    builder.setBootstrapServers(brokers);
    builder.setGroupId(groupId);
    builder.setDeserializer(new ExecutionDeserializer(parsers));
  }

  /**
   * Reads the given topics.
   *
   * @param brokers {@code host:port}, separated by commas
   * @param topics one or more
   * @param groupId the consumer group that offsets are committed for
   * @param parsers parses a record's value
   */
  public static KafkaExecutions ofTopics(
      String brokers, List<String> topics, String groupId, IngestParser.Factory parsers) {
    if (topics.isEmpty()) {
      throw new IllegalArgumentException("no topic given, expected one or more");
    }
    KafkaExecutions executions = new KafkaExecutions(brokers, groupId, parsers);
    executions.builder.setTopics(topics);
    return executions;
  }

  /** Reads all topics whose whole name matches, those that are created later too. */
  public static KafkaExecutions ofTopicPattern(
      String brokers, Pattern topics, String groupId, IngestParser.Factory parsers) {
    KafkaExecutions executions = new KafkaExecutions(brokers, groupId, parsers);
    executions.builder.setTopicPattern(topics);
    return executions;
  }

  /** Where to start without a checkpoint. */
  public KafkaExecutions startingAt(OffsetsInitializer offsets) {
    startingOffsets = offsets;
    return this;
  }

  /** Properties for the Kafka client, for example of its authentication; they may hold secrets. */
  public KafkaExecutions withClientProperties(Map<String, String> properties) {
    clientProperties.putAll(properties);
    return this;
  }

  /** How often to look for new partitions and topics. */
  public KafkaExecutions discoveringPartitionsEvery(Duration interval) {
    partitionDiscovery = interval;
    return this;
  }

  /** Ends at what are the latest records when the job starts. */
  public KafkaExecutions untilLatest() {
    bounded = true;
    return this;
  }

  /** The source as the topology takes it. */
  public ExecutionSource build(EventTimeWatermarks watermarks) {
    builder.setStartingOffsets(startingOffsets);
    if (bounded) {
      builder.setBounded(OffsetsInitializer.latest());
    } else {
      clientProperties.putIfAbsent(
          KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
          String.valueOf(partitionDiscovery.toMillis()));
    }
    builder.setProperties(clientProperties);
    return new ExecutionSource(
        builder.build(), watermarks, "executions from Kafka", "executions-kafka");
  }

  @SuppressWarnings("deprecation") // the connector's interface still has Kafka's deprecated enum
  private static OffsetsInitializer committedElseEarliest() {
    return OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
  }
}
