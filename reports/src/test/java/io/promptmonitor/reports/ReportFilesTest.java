package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {

  @Test
  void writesAPageAPromptAndAnOverviewThatLeadsToThem(@TempDir Path directory) throws IOException {
    ReportFiles files = new ReportFiles(directory.resolve("2026-03-04"));
    files.write(SampleReports.incident());
    files.write(SampleReports.incident());
    files.write(SampleReports.empty());
    Path index = files.write(SampleReports.overview());
    try (Stream<Path> written = Files.list(index.getParent())) {
      assertThat(written.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "index.html",
              "index.md",
              "overview.json",
              "support@2ftriage.html",
              "support@2ftriage.md",
              "support@2ftriage.json",
              "idle.html",
              "idle.md",
              "idle.json");
    }
    assertThat(Files.readString(index)).contains("href=\"support@2ftriage.html\"");
    assertThat(Files.readString(index.resolveSibling("index.md")))
        .contains("](support@2ftriage.md)");
    assertThat(Files.readString(index.resolveSibling("idle.html"))).contains("href=\"index.html\"");
    String json = Files.readString(index.resolveSibling("support@2ftriage.json"));
    assertThat(JsonReport.read(json)).isEqualTo(SampleReports.incident());
    assertThat(JsonReport.of(JsonReport.read(json))).isEqualTo(json);
    assertThat(JsonOverview.read(JsonOverview.of(SampleReports.overview())))
        .isEqualTo(SampleReports.overview());
  }

  @Test
  void namesAreSafe() {
    assertThat(ReportFileName.of("summarise-2.v1_x")).isEqualTo("summarise-2.v1_x");
    assertThat(ReportFileName.of("Support/Triage é")).isEqualTo("@53upport@2f@54riage@20@c3@a9");
    assertThat(ReportFileName.of("..")).isEqualTo("@2e.");
    assertThat(ReportFileName.of("index")).isEqualTo("@69ndex");
    assertThat(ReportFileName.of("nul.txt")).isEqualTo("@6eul.txt");
    assertThat(ReportFileName.of("a".repeat(151))).hasSize(150).contains("a@@");
  }

  @Property(tries = 500)
  void namesAreReversibleAndOfSmallLetters(@ForAll @StringLength(min = 1, max = 40) String id) {
    String name = ReportFileName.of(id);
    assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT)).matches("[a-z0-9_@][a-z0-9_@.-]*");
    if (!name.contains("@@")) {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      assertThat(decoded(name)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static String decoded(String name) {
    Matcher escapes = Pattern.compile("@(..)").matcher(name);
    String latin1 = escapes.replaceAll(ReportFilesTest::character);
    return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String character(MatchResult escape) {
    return Matcher.quoteReplacement(
        String.valueOf((char) HexFormat.fromHexDigits(escape.group(1))));
  }
}
