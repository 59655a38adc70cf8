package io.promptmonitor.jobs.sink;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * A sink into one PostgreSQL table: at least once, and a replay rewrites the same rows.
 *
 * <p>Rows of the same key must reach the same writer, in order: give the sink the parallelism of
 * the operator before it, or key the stream.
 *
 * @param <T> what is written
 */
abstract class JdbcSink<T> implements Sink<T> {

  private final JdbcTable<T> table;
  private final SinkOptions options;

  JdbcSink(JdbcTable<T> table, SinkOptions options) {
    this.table = table;
    this.options = options;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new JdbcBatchWriter<>(
        table, options, context.getProcessingTimeService(), context.metricGroup(), pauses());
  }

  /** The time that a new writer's retries go by. */
  Pauses pauses() {
    return Pauses.real();
  }
}
