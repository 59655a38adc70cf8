package io.promptmonitor.jobs.sink;

import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows in batches, at least once and idempotently: when enough wait, after a while, and at
 * each checkpoint. A batch is one transaction.
 *
 * <p>While the database is away it reconnects and tries again, and the job waits; after {@link
 * RetryPolicy#totalMillis} the task fails, and Flink goes back to the last checkpoint, so that
 * nothing is lost. What the database will never accept fails the task at once, and names the row.
 */
final class JdbcBatchWriter<T> implements SinkWriter<T> {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcBatchWriter.class);

  /** So that a peer that is gone without a word is noticed. */
  private static final Map<String, String> CONNECTION_DEFAULTS = Map.of("socketTimeout", "60");

  private final JdbcTable<T> table;
  private final SinkOptions options;
  private final ProcessingTimeService timers;
  private final Pauses pauses;
  private final Runnable written;
  private final RowBuffer<T> buffer;
  private final Counter rowsWritten;
  private final Counter sendErrors;
  private final Counter batches;
  private final Counter rows;
  private final Counter retries;
  private final Counter rowsNotFound;
  private @Nullable Connection connection;
  private @Nullable ScheduledFuture<?> timer;
  private volatile long flushMillis;

  JdbcBatchWriter(
      JdbcTable<T> table,
      SinkOptions options,
      ProcessingTimeService timers,
      SinkWriterMetricGroup metrics,
      Pauses pauses) {
    this(table, options, timers, metrics, pauses, () -> {});
  }

  /** {@code written} is called after each batch is written. */
  JdbcBatchWriter(
      JdbcTable<T> table,
      SinkOptions options,
      ProcessingTimeService timers,
      SinkWriterMetricGroup metrics,
      Pauses pauses,
      Runnable written) {
    this.written = written;
    this.table = table;
    this.options = options;
    this.timers = timers;
    this.pauses = pauses;
    this.buffer = new RowBuffer<>(table);
    this.rowsWritten = metrics.getNumRecordsSendCounter();
    this.sendErrors = metrics.getNumRecordsSendErrorsCounter();
    this.batches = JobMetric.SINK_BATCHES.counter(metrics, table.name());
    this.retries = JobMetric.SINK_RETRIES.counter(metrics, table.name());
    this.rowsNotFound = JobMetric.SINK_ROWS_NOT_FOUND.counter(metrics, table.name());
    this.rows = JobMetric.SINK_ROWS.counter(metrics, table.name());
    metrics.setCurrentSendTimeGauge(() -> flushMillis);
  }

  @Override
  public void write(T value, Context context) throws IOException, InterruptedException {
    buffer.add(value);
    if (buffer.size() >= options.batchRows()) {
      flush();
    } else if (timer == null) {
      timer =
          timers.registerTimer(
              timers.getCurrentProcessingTime() + options.lingerMillis(), time -> flush());
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    flush();
  }

  private void flush() throws IOException, InterruptedException {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (buffer.size() == 0) {
      return;
    }
    long start = pauses.nanoTime();
    int attempt = 0;
    while (true) {
      try {
        writeBatch();
        break;
      } catch (SQLException e) {
        attempt++;
        sendErrors.inc();
        if (!RetryPolicy.mayHelp(e)) {
          IOException failure = rejected(e);
          disconnect();
          throw failure;
        }
        disconnect();
        pauseBefore(attempt, start, e);
      }
    }
    flushMillis = TimeUnit.NANOSECONDS.toMillis(pauses.nanoTime() - start);
    batches.inc();
    rowsWritten.inc(buffer.size());
    rows.inc(buffer.size());
    buffer.clear();
    written.run();
    if (attempt > 0) {
      LOG.info("{} is back after {} attempts", options.database(), attempt);
    }
  }

  private void pauseBefore(int attempt, long start, SQLException e)
      throws IOException, InterruptedException {
    long elapsed = TimeUnit.NANOSECONDS.toMillis(pauses.nanoTime() - start);
    long pause = options.retry().pauseMillis(attempt, pauses.random());
    if (elapsed + pause > options.retry().totalMillis()) {
      throw new IOException(
          "cannot write "
              + table.name()
              + ": the database "
              + options.database()
              + " has been away for "
              + TimeUnit.MILLISECONDS.toSeconds(elapsed)
              + " s: "
              + Database.reason(e));
    }
    LOG.warn(
        "cannot write {} to {}, next attempt in {} ms: {}",
        table.name(),
        options.database(),
        pause,
        Database.reason(e));
    pauses.sleep(pause);
    retries.inc();
  }

  /** Writes what waits, in one transaction. */
  private void writeBatch() throws SQLException {
    Connection open = connected();
    long notFound = 0;
    for (int i = 0; i < table.statements().size(); i++) {
      if (buffer.size(i) > 0) {
        notFound += writeBatch(open, i);
      }
    }
    open.commit();
    rowsNotFound.inc(notFound);
  }

  private long writeBatch(Connection open, int statementIndex) throws SQLException {
    try (PreparedStatement statement =
        open.prepareStatement(table.statements().get(statementIndex))) {
      for (T value : buffer.rows(statementIndex)) {
        table.bind(value, statement);
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      return table.expectsRow(statementIndex)
          ? Arrays.stream(counts).filter(count -> count == 0).count()
          : 0;
    }
  }

  private Connection connected() throws SQLException {
    if (connection == null) {
      connection = options.database().connect(CONNECTION_DEFAULTS);
      connection.setAutoCommit(false);
    }
    return connection;
  }

  /** The failure of a batch that will never be accepted, with the key of the row it is about. */
  private IOException rejected(SQLException failure) {
    String what = "cannot write " + table.name() + " to " + options.database() + ": ";
    try {
      if (connection != null) {
        connection.rollback();
        for (int i = 0; i < table.statements().size(); i++) {
          for (T value : buffer.rows(i)) {
            SQLException rejection = rejection(connection, i, value);
            if (rejection != null) {
              return new IOException(
                  what + "row " + table.key(value) + " is rejected: " + describe(rejection));
            }
          }
        }
      }
    } catch (SQLException e) {
      // It went away meanwhile: the first failure is the one to tell of.
      LOG.debug("no row could be named: {}", Database.reason(e));
    }
    return new IOException(what + describe(failure));
  }

  private @Nullable SQLException rejection(Connection open, int statementIndex, T value)
      throws SQLException {
    try (PreparedStatement statement =
        open.prepareStatement(table.statements().get(statementIndex))) {
      table.bind(value, statement);
      statement.executeUpdate();
      return null;
    } catch (SQLException e) {
      if (!RetryPolicy.mayHelp(e)) {
        return e;
      }
      throw e;
    }
  }

  private static String describe(SQLException e) {
    return Database.reason(e) + " (SQLSTATE " + e.getSQLState() + ")";
  }

  private void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("closing a broken connection: {}", Database.reason(e));
      }
      connection = null;
    }
  }

  @Override
  public void close() {
    disconnect();
  }
}
