package io.promptmonitor.jobs.source.kafka;

import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.source.IngestParser;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Parses a record's value; keys and headers are not looked at. A record without a value (a
 * tombstone) becomes a dead letter.
 */
final class ExecutionDeserializer implements KafkaRecordDeserializationSchema<Ingested> {

  private final IngestParser.Factory parsers;

  private transient @Nullable IngestParser parser;
  private transient @Nullable PartitionNames names;

  ExecutionDeserializer(IngestParser.Factory parsers) {
    this.parsers = parsers;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    parser = parsers.create();
    names = new PartitionNames();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<Ingested> out) {
    if (parser == null || names == null) {
      throw new IllegalStateException("open() has to come first");
    }
    String source = names.of(message.topic(), message.partition());
    byte[] value = message.value();
    out.collect(
        value == null
            ? tombstone(source, message.offset())
            : parser.parse(source, message.offset(), value, 0, value.length));
  }

  private static Ingested tombstone(String source, long offset) {
    DeadLetter deadLetter =
        new DeadLetter(
            source,
            offset,
            RejectionReason.NOT_JSON,
            "record: no value (a tombstone), expected one JSON object",
            0,
            null,
            Long.MIN_VALUE);
    return Ingested.withoutPayload(source, offset, null, null, deadLetter, false, 0);
  }

  @Override
  public TypeInformation<Ingested> getProducedType() {
    return RecordTypeInfo.INGESTED;
  }

  /** The name of each partition, made once: {@code executions-3}. */
  private static final class PartitionNames {

    private final Map<String, Map<Integer, String>> names = new HashMap<>();

    String of(String topic, int partition) {
      return names
          .computeIfAbsent(topic, t -> new HashMap<>())
          .computeIfAbsent(partition, p -> topic + "-" + p);
    }
  }
}
