package io.promptmonitor.jobs.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {

  @TempDir private Path directory;

  @Test
  void takesADirectorysFilesInOrderAndEachOnce() throws IOException {
    Files.writeString(directory.resolve("b.jsonl"), "bb");
    Files.writeString(directory.resolve("a.jsonl"), "a");
    Files.writeString(directory.resolve(".hidden"), "x");
    Files.createDirectory(directory.resolve("below"));
    Path c = Files.writeString(directory.resolve("below/c.jsonl"), "");

    assertThat(
            InputFiles.list(
                List.of(
                    c.toString(),
                    directory.toString(),
                    directory.resolve("below/../b.jsonl").toString())))
        .containsExactly(
            FileSplit.whole(c.toString(), 0),
            FileSplit.whole(directory + "/a.jsonl", 1),
            FileSplit.whole(directory + "/b.jsonl", 2));
  }

  @Test
  void namesWhatCannotBeRead() throws IOException {
    assertThatThrownBy(() -> InputFiles.list(List.of("/no/such/file")))
        .isInstanceOf(InputFileException.class)
        .hasMessage("/no/such/file: no such file");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> InputFiles.list(List.of(empty.toString())))
        .isInstanceOf(InputFileException.class)
        .hasMessage(empty + ": the directory holds no files to read");
    assertThatThrownBy(() -> InputFiles.list(List.of("/dev/null")))
        .isInstanceOf(InputFileException.class)
        .hasMessage("/dev/null: not a regular file, expected JSON lines");
  }

  @Test
  void readersGetAboutTheSameNumberOfBytes() {
    FileSplit one = FileSplit.whole("1", 100);
    FileSplit two = FileSplit.whole("2", 40);
    FileSplit three = FileSplit.whole("3", 40);
    FileSplit four = FileSplit.whole("4", 60);

    assertThat(FileEnumerator.distribute(List.of(one, two, three, four), 2))
        .isEqualTo(Map.of(0, List.of(one), 1, List.of(two, three, four)));
    assertThat(FileEnumerator.distribute(List.of(one, two), 3))
        .isEqualTo(Map.of(0, List.of(one), 1, List.of(two)));
  }

  @Test
  void stateSurvivesSerialization() throws IOException {
    FileSplit split = new FileSplit("dir/ä b.jsonl.gz", 1L << 40, 17, 1L << 33);
    FileSplitSerializer splits = FileSplitSerializer.INSTANCE;
    assertThat(splits.deserialize(splits.getVersion(), splits.serialize(split))).isEqualTo(split);

    UnassignedFiles unassigned = new UnassignedFiles(List.of(split, FileSplit.whole("x", 0)));
    UnassignedFiles.Serializer files = UnassignedFiles.Serializer.INSTANCE;
    assertThat(files.deserialize(files.getVersion(), files.serialize(unassigned)))
        .isEqualTo(unassigned);
    assertThatThrownBy(() -> splits.deserialize(2, splits.serialize(split)))
        .isInstanceOf(IOException.class)
        .hasMessage("state of the file source has version 2, expected 1");
  }
}
