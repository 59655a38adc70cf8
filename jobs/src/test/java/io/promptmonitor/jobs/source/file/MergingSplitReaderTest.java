package io.promptmonitor.jobs.source.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.jobs.source.RecordLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergingSplitReaderTest {

  @TempDir private Path directory;

  /** One record as the task sees it. */
  private record Emitted(Ingested record, long nextLine, long nextOffset) {

    String line() {
      return record.source() + ":" + record.position();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,512", "2,5,512", "3,40,512", "4,40,3", "5,40,1"})
  void mergesFilesInAnyOrderByEventTime(long seed, int files, int maxOpenFiles) throws IOException {
    RecordFiles input = new RecordFiles(directory, seed).write(files, 300, 400_000);
    OpenFiles openFiles = new OpenFiles(maxOpenFiles);

    List<Emitted> emitted = readAll(InputFiles.list(input.paths()), openFiles);

    assertThat(new TreeSet<>(lines(emitted))).isEqualTo(input.lines());
    assertThat(emitted).hasSameSizeAs(input.lines());
    assertThat(greatestDisorder(emitted)).isLessThanOrEqualTo(RecordFiles.DISORDER);
    assertThat(openFiles.count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void goesOnFromAnyPlace(long seed) throws IOException {
    RecordFiles input = new RecordFiles(directory, seed).write(7, 200, 200_000);
    Random random = new Random(seed);
    List<FileSplit> whole = InputFiles.list(input.paths());
    List<Emitted> all = readAll(whole, new OpenFiles(4));

    for (int attempt = 0; attempt < 5; attempt++) {
      List<Emitted> before = all.subList(0, random.nextInt(all.size() + 1));
      List<Emitted> after = readAll(advance(whole, before), new OpenFiles(4));

      List<String> lines = new ArrayList<>(lines(before));
      lines.addAll(lines(after));
      assertThat(lines).isEqualTo(lines(all));
    }
  }

  @Test
  void opensAFileOnlyWhenItsTimeHasCome() throws IOException {
    List<String> paths = new ArrayList<>();
    for (int day = 9; day >= 0; day--) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        long time = RecordLines.START + day * 86_400_000L + i * 1_000L;
        text.append(RecordLines.execution("id-" + day + "-" + i, time)).append('\n');
      }
      paths.add(Files.writeString(directory.resolve("day-" + day), text).toString());
    }
    OpenFiles openFiles = new OpenFiles(512);
    MergingSplitReader reader = new MergingSplitReader(RecordLines.parsers().create(), openFiles);
    reader.handleSplitsChanges(new SplitsAddition<>(InputFiles.list(paths)));

    int finished = 0;
    while (finished < 10) {
      finished += reader.fetch().finishedSplits().size();
      assertThat(openFiles.count()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aFileWithoutATimeAtItsBeginningIsReadAtOnce() throws IOException {
    Path broken = directory.resolve("broken");
    Files.writeString(
        broken, "no json\n".repeat(150) + RecordLines.execution("b", RecordLines.START + 60_000));
    Path good = directory.resolve("good");
    Files.writeString(good, RecordLines.execution("a", RecordLines.START));

    List<Emitted> emitted =
        readAll(InputFiles.list(List.of(good.toString(), broken.toString())), new OpenFiles(512));

    assertThat(emitted).hasSize(152);
    assertThat(emitted.subList(0, 150)).allMatch(e -> e.record().deadLetter() != null);
    assertThat(emitted.get(150).line()).isEqualTo(good + ":1");
    assertThat(emitted.get(151).line()).isEqualTo(broken + ":151");
  }

  @Test
  void aLineThatIsTooLongIsADeadLetter() throws IOException {
    byte[] line = new byte[5 << 20];
    Arrays.fill(line, (byte) 'x');
    Path file = directory.resolve("long");
    Files.write(file, line);
    Files.writeString(
        file, "\n" + RecordLines.execution("a", RecordLines.START), StandardOpenOption.APPEND);

    List<Emitted> emitted = readAll(InputFiles.list(List.of(file.toString())), new OpenFiles(1));

    assertThat(emitted).hasSize(2);
    assertThat(emitted.get(0).record().deadLetter())
        .satisfies(
            letter -> {
              assertThat(letter.reason()).isEqualTo(RejectionReason.TOO_LARGE);
              assertThat(letter.length()).isEqualTo(5 << 20);
              assertThat(letter.position()).isEqualTo(1);
            });
    assertThat(emitted.get(1).record().execution()).isNotNull();
  }

  @Test
  void aDamagedGzipFileIsNamedWithItsLine() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append(RecordLines.execution("id-" + i, RecordLines.START + i)).append('\n');
    }
    byte[] gzip = GzipInputTest.gzip(text.toString().getBytes(UTF_8));
    Path file = directory.resolve("damaged.gz");
    Files.write(file, Arrays.copyOf(gzip, gzip.length / 2));

    assertThatThrownBy(() -> readAll(InputFiles.list(List.of(file.toString())), new OpenFiles(1)))
        .isInstanceOf(InputFileException.class)
        .hasMessageMatching(
            file + ": line \\d+: damaged gzip file: it ends in the middle of the compressed data");

    gzip[gzip.length / 2] ^= 0x7F;
    Files.write(file, gzip);
    assertThatThrownBy(() -> readAll(InputFiles.list(List.of(file.toString())), new OpenFiles(1)))
        .isInstanceOf(InputFileException.class)
        .hasMessageMatching(file + ": line \\d+: damaged gzip file: .*");
  }

  @Test
  void aFileThatHasGoneOrShrunkIsNamed() throws IOException {
    Path file = directory.resolve("a.jsonl");
    Files.writeString(file, RecordLines.execution("a", RecordLines.START));
    List<FileSplit> files = InputFiles.list(List.of(file.toString()));

    FileSplit readOn = new FileSplit(file.toString(), 10_000, 20, 9_000);
    assertThatThrownBy(() -> readAll(List.of(readOn), new OpenFiles(1)))
        .isInstanceOf(InputFileException.class)
        .hasMessage(
            file + ": line 20: the file has become shorter than what was read of it before");

    Files.delete(file);
    assertThatThrownBy(() -> readAll(files, new OpenFiles(1)))
        .isInstanceOf(InputFileException.class)
        .hasMessage(file + ": no such file; it was there when the job started");
  }

  private static List<Emitted> readAll(List<FileSplit> files, OpenFiles openFiles)
      throws IOException {
    MergingSplitReader reader = new MergingSplitReader(RecordLines.parsers().create(), openFiles);
    reader.handleSplitsChanges(new SplitsAddition<>(files));
    List<Emitted> emitted = new ArrayList<>();
    int finished = 0;
    while (finished < files.size()) {
      MergedBatch batch = reader.fetch();
      while (batch.nextSplit() != null) {
        while (batch.nextRecordFromSplit() != null) {
          emitted.add(new Emitted(batch.record(), batch.nextLine(), batch.nextOffset()));
        }
      }
      finished += batch.finishedSplits().size();
    }
    reader.close();
    return emitted;
  }

  /** The files behind the given records, as a checkpoint would have them. */
  private static List<FileSplit> advance(List<FileSplit> files, List<Emitted> emitted) {
    Map<String, FileSplit> progress = new HashMap<>();
    files.forEach(file -> progress.put(file.path(), file));
    for (Emitted e : emitted) {
      String path = e.record().source();
      progress.put(path, new FileSplit(path, 0, e.nextLine(), e.nextOffset()));
    }
    return files.stream().map(file -> progress.get(file.path())).toList();
  }

  private static List<String> lines(List<Emitted> emitted) {
    return emitted.stream().map(Emitted::line).toList();
  }

  private static long greatestDisorder(List<Emitted> emitted) {
    long latest = Long.MIN_VALUE;
    long disorder = 0;
    for (Emitted e : emitted) {
      if (e.record().deadLetter() == null) {
        latest = Math.max(latest, e.record().timestamp());
        disorder = Math.max(disorder, latest - e.record().timestamp());
      }
    }
    return disorder;
  }
}
