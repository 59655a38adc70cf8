package io.promptmonitor.reports;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.ReportOverview;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A directory of one day's reports: {@code index.html}, {@code index.md} and {@code overview.json}
 * of all prompts, and three files a prompt, named by {@link ReportFileName}. Each file is replaced
 * as a whole: nobody ever reads half of one.
 */
public final class ReportFiles {

  private final Path directory;

  /** Files in a directory, which is created with the first of them. */
  public ReportFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes a prompt's report: {@code .md}, {@code .html} and {@code .json}.
   *
   * @return the HTML file
   * @throws IOException if a file cannot be written
   */
  public Path write(DailyReport report) throws IOException {
    String name = ReportFileName.of(report.promptId());
    write(name + ".md", MarkdownReport.of(report));
    write(name + ".json", JsonReport.of(report));
    return write(name + ".html", HtmlReport.of(report, "index.html"));
  }

  /**
   * Writes the overview, with links to the prompts' pages.
   *
   * @return the HTML file
   * @throws IOException if a file cannot be written
   */
  public Path write(ReportOverview overview) throws IOException {
    write("index.md", MarkdownOverview.of(overview, prompt -> ReportFileName.of(prompt) + ".md"));
    write("overview.json", JsonOverview.of(overview));
    return write(
        "index.html", HtmlOverview.of(overview, prompt -> ReportFileName.of(prompt) + ".html"));
  }

  private Path write(String name, String content) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name);
    Path temporary = directory.resolve("." + UUID.randomUUID() + ".tmp");
    try {
      Files.write(temporary, content.getBytes(StandardCharsets.UTF_8));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return file;
  }
}
