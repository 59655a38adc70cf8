package io.promptmonitor.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens the pages in a browser, as wide as a screen and as narrow as a telephone. */
class BrowserTest {

  private static final List<String> SECTIONS =
      List.of(
          "attention",
          "executive-summary",
          "key-metrics",
          "error-analysis",
          "calibration-status",
          "alerts-triggered",
          "recommendations",
          "versions",
          "tokens",
          "feedback",
          "specification-compliance",
          "rollbacks",
          "coverage");

  private static final List<String> CHARTS =
      List.of(
          "chart-executions",
          "chart-error-rate",
          "chart-differences",
          "chart-latency",
          "chart-error-types",
          "chart-versions");

  /** What is wider than the window and cannot be scrolled within something that is not. */
  private static final String STICKING_OUT =
      """
      [...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5
            && !e.closest('.table') && !e.closest('svg'))
        .map(e => e.outerHTML.slice(0, 80))\
      """;

  private static final String SMALLEST_TEXT_OF_CHARTS =
      """
      Math.min(...[...document.querySelectorAll('svg text')].map(e =>
        parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getBoundingClientRect().width
            / e.ownerSVGElement.viewBox.baseVal.width))\
      """;

  @Test
  void pagesAreCompleteAndReadable(@TempDir Path directory, @TempDir Path profile)
      throws IOException, InterruptedException {
    Optional<Path> executable = Chromium.executable();
    assumeTrue(
        executable.isPresent(), "this test needs Chromium: install the package chromium to run it");
    ReportFiles files = new ReportFiles(directory);
    Path incident = files.write(SampleReports.incident());
    Path halfDay = files.write(SampleReports.halfDay());
    Path empty = files.write(SampleReports.empty());
    Path index = files.write(SampleReports.overview());
    Path crowded =
        files.write(
            SampleReports.incident(
                "x".repeat(300), "y".repeat(200), "z".repeat(200), "e".repeat(200)));
    try (Chromium browser = new Chromium(executable.orElseThrow(), profile)) {
      for (int width : new int[] {1280, 400}) {
        open(browser, incident, width, "light");
        assertThat(heights(browser, "section")).containsExactlyElementsOf(SECTIONS);
        assertThat(heights(browser, "figure")).containsExactlyInAnyOrderElementsOf(CHARTS);
        assertThat(browser.evaluate(SMALLEST_TEXT_OF_CHARTS).asDouble()).isGreaterThan(10);
        open(browser, halfDay, width, "dark");
        assertThat(heights(browser, "section")).containsExactlyElementsOf(SECTIONS);
        assertThat(heights(browser, "figure")).hasSize(CHARTS.size() - 1);
        open(browser, empty, width, "light");
        assertThat(heights(browser, "section")).containsExactlyElementsOf(SECTIONS);
        assertThat(heights(browser, "figure")).isEmpty();
        open(browser, index, width, "dark");
        assertThat(heights(browser, "section")).containsExactly("attention", "prompts");
        open(browser, crowded, width, "light");
      }
    }
  }

  private static void open(Chromium browser, Path page, int width, String colourScheme)
      throws IOException, InterruptedException {
    browser.open(page, width, 900, colourScheme);
    assertThat(browser.complaints()).as("%s at %d", page, width).isEmpty();
    assertThat(browser.evaluate("innerWidth").asInt()).isEqualTo(width);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .as("%s at %d", page, width)
        .isLessThanOrEqualTo(width);
    assertThat(browser.evaluate(STICKING_OUT)).as("%s at %d", page, width).isEmpty();
    boolean isDark = colourScheme.equals("dark");
    assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo(isDark ? "rgb(17, 20, 24)" : "rgb(246, 247, 249)");
  }

  /** The ids of elements, each of which is seen: they and the charts in them have a size. */
  private static List<String> heights(Chromium browser, String element)
      throws IOException, InterruptedException {
    JsonNode found =
        browser.evaluate(
            "[..."
                + "document.querySelectorAll('"
                + element
                + "')].map(e => ({id: e.id, sizes: [e, ...e.querySelectorAll('svg, table')]"
                + ".map(x => x.getBoundingClientRect()).map(r => Math.min(r.width, r.height))}))");
    List<String> ids = new ArrayList<>();
    for (JsonNode one : found) {
      for (JsonNode size : one.get("sizes")) {
        assertThat(size.asDouble()).as("%s", one).isGreaterThan(20);
      }
      ids.add(one.get("id").asText());
    }
    return ids;
  }

  @Test
  void pagesAskForNothing() {
    String page = HtmlReport.of(SampleReports.incident());
    assertThat(page).doesNotContain("<script", "http-equiv=\"refresh\"", "@import", "url(", "src=");
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:");
  }
}
