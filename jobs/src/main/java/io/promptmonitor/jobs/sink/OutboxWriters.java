package io.promptmonitor.jobs.sink;

import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Writers of the outbox, for the sink that also sends what is in it. */
public final class OutboxWriters {

  private OutboxWriters() {}

  /**
   * A writer into the table {@code notification}.
   *
   * @param written is called after each batch is written
   */
  public static SinkWriter<OutboxRow> open(
      SinkOptions options, WriterInitContext context, Runnable written) {
    return new JdbcBatchWriter<>(
        new NotificationTable(),
        options,
        context.getProcessingTimeService(),
        context.metricGroup(),
        Pauses.real(),
        written);
  }
}
