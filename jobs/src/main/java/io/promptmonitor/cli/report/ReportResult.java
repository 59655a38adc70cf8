package io.promptmonitor.cli.report;

import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.report.PromptAtAGlance;
import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.jobs.batch.report.ReportEdition;
import io.promptmonitor.jobs.batch.report.ReportScope;
import io.promptmonitor.jobs.batch.report.StoredDay;
import io.promptmonitor.reports.ReportFileName;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command has to say of the reports that it made.
 *
 * @param scope which were wanted
 * @param directory where the files are
 * @param overview the prompts in the order in which they need attention
 * @param editions what was written, in any order
 */
record ReportResult(
    ReportScope scope, Path directory, ReportOverview overview, List<ReportEdition> editions) {

  static final List<Column> COLUMNS =
      TableFormat.columns(
          "prompt", "executions", "succeeded", "alerts", "rollbacks", "report", "revision");

  /** A line a prompt. */
  List<List<String>> rows() {
    Map<String, Integer> revisions = revisions();
    List<List<String>> rows = new ArrayList<>();
    for (PromptAtAGlance prompt : overview.prompts()) {
      Double rate = prompt.successRate().value();
      rows.add(
          List.of(
              VisibleText.of(prompt.promptId()),
              String.format(Locale.ROOT, "%,d", prompt.executions()),
              rate == null ? "" : String.format(Locale.ROOT, "%.2f%%", 100 * rate),
              alerts(prompt),
              prompt.rollbacks() == 0 ? "" : Long.toString(prompt.rollbacks()),
              prompt.isFinal() ? "final" : "provisional",
              String.valueOf(revisions.get(prompt.promptId()))));
    }
    return rows;
  }

  private static String alerts(PromptAtAGlance prompt) {
    List<String> counts = new ArrayList<>();
    if (prompt.criticals() > 0) {
      counts.add(prompt.criticals() + " critical");
    }
    if (prompt.warnings() > 0) {
      counts.add(prompt.warnings() + " warning");
    }
    return String.join(", ", counts);
  }

  private Map<String, Integer> revisions() {
    return editions.stream()
        .collect(Collectors.toMap(e -> e.prompt().promptId(), ReportEdition::revision));
  }

  /** Where the files are. */
  String where() {
    return editions.size() == 1
        ? htmlFile(editions.get(0).prompt().promptId()).toString()
        : directory.resolve("index.html").toString();
  }

  private Path htmlFile(String promptId) {
    return directory.resolve(ReportFileName.of(promptId) + ".html");
  }

  /** For scripts. */
  Map<String, @Nullable Object> toJson() {
    Map<String, Integer> revisions = revisions();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("date", scope.date().toString());
    json.put("as_of", scope.asOf().toString());
    json.put("directory", directory.toString());
    json.put("overview", directory.resolve("index.html").toString());
    json.put(
        "prompts",
        overview.prompts().stream()
            .map(prompt -> values(prompt, revisions.get(prompt.promptId())))
            .toList());
    return json;
  }

  private Map<String, @Nullable Object> values(PromptAtAGlance prompt, @Nullable Integer revision) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("prompt_id", prompt.promptId());
    json.put("revision", revision);
    json.put("is_final", prompt.isFinal());
    json.put("active_version", prompt.activeVersion());
    json.put("executions", prompt.executions());
    json.put("success_rate", prompt.successRate().value());
    json.put("warning_alerts", prompt.warnings());
    json.put("critical_alerts", prompt.criticals());
    json.put("rollbacks", prompt.rollbacks());
    json.put("checks_failed", prompt.checksFailed());
    json.put("checks", prompt.checks());
    String html = htmlFile(prompt.promptId()).toString();
    String name = html.substring(0, html.length() - ".html".length());
    json.put("html", html);
    json.put("markdown", name + ".md");
    json.put("json", name + ".json");
    return json;
  }

  /** That there were no executions, and when there were. */
  static String withoutData(LocalDate date, StoredDay day) {
    LocalDate first = day.firstDay();
    return "no executions are stored of "
        + date
        + (first == null
            ? ", nor of any other day"
            : "; the days of which there are some are from " + first + " to " + day.lastDay());
  }
}
