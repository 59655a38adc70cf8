package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away in the middle of a job, and comes back: no row is lost or doubled. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DatabaseRestartTest {

  private static final int ROWS = 4000;

  // A job's functions are copies: they meet the test through static fields.
  private static CountDownLatch halfway = new CountDownLatch(1);
  private static CountDownLatch stopping = new CountDownLatch(1);
  private static CountDownLatch stopped = new CountDownLatch(1);
  private static CountDownLatch noticed = new CountDownLatch(1);
  private static CountDownLatch back = new CountDownLatch(1);

  @TempDir private static Path directory;

  private static RestartablePostgres postgres;

  @BeforeAll
  static void startServer() {
    postgres = RestartablePostgres.start(directory);
    Migrations.apply(postgres.database());
  }

  @AfterAll
  static void stopServer() {
    postgres.close();
  }

  @BeforeEach
  void reset() throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE window_metrics");
    }
    halfway = new CountDownLatch(1);
    stopping = new CountDownLatch(1);
    stopped = new CountDownLatch(1);
    noticed = new CountDownLatch(1);
    back = new CountDownLatch(1);
  }

  /** Makes window {@code n}; at half of all waits until the server is gone. */
  private static final class ToWindow implements MapFunction<Long, WindowUpdate> {
    @Override
    public WindowUpdate map(Long n) throws InterruptedException {
      if (n >= ROWS / 2) {
        halfway.countDown();
        stopped.await();
      }
      int i = n.intValue();
      return Windows.minute("p" + i % 7, i, 1, false, Windows.aggregate(1 + i % 3, 0));
    }
  }

  /** Waits as long as the database is away, not a moment longer. */
  private static final class WaitingSink extends JdbcSink<WindowUpdate> {
    WaitingSink(SinkOptions options) {
      super(new WindowMetricsTable(), options);
    }

    @Override
    Pauses pauses() {
      return new Pauses() {
        @Override
        public long nanoTime() {
          return 0;
        }

        @Override
        public void sleep(long millis) throws InterruptedException {
          noticed.countDown();
          back.await();
        }

        @Override
        public double random() {
          return 0;
        }
      };
    }
  }

  /** Has no patience; a writer that gave up is made anew only when the database is back. */
  private static final class ImpatientSink extends JdbcSink<WindowUpdate> {
    ImpatientSink(SinkOptions options) {
      super(new WindowMetricsTable(), options);
    }

    @Override
    Pauses pauses() {
      if (stopping.getCount() == 0) {
        noticed.countDown();
        try {
          back.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return Pauses.real();
    }
  }

  private JobClient start(JdbcSink<WindowUpdate> sink) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(20));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    env.getConfig().enableObjectReuse();
    env.fromSequence(0, ROWS - 1)
        .map(new ToWindow())
        .returns(TypeInformation.of(WindowUpdate.class))
        .sinkTo(sink);
    return env.executeAsync();
  }

  private static String rows() throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*), count(DISTINCT window_start), sum(execution_count)"
                    + " FROM window_metrics")) {
      rows.next();
      return rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3);
    }
  }

  private static String expected() {
    int executions = 0;
    for (int i = 0; i < ROWS; i++) {
      executions += 1 + i % 3;
    }
    return ROWS + " " + ROWS + " " + executions;
  }

  @Test
  void theJobWaitsForAServerThatIsRestarted() throws Exception {
    JobClient job =
        start(
            new WaitingSink(new SinkOptions(postgres.database(), 100, 1000, RetryPolicy.DEFAULT)));
    halfway.await();
    postgres.stop();
    stopped.countDown();
    noticed.await();
    postgres.restart();
    back.countDown();
    job.getJobExecutionResult().get();
    assertThat(rows()).isEqualTo(expected());
  }

  @Test
  void theJobGoesBackToItsCheckpointWhenTheServerWasKilledForTooLong() throws Exception {
    JobClient job =
        start(
            new ImpatientSink(
                new SinkOptions(postgres.database(), 100, 1000, new RetryPolicy(1, 1, 0))));
    halfway.await();
    stopping.countDown();
    postgres.kill();
    stopped.countDown();
    noticed.await();
    postgres.restart();
    back.countDown();
    job.getJobExecutionResult().get();
    assertThat(rows()).isEqualTo(expected());
  }
}
