package io.promptmonitor.jobs.source.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the files that a user's paths stand for. */
public final class InputFiles {

  private InputFiles() {}

  /**
   * The files of the given paths: files as they are, of a directory the files directly in it, in
   * the order of their names and without hidden ones. A file that is named twice is taken once.
   *
   * @throws InputFileException if a path does not exist, cannot be read, or is a directory without
   *     files
   */
  public static List<FileSplit> list(List<String> paths) throws InputFileException {
    List<FileSplit> files = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (String path : paths) {
      for (String file : expand(path)) {
        addFile(file, files, seen);
      }
    }
    return files;
  }

  private static List<String> expand(String path) throws InputFileException {
    Path directory;
    try {
      directory = Path.of(path);
    } catch (InvalidPathException e) {
      throw new InputFileException(path + ": not a valid path", e);
    }
    if (!Files.isDirectory(directory)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<String> files =
          entries
              .filter(entry -> !entry.getFileName().toString().startsWith("."))
              .filter(entry -> !Files.isDirectory(entry))
              .map(entry -> directory.resolve(entry.getFileName()).toString())
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new InputFileException(path + ": the directory holds no files to read");
      }
      return files;
    } catch (AccessDeniedException e) {
      throw new InputFileException(path + ": no permission to read", e);
    } catch (InputFileException e) {
      throw e;
    } catch (IOException e) {
      throw new InputFileException(path + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static void addFile(String file, List<FileSplit> files, Set<Path> seen)
      throws InputFileException {
    Path path = Path.of(file);
    if (!Files.exists(path)) {
      throw new InputFileException(file + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new InputFileException(file + ": not a regular file, expected JSON lines");
    }
    if (!Files.isReadable(path)) {
      throw new InputFileException(file + ": no permission to read");
    }
    try {
      if (seen.add(path.toRealPath())) {
        files.add(FileSplit.whole(file, Files.size(path)));
      }
    } catch (IOException e) {
      throw new InputFileException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
