package io.promptmonitor.cluster;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Another sink, which a test is told of.
 *
 * @param <T> what is written
 */
final class FaultySink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  /** What a test wants to do meanwhile. */
  interface Fault<T> extends Serializable {
    void at(T value);
  }

  private final Sink<T> sink;
  private final Fault<T> before;
  private final Fault<T> after;

  /**
   * The same sink.
   *
   * @param before is called before a value is written
   * @param after is called with a value that is in the table
   */
  FaultySink(Sink<T> sink, Fault<T> before, Fault<T> after) {
    this.sink = sink;
    this.before = before;
    this.after = after;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    SinkWriter<T> writer = sink.createWriter(context);
    return new SinkWriter<>() {
      @Override
      public void write(T value, Context ofValue) throws IOException, InterruptedException {
        before.at(value);
        writer.write(value, ofValue);
        writer.flush(false);
        after.at(value);
      }

      @Override
      public void flush(boolean endOfInput) throws IOException, InterruptedException {
        writer.flush(endOfInput);
      }

      @Override
      public void close() throws Exception {
        writer.close();
      }
    };
  }
}
