package io.promptmonitor.jobs.batch.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.monitor.RealTraffic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daily reports of two days of real traffic, which the whole job made metrics, alerts and a
 * rollback of. They are kept in the resources; with {@code -Dpromptmonitor.golden.write=true} they
 * are written anew.
 */
class RealTrafficReportTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Path GOLDEN =
      Path.of("src/test/resources/io/promptmonitor/jobs/batch/report/real");

  @TempDir static Path directory;

  @BeforeAll
  static void run() throws Exception {
    RealTraffic.run(postgres);
    try (InputStream in = RealTrafficReportTest.class.getResourceAsStream("real-switches.sql")) {
      postgres.execute(
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
    report("2023-07-26");
    report("2023-07-27");
  }

  private static void report(String day) {
    CommandRun command = new CommandRun(postgres, "report");
    int exit = command.run("--date", day, "--as-of", "2023-07-30", "--out", directory.toString());
    assertThat(exit).as("%s", command.err).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2023-07-26", "2023-07-27"})
  void saysWhatItSaid(String day) throws IOException {
    Path made = directory.resolve(day);
    Path golden = GOLDEN.resolve(day);
    List<String> names = names(made);
    if (Boolean.getBoolean("promptmonitor.golden.write")) {
      Files.createDirectories(golden);
      for (String name : names) {
        Files.writeString(golden.resolve(name), Files.readString(made.resolve(name)));
      }
    }
    assertThat(names).isEqualTo(names(golden));
    for (String name : names) {
      assertThat(made.resolve(name)).hasSameTextualContentAs(golden.resolve(name));
    }
  }

  /** The files that are kept: pages only of the prompt with the incident. */
  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".html") || name.equals("opinionqa@2fgpt-4.html"))
          .sorted()
          .toList();
    }
  }

  @Test
  void theDayOfTheIncidentTellsIt() throws IOException {
    assertThat(Files.readString(directory.resolve("2023-07-27/opinionqa@2fgpt-4.md")))
        .contains("| automatic | 2023.6.13 | 2023.3.14 | switched | Critical Error Rate")
        .contains("no_answer");
  }

  @Test
  void whatWasNoRegressionHasNoAlertOnFailures() throws IOException {
    assertThat(Files.readString(directory.resolve("2023-07-26/opinionqa@2fgpt-3.5-turbo.md")))
        .doesNotContain("Error Rate |")
        .doesNotContain("Low Success Rate");
  }
}
