package io.promptmonitor.jobs.source;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.Objects;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the topology reads from: files, Kafka and tests are injected alike.
 *
 * @param source emits parsed records and dead letters
 * @param watermarks event time of what the source emits
 * @param name shown in the web UI and in metrics
 * @param uid names the source's state in checkpoints: must not change, nor depend on a setting
 */
public record ExecutionSource(
    Source<Ingested, ?, ?> source,
    WatermarkStrategy<Ingested> watermarks,
    String name,
    String uid) {

  public ExecutionSource {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(watermarks, "watermarks");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uid, "uid");
  }

  /** Makes this source the beginning of a stream. */
  public SingleOutputStreamOperator<Ingested> addTo(StreamExecutionEnvironment environment) {
    return environment
        .fromSource(source, watermarks, name, RecordTypeInfo.INGESTED)
        .name(name)
        .uid(uid);
  }
}
