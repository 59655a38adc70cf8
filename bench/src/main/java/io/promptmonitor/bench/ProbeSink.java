package io.promptmonitor.bench;

import java.io.Serializable;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Discards what comes out of a job, after {@link RunProbe} has seen it.
 *
 * @param <T> what comes out
 */
public final class ProbeSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  private final Look<T> look;

  /**
   * Looks at one element.
   *
   * @param <T> the element
   */
  public interface Look<T> extends Serializable {
    /** Looks at {@code element}. */
    void at(T element);
  }

  /** A sink that shows every element to {@code look}. */
  public ProbeSink(Look<T> look) {
    this.look = look;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context unused) {
        look.at(element);
      }

      @Override
      public void flush(boolean endOfInput) {
        if (endOfInput) {
          RunProbe.end();
        }
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    };
  }
}
