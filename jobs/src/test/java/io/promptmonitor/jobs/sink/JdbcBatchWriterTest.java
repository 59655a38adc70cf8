package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.testutils.MetricListener;
import org.apache.flink.runtime.metrics.groups.MetricsGroupTestUtils;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcBatchWriterTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final SinkWriter.Context CONTEXT =
      new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
          return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
          return null;
        }
      };

  /** Time that passes only by sleeping. */
  private static final class FakePauses implements Pauses {
    private final List<Long> slept = new ArrayList<>();
    private long nanos;
    private boolean cancelled;

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void sleep(long millis) throws InterruptedException {
      if (cancelled) {
        throw new InterruptedException("cancelled");
      }
      slept.add(millis);
      nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public double random() {
      return 0;
    }
  }

  private final FakePauses pauses = new FakePauses();
  private final TestProcessingTimeService timers = new TestProcessingTimeService();
  private final MetricListener metrics = new MetricListener();

  @BeforeEach
  void clear() {
    postgres.execute("TRUNCATE promptmon.window_metrics, promptmon.dead_letter");
  }

  private <T> JdbcBatchWriter<T> writer(JdbcTable<T> table, SinkOptions options) {
    return new JdbcBatchWriter<>(
        table,
        options,
        timersOf(timers),
        MetricsGroupTestUtils.mockWriterMetricGroup(metrics.getMetricGroup()),
        pauses);
  }

  private static org.apache.flink.api.common.operators.ProcessingTimeService timersOf(
      TestProcessingTimeService timers) {
    return new org.apache.flink.api.common.operators.ProcessingTimeService() {
      @Override
      public long getCurrentProcessingTime() {
        return timers.getClock().absoluteTimeMillis();
      }

      @Override
      public java.util.concurrent.ScheduledFuture<?> registerTimer(
          long time, ProcessingTimeCallback target) {
        return timers.registerTimer(time, target);
      }
    };
  }

  private JdbcBatchWriter<WindowUpdate> windows(int batchRows) {
    return writer(
        new WindowMetricsTable(),
        new SinkOptions(postgres.database(), batchRows, 1000, RetryPolicy.DEFAULT));
  }

  private long counter(String name) {
    return metrics.getCounter(name).orElseThrow().getCount();
  }

  @Test
  void aRowIsWrittenWithEveryMetric() throws Exception {
    WindowAggregate aggregate = Windows.aggregate(4, 2);
    aggregate.add(Windows.execution(5, (byte) 1, "rate_limit"));
    aggregate.add(Windows.execution(6, (byte) 0, "timeout"));
    aggregate.add(Windows.execution(7, (byte) 0, "timeout"));
    try (JdbcBatchWriter<WindowUpdate> writer = windows(10)) {
      writer.write(Windows.minute("p", 0, 1, false, aggregate), CONTEXT);
      writer.flush(true);
    }
    assertThat(
            postgres.query(
                """
                SELECT prompt_id, prompt_version, window_size,
                  window_start AT TIME ZONE 'UTC', window_end - window_start, is_final, revision,
                  execution_count, unique_users, success_count, failure_count,
                  success_rate::numeric(5,4), latency_p50, latency_avg, total_tokens, feedback_count,
                  user_feedback_negative_rate::numeric(5,4), avg_automated_score,
                  calibration_bias, errors_by_type, top_errors, branch_distribution,
                  model_distribution, latency_digest IS NULL, users_sketch IS NULL
                FROM window_metrics
                """))
        .isEqualTo(
            "p|v1|1m|2025-03-03 00:00:00|00:01:00|f|1|7|NULL|4|3|0.5714|4|4|105|3|0.3333|NULL|NULL|"
                + "{\"timeout\": 2, \"rate_limit\": 1}|"
                + "[{\"count\": 2, \"error_type\": \"timeout\"},"
                + " {\"count\": 1, \"error_type\": \"rate_limit\"}]|{}|{\"model-a\": 7}|f|t");
  }

  @Test
  void writingAgainChangesNothingButTheTime() throws Exception {
    List<WindowUpdate> updates = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      updates.add(Windows.minute("p" + i % 3, i, 1, false, Windows.aggregate(1 + i % 5, i % 2)));
    }
    String everything =
        "SELECT to_jsonb(w) - 'updated_at' FROM window_metrics w ORDER BY prompt_id, window_start";
    try (JdbcBatchWriter<WindowUpdate> writer = windows(128)) {
      for (WindowUpdate update : updates) {
        writer.write(update, CONTEXT);
      }
      writer.flush(true);
      String once = postgres.query(everything);
      assertThat(once).hasLineCount(300);
      for (WindowUpdate update : updates) {
        writer.write(update, CONTEXT);
      }
      writer.flush(true);
      assertThat(postgres.query(everything)).isEqualTo(once);
    }
  }

  /** Full rows and patches in any order, in batches of any size, against a naive table. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void fullAndQualityRowsLeaveWhatTheirOrderSays(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, long[]> expected = new TreeMap<>();
    try (JdbcBatchWriter<WindowUpdate> writer = windows(1 + random.nextInt(12))) {
      for (int revision = 1; revision <= 300; revision++) {
        String prompt = "p" + random.nextInt(6);
        boolean qualityOnly = random.nextBoolean();
        int n = 1 + random.nextInt(9);
        int rated = random.nextInt(n + 1);
        writer.write(
            Windows.minute(prompt, 0, revision, qualityOnly, Windows.aggregate(n, rated)), CONTEXT);
        if (!qualityOnly) {
          expected.put(prompt, new long[] {n, rated, revision, revision % 2 == 0 ? 1 : 0});
        } else if (expected.containsKey(prompt)) {
          expected.get(prompt)[1] = rated;
          expected.get(prompt)[2] = revision;
        }
        if (random.nextInt(40) == 0) {
          writer.flush(false);
        }
      }
      writer.flush(true);
    }
    assertThat(
            postgres.query(
                """
                SELECT prompt_id, execution_count, feedback_count, revision, is_final::int
                FROM window_metrics ORDER BY prompt_id
                """))
        .isEqualTo(
            expected.entrySet().stream()
                .map(
                    row ->
                        row.getKey()
                            + "|"
                            + java.util.Arrays.stream(row.getValue())
                                .mapToObj(Long::toString)
                                .collect(Collectors.joining("|")))
                .collect(Collectors.joining("\n")));
  }

  @Test
  void writesWhenEnoughWaitAndAfterAWhile() throws Exception {
    String count = "SELECT count(*) FROM window_metrics";
    timers.setCurrentTime(50_000);
    try (JdbcBatchWriter<WindowUpdate> writer = windows(3)) {
      for (int i = 0; i < 4; i++) {
        writer.write(Windows.minute("p", i, 1, false, Windows.aggregate(1, 0)), CONTEXT);
      }
      assertThat(postgres.query(count)).isEqualTo("3");
      timers.setCurrentTime(50_999);
      assertThat(postgres.query(count)).isEqualTo("3");
      timers.setCurrentTime(51_000);
      assertThat(postgres.query(count)).isEqualTo("4");
      assertThat(timers.getNumActiveTimers()).isZero();
      assertThat(counter("promptmonitor.table.window_metrics.sink_batches")).isEqualTo(2);
      assertThat(counter("numRecordsSend")).isEqualTo(4);
      assertThat(counter("promptmonitor.table.window_metrics.sink_retries")).isZero();
    }
  }

  @Test
  void aPatchOfARowThatIsNotThereIsCounted() throws Exception {
    try (JdbcBatchWriter<WindowUpdate> writer = windows(10)) {
      writer.write(Windows.minute("p", 0, 2, true, Windows.aggregate(1, 1)), CONTEXT);
      writer.flush(false);
    }
    assertThat(postgres.query("SELECT count(*) FROM window_metrics")).isEqualTo("0");
    assertThat(counter("promptmonitor.table.window_metrics.sink_rows_not_found")).isEqualTo(1);
  }

  @Test
  void pausesGrowUntilItGivesUp() {
    Database away = Database.of("postgresql://me:secret@127.0.0.1:1/db");
    JdbcBatchWriter<WindowUpdate> writer =
        writer(
            new WindowMetricsTable(),
            new SinkOptions(away, 10, 1000, new RetryPolicy(100, 10_000, 45_000)));
    assertThatThrownBy(
            () -> {
              writer.write(Windows.minute("p", 0, 1, false, Windows.aggregate(1, 0)), CONTEXT);
              writer.flush(false);
            })
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "cannot write window_metrics: the database me@127.0.0.1:1/db has been away for 42 s: ")
        .hasMessageNotContaining("secret")
        .message()
        .hasLineCount(1);
    assertThat(pauses.slept)
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L, 10_000L);
    assertThat(counter("promptmonitor.table.window_metrics.sink_retries")).isEqualTo(10);
  }

  @Test
  void cancellingInterruptsThePause() throws Exception {
    Database away = Database.of("postgresql://127.0.0.1:1/db");
    JdbcBatchWriter<WindowUpdate> writer = writer(new WindowMetricsTable(), SinkOptions.of(away));
    writer.write(Windows.minute("p", 0, 1, false, Windows.aggregate(1, 0)), CONTEXT);
    pauses.cancelled = true;
    assertThatThrownBy(() -> writer.flush(false)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void aLostConnectionIsMadeAnew() throws Exception {
    try (JdbcBatchWriter<WindowUpdate> writer = windows(10)) {
      writer.write(Windows.minute("p", 0, 1, false, Windows.aggregate(1, 0)), CONTEXT);
      writer.flush(false);
      postgres.query(
          """
          SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
          """);
      writer.write(Windows.minute("p", 1, 1, false, Windows.aggregate(1, 0)), CONTEXT);
      writer.flush(false);
    }
    assertThat(postgres.query("SELECT count(*) FROM window_metrics")).isEqualTo("2");
    assertThat(pauses.slept).containsExactly(100L);
  }

  @Test
  void aRowTheDatabaseWillNeverAcceptFailsAtOnceAndIsNamed() throws Exception {
    String tooLong = "x".repeat(257);
    try (JdbcBatchWriter<WindowUpdate> writer = windows(10)) {
      for (String prompt : List.of("good", tooLong, "also good")) {
        writer.write(Windows.minute(prompt, 0, 1, false, Windows.aggregate(1, 0)), CONTEXT);
      }
      assertThatThrownBy(() -> writer.flush(false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              ": row "
                  + tooLong
                  + "@v1 1m 2025-03-03T00:00Z is rejected: new row for relation"
                  + " \"window_metrics_1m\" violates check constraint \"prompt_id_length\""
                  + " (SQLSTATE 23514)")
          .message()
          .hasLineCount(1);
    }
    assertThat(pauses.slept).isEmpty();
    assertThat(postgres.query("SELECT count(*) FROM window_metrics")).isEqualTo("0");
  }

  @Test
  void whatPostgresCannotHoldIsRejectedByName() throws Exception {
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.add(Windows.execution(1, (byte) 0, "a\0b"));
    try (JdbcBatchWriter<WindowUpdate> writer = windows(10)) {
      writer.write(Windows.minute("p", 7, 1, false, aggregate), CONTEXT);
      assertThatThrownBy(() -> writer.flush(false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("row p@v1 1m 2025-03-03T00:07Z is rejected: unsupported Unicode");
    }
    try (JdbcBatchWriter<DeadLetter> writer =
        writer(new DeadLetterTable(), SinkOptions.of(postgres.database()))) {
      writer.write(
          new DeadLetter("s", 5, RejectionReason.LATE, "a\0b", 1, null, Long.MIN_VALUE), CONTEXT);
      assertThatThrownBy(() -> writer.flush(false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("row s:5 (late) is rejected: ");
    }
  }

  @Test
  void deadLettersAreOneRowForEachPlaceAndReason() throws Exception {
    String hash = "0123456789abcdef".repeat(4);
    try (JdbcBatchWriter<DeadLetter> writer =
        writer(new DeadLetterTable(), SinkOptions.of(postgres.database()))) {
      for (int times = 0; times < 2; times++) {
        writer.write(
            new DeadLetter(
                "executions-3", 9, RejectionReason.NOT_JSON, "no object", 12, hash, Long.MIN_VALUE),
            CONTEXT);
        writer.write(
            new DeadLetter(
                "executions-3", 10, RejectionReason.LATE, "late", 12, null, Windows.START),
            CONTEXT);
        writer.flush(false);
      }
    }
    assertThat(
            postgres.query(
                """
                SELECT source, position, reason, detail, length, sha256,
                  event_time AT TIME ZONE 'UTC', received_at IS NULL
                FROM dead_letter ORDER BY position
                """))
        .isEqualTo(
            "executions-3|9|not_json|no object|12|"
                + hash
                + "|NULL|f\n"
                + "executions-3|10|late|late|12|NULL|2025-03-03 00:00:00|f");
  }

  @Test
  void theSinkIsSerializableAndDoesNotTellThePassword() throws Exception {
    SinkOptions options = SinkOptions.of(Database.of("postgresql://me:secret@127.0.0.1:1/db"));
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      out.writeObject(new WindowMetricsSink(options));
      out.writeObject(new DeadLetterSink(options));
    }
    assertThat(options.toString()).contains("me@127.0.0.1:1/db").doesNotContain("secret");
  }
}
