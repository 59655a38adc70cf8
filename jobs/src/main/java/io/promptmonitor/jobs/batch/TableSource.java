package io.promptmonitor.jobs.batch;

import io.promptmonitor.database.Database;
import java.util.ArrayList;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.jdbc.core.datastream.source.JdbcSourceOptions;
import org.apache.flink.connector.jdbc.core.datastream.source.enumerator.JdbcSourceEnumStateSerializer;
import org.apache.flink.connector.jdbc.core.datastream.source.enumerator.JdbcSourceEnumerator;
import org.apache.flink.connector.jdbc.core.datastream.source.enumerator.JdbcSourceEnumeratorState;
import org.apache.flink.connector.jdbc.core.datastream.source.enumerator.SqlTemplateSplitEnumerator.TemplateSqlSplitEnumeratorProvider;
import org.apache.flink.connector.jdbc.core.datastream.source.reader.JdbcSourceReader;
import org.apache.flink.connector.jdbc.core.datastream.source.reader.JdbcSourceSplitReader;
import org.apache.flink.connector.jdbc.core.datastream.source.split.JdbcSourceSplit;
import org.apache.flink.connector.jdbc.core.datastream.source.split.JdbcSourceSplitSerializer;
import org.apache.flink.connector.jdbc.split.JdbcGenericParameterValuesProvider;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The rows of a query, once: a bounded source. Each run of the query is a split; rows are fetched
 * through a cursor, so that memory does not grow with their number.
 *
 * <p>It is made of the parts of Flink's JDBC connector. Its own {@code JdbcSource} cannot be given
 * connections, so that a job would carry the password.
 */
public final class TableSource<T>
    implements Source<T, JdbcSourceSplit, JdbcSourceEnumeratorState>, ResultTypeQueryable<T> {

  private static final int ROWS_AT_ONCE = 1000;

  private final Database database;
  private final RowMapper<T> mapper;
  private final TypeInformation<T> type;
  private final TemplateSqlSplitEnumeratorProvider splits;

  private TableSource(Database database, TableQuery<T> query) {
    this.database = database;
    this.mapper = query.mapper();
    this.type = query.type();
    this.splits =
        new TemplateSqlSplitEnumeratorProvider()
            .setSqlTemplate(query.sql())
            .setParameterValuesProvider(new JdbcGenericParameterValuesProvider(query.parameters()));
  }

  /**
   * The rows of {@code query} as a stream without event time.
   *
   * @param uid the operator's name and uid
   */
  public static <T> SingleOutputStreamOperator<T> read(
      StreamExecutionEnvironment environment, Database database, TableQuery<T> query, String uid) {
    return environment
        .fromSource(
            new TableSource<>(database, query), WatermarkStrategy.noWatermarks(), uid, query.type())
        .uid(uid);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<T, JdbcSourceSplit> createReader(SourceReaderContext context) {
    Configuration configuration = new Configuration();
    // The driver fetches all rows at once unless it is in a transaction.
    configuration.set(JdbcSourceOptions.AUTO_COMMIT, false);
    configuration.set(JdbcSourceOptions.RESULTSET_FETCH_SIZE, ROWS_AT_ONCE);
    configuration.set(JdbcSourceOptions.READER_FETCH_BATCH_SIZE, ROWS_AT_ONCE);
    return new JdbcSourceReader<>(
        () ->
            new JdbcSourceSplitReader<>(
                context,
                configuration,
                type,
                new DatabaseConnections(database),
                // The connector's default would skip what a failed reader had begun.
                DeliveryGuarantee.AT_LEAST_ONCE,
                mapper::map),
        configuration,
        context);
  }

  @Override
  public SplitEnumerator<JdbcSourceSplit, JdbcSourceEnumeratorState> createEnumerator(
      SplitEnumeratorContext<JdbcSourceSplit> context) {
    return new JdbcSourceEnumerator(context, splits.create(), null, new ArrayList<>());
  }

  @Override
  public SplitEnumerator<JdbcSourceSplit, JdbcSourceEnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<JdbcSourceSplit> context, JdbcSourceEnumeratorState state) {
    return new JdbcSourceEnumerator(
        context,
        splits.restore(state.getOptionalUserDefinedSplitEnumeratorState()),
        null,
        state.getRemainingSplits());
  }

  @Override
  public SimpleVersionedSerializer<JdbcSourceSplit> getSplitSerializer() {
    return new JdbcSourceSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<JdbcSourceEnumeratorState> getEnumeratorCheckpointSerializer() {
    return new JdbcSourceEnumStateSerializer(new JdbcSourceSplitSerializer());
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return type;
  }
}
