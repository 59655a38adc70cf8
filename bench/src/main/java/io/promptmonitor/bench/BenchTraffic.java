package io.promptmonitor.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The benchmark's records in two files, as two partitions of a topic: both cover the whole time.
 *
 * <p>What is in the files follows from the shape and the number of records alone. Files that exist
 * already are used again.
 *
 * @param files two files of JSON lines
 * @param records number of records in both together
 */
public record BenchTraffic(List<Path> files, long records) {

  /** Raised whenever the content of the files changes. */
  private static final int FORMAT = 1;

  private static final long SEED = 20250602;
  private static final int FILES = 2;
  private static final int BUFFER = 1 << 20;

  public BenchTraffic {
    files = List.copyOf(files);
  }

  /** The traffic of a shape, under {@code root}; written unless it is there already. */
  public static BenchTraffic obtain(Path root, TrafficShape shape, long records)
      throws IOException {
    Path directory = root.resolve("traffic-%d-%s-%d".formatted(FORMAT, shape.label(), records));
    if (!Files.isDirectory(directory)) {
      Path unfinished = emptyDirectory(directory);
      write(unfinished, new RecordGenerator(SEED, shape.span().toMillis(), records), records);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    }
    return new BenchTraffic(filesIn(directory), records);
  }

  /** What the files in a directory hold that {@link #obtain} or {@link #first} made. */
  public static List<Path> filesIn(Path directory) {
    return Stream.iterate(0, i -> i < FILES, i -> i + 1).map(i -> file(directory, i)).toList();
  }

  /** The directory that holds the files. */
  public Path directory() {
    return files.get(0).resolveSibling("");
  }

  /**
   * The first records of the same traffic, as densely as in all of it; the traffic itself if it has
   * not more.
   */
  public BenchTraffic first(long count) throws IOException {
    if (count >= records) {
      return this;
    }
    Path directory = directory().resolve("first-" + count);
    if (!Files.isDirectory(directory)) {
      Path unfinished = emptyDirectory(directory);
      for (int i = 0; i < FILES; i++) {
        copyLines(files.get(i), file(unfinished, i), count / FILES + (i < count % FILES ? 1 : 0));
      }
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    }
    return new BenchTraffic(filesIn(directory), count);
  }

  /** Bytes of all files together. */
  public long bytes() throws IOException {
    long sum = 0;
    for (Path file : files) {
      sum += Files.size(file);
    }
    return sum;
  }

  private static Path file(Path directory, int index) {
    return directory.resolve("part-" + index + ".jsonl");
  }

  private static Path emptyDirectory(Path directory) throws IOException {
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".unfinished");
    if (Files.exists(unfinished)) {
      try (Stream<Path> old = Files.walk(unfinished)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(unfinished);
  }

  private static void write(Path directory, RecordGenerator generator, long records)
      throws IOException {
    try (OutputStream first =
            new BufferedOutputStream(Files.newOutputStream(file(directory, 0)), BUFFER);
        OutputStream second =
            new BufferedOutputStream(Files.newOutputStream(file(directory, 1)), BUFFER)) {
      StringBuilder line = new StringBuilder(1024);
      for (long i = 0; i < records; i++) {
        line.setLength(0);
        generator.append(line);
        line.append('\n');
        (i % FILES == 0 ? first : second)
            .write(line.toString().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static void copyLines(Path from, Path to, long lines) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(from), BUFFER);
        OutputStream out = Files.newOutputStream(to)) {
      long left = lines;
      while (left > 0) {
        int count = in.read(buffer);
        if (count < 0) {
          throw new IOException(from + ": expected " + left + " more lines");
        }
        int end = 0;
        while (end < count && left > 0) {
          if (buffer[end++] == '\n') {
            left--;
          }
        }
        out.write(buffer, 0, end);
      }
    }
  }
}
