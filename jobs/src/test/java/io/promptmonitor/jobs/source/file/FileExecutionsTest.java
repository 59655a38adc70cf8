package io.promptmonitor.jobs.source.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ProgressObserver;
import io.promptmonitor.jobs.source.ProgressObserver.Observed;
import io.promptmonitor.jobs.source.ProgressObserver.Then;
import io.promptmonitor.jobs.source.RecordLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class FileExecutionsTest {

  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void emitsEachLineOnceAndNoneLate(int parallelism) throws Exception {
    RecordFiles input = new RecordFiles(directory, 20 + parallelism).write(30, 200, 300_000);

    List<Observed> observed =
        collect(observe(environment(parallelism), input.paths(), 0, Then.GO_ON, "observe"));

    assertThat(lines(observed)).isEqualTo(input.lines());
    assertThat(observed).hasSameSizeAs(input.lines());
    assertThat(observed).noneMatch(Observed::late);
    assertThat(observed)
        .as("the watermark follows")
        .anyMatch(o -> o.watermark() > RecordLines.START + 200_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void emitsEachLineOnceThoughTheJobFails(int parallelism) throws Exception {
    RecordFiles input = new RecordFiles(directory, 30).write(12, 1_000, 300_000);
    StreamExecutionEnvironment environment = environment(parallelism);
    environment.enableCheckpointing(50);

    List<Observed> observed =
        collect(observe(environment, input.paths(), 1_000, Then.FAIL_AFTER_CHECKPOINT, "observe"));

    assertThat(observed).as("the job failed and went on").anyMatch(o -> o.attempt() > 0);
    assertThat(observed).as("from the checkpoint").anyMatch(o -> o.attempt() == 0);
    assertThat(lines(observed)).isEqualTo(input.lines());
    assertThat(observed).hasSameSizeAs(input.lines());
    assertThat(observed).noneMatch(Observed::late);
  }

  @ParameterizedTest
  @CsvSource({"2,1", "1,3"})
  void goesOnFromASavepointWithAnotherParallelism(int before, int after, @TempDir Path savepoints)
      throws Exception {
    RecordFiles input = new RecordFiles(directory, 40).write(9, 2_000, 300_000);

    StreamExecutionEnvironment first = environment(before);
    CloseableIterator<Observed> results =
        observe(first, input.paths(), 1_000, Then.CRAWL, "first").collectAsync();
    JobClient job = first.executeAsync("first");
    List<Observed> observed = new ArrayList<>();
    while (observed.size() < 3_000) {
      observed.add(results.next());
    }
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    results.forEachRemaining(observed::add);
    results.close();
    assertThat(observed).hasSizeLessThan(input.lines().size());

    Configuration restore = new Configuration();
    restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    // What the first job's results were collected with is of no use to the second.
    restore.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
    StreamExecutionEnvironment second = CLUSTER.environment(after, restore);
    observed.addAll(collect(observe(second, input.paths(), 0, Then.GO_ON, "second")));

    assertThat(lines(observed)).isEqualTo(input.lines());
    assertThat(observed).hasSameSizeAs(input.lines());
    assertThat(observed).noneMatch(Observed::late);
  }

  @Test
  void gzipAndPlainAreTheSame() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append(RecordLines.execution("id-" + i, RecordLines.START + i * 100L)).append('\n');
    }
    Path plain = directory.resolve("plain");
    Files.writeString(plain, text);
    Path gzip = directory.resolve("gzip");
    Files.write(gzip, GzipInputTest.gzip(text.toString().getBytes(UTF_8)));

    List<Observed> fromPlain =
        collect(observe(environment(1), List.of(plain.toString()), 0, Then.GO_ON, "observe"));
    List<Observed> fromGzip =
        collect(observe(environment(1), List.of(gzip.toString()), 0, Then.GO_ON, "observe"));

    assertThat(fromPlain).hasSize(5_000);
    assertThat(fromGzip)
        .isEqualTo(
            fromPlain.stream()
                .map(
                    o -> new Observed(o.line().replace("plain:", "gzip:"), false, o.watermark(), 0))
                .toList());
  }

  @Test
  void aFileThatCannotBeReadFailsTheJobAtOnceWithItsName() throws Exception {
    Path damaged = directory.resolve("damaged.gz");
    Files.write(damaged, new byte[] {0x1F, (byte) 0x8B, 8, 0, 1});
    assertThat(failure(damaged.toString()))
        .hasMessage(
            damaged + ": line 1: damaged gzip file: it ends in the middle of the compressed data");
    assertThat(failure("/no/such/file")).hasMessage("/no/such/file: no such file");
  }

  private Throwable failure(String path) {
    StreamExecutionEnvironment environment = environment(1);
    Throwable[] thrown = new Throwable[1];
    assertThatThrownBy(() -> collect(observe(environment, List.of(path), 0, Then.GO_ON, "observe")))
        .satisfies(e -> thrown[0] = e);
    Optional<InputFileException> cause =
        ExceptionUtils.findThrowable(thrown[0], InputFileException.class);
    assertThat(ExceptionUtils.stringifyException(thrown[0]))
        .contains("The failure is not recoverable");
    return cause.orElseThrow();
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    return CLUSTER.environment(parallelism, new Configuration());
  }

  private static DataStream<Observed> observe(
      StreamExecutionEnvironment environment,
      List<String> paths,
      int records,
      Then then,
      String uid) {
    DataStream<Ingested> executions =
        FileExecutions.of(
                paths,
                RecordLines.parsers(),
                EventTimeWatermarks.of(
                    Duration.ofMillis(RecordFiles.DISORDER), Duration.ofSeconds(1)))
            .addTo(environment);
    return executions.process(new ProgressObserver(records, then)).uid(uid);
  }

  private static List<Observed> collect(DataStream<Observed> stream) throws Exception {
    List<Observed> observed = new ArrayList<>();
    try (CloseableIterator<Observed> results = stream.executeAndCollect()) {
      results.forEachRemaining(observed::add);
    }
    return observed;
  }

  private static Set<String> lines(List<Observed> observed) {
    Set<String> lines = new TreeSet<>();
    observed.forEach(o -> lines.add(o.line()));
    return lines;
  }
}
