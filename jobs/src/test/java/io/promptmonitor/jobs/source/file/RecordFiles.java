package io.promptmonitor.jobs.source.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptmonitor.jobs.source.RecordLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Random files of records that overlap in time, each a bit out of order, with blank and broken
 * lines and ratings among the executions; some gzip, some with Windows line ends.
 */
final class RecordFiles {

  /** How much older than an earlier record of the same file a record may be, in milliseconds. */
  static final long DISORDER = 5_000;

  private final Path directory;
  private final Random random;
  private final List<String> paths = new ArrayList<>();
  private final Set<String> lines = new TreeSet<>();

  RecordFiles(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
  }

  /** Writes so many files, which begin within {@code spanMillis}, in no order of time. */
  RecordFiles write(int files, int recordsInEach, long spanMillis) throws IOException {
    for (int i = 0; i < files; i++) {
      long begin = RecordLines.START + random.nextLong(spanMillis);
      writeFile("host-%03d.jsonl".formatted(i), recordsInEach, begin);
    }
    return this;
  }

  private void writeFile(String name, int records, long begin) throws IOException {
    Path file = directory.resolve(name);
    String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
    StringBuilder text = new StringBuilder();
    long time = begin;
    int line = 0;
    for (int i = 0; i < records; i++) {
      time += random.nextInt(2_000);
      line++;
      switch (random.nextInt(20)) {
        case 0 -> text.append("  ");
        case 1 -> {
          text.append("{\"broken\":");
          lines.add(file + ":" + line);
        }
        case 2 -> {
          text.append(RecordLines.feedback(name + i, time - random.nextLong(DISORDER)));
          lines.add(file + ":" + line);
        }
        default -> {
          text.append(RecordLines.execution(name + i, time - random.nextLong(DISORDER)));
          lines.add(file + ":" + line);
        }
      }
      if (i < records - 1 || random.nextBoolean()) {
        text.append(end);
      }
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    Files.write(file, random.nextInt(3) == 0 ? GzipInputTest.gzip(bytes) : bytes);
    paths.add(file.toString());
  }

  List<String> paths() {
    return List.copyOf(paths);
  }

  /** {@code path:line} of every line that is to be emitted. */
  Set<String> lines() {
    return lines;
  }
}
