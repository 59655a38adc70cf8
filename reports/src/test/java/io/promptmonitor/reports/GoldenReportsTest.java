package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.ReportOverview;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reports are what they were, to the byte. If they change on purpose, {@code mvn -q test -Dquick
 * -pl reports -am -Dtest=GoldenReportsTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dpromptmonitor.golden.write=true} writes the new ones; look at them in the diff and in a browser
 * before committing them.
 */
class GoldenReportsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @CsvSource({"incident", "half-day", "empty"})
  void reportsAreAsTheyWere(String name) throws IOException {
    DailyReport report =
        switch (name) {
          case "incident" -> SampleReports.incident();
          case "half-day" -> SampleReports.halfDay();
          default -> SampleReports.empty();
        };
    compare(name + ".md", MarkdownReport.of(report));
    compare(name + ".html", HtmlReport.of(report));
    compare(name + ".json", JsonReport.of(report));
    assertThat(JsonReport.read(JsonReport.of(report))).isEqualTo(report);
  }

  @ParameterizedTest
  @CsvSource("overview")
  void theOverviewIsAsItWas(String name) throws IOException {
    ReportOverview overview = SampleReports.overview();
    UnaryOperator<String> link = prompt -> ReportFileName.of(prompt) + ".html";
    compare(name + ".md", MarkdownOverview.of(overview, link));
    compare(name + ".html", HtmlOverview.of(overview, link));
    compare(name + ".json", JsonOverview.of(overview));
  }

  private static void compare(String name, String content) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (Boolean.getBoolean("promptmonitor.golden.write")) {
      Files.createDirectories(GOLDEN);
      Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(content).isEqualTo(Files.readString(file));
  }
}
