package io.promptmonitor.jobs.source;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * Another source, which the job takes for one that never ends, as Kafka is.
 *
 * @param <T> what it emits
 * @param <S> its splits
 * @param <C> the state of its enumerator
 */
public final class UnboundedSource<T, S extends SourceSplit, C> extends DelegatingSource<T, S, C> {

  private static final long serialVersionUID = 1L;

  public UnboundedSource(Source<T, S, C> source) {
    super(source);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }
}
