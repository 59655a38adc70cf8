package io.promptmonitor.cluster;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;

/** Another source, which the job takes for one that never ends, as Kafka is. */
final class UnboundedSource<T, S extends SourceSplit, C> extends DelegatingSource<T, S, C> {

  UnboundedSource(Source<T, S, C> source) {
    super(source);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }
}
