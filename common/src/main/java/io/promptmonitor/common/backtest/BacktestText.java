package io.promptmonitor.common.backtest;

import io.promptmonitor.common.backtest.Matching.Counts;
import io.promptmonitor.common.backtest.Matching.Pair;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The result of a backtest as people read it. */
public final class BacktestText {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String INDENT = "  ";

  private final BacktestResult result;
  private final int most;
  private final List<String> lines = new ArrayList<>();

  private BacktestText(BacktestResult result, int most) {
    this.result = result;
    this.most = most;
  }

  /**
   * The lines.
   *
   * @param most how many alerts, and how many of anything else, are listed at most
   */
  public static List<String> of(BacktestResult result, int most) {
    BacktestText text = new BacktestText(result, most);
    text.write();
    return text.lines;
  }

  private void write() {
    BacktestPlan plan = result.plan();
    lines.add(
        "Backtest from "
            + time(plan.from())
            + " to "
            + time(plan.to())
            + " (UTC): "
            + count(result.prompts().size(), "prompt")
            + ", "
            + count(result.executions(), "execution"));
    input();
    lines.add("");
    summary();
    rules();
    rollbacks();
    alerts();
    counterfactual();
  }

  private void input() {
    BacktestPlan plan = result.plan();
    if (plan.ofExecutions()) {
      lines.add(
          "Judged on executions, every " + duration(plan.step()) + ", as the streaming job does.");
    }
    for (RowSpan span : plan.judged()) {
      lines.add(
          "Judged on stored rows of "
              + span.size().label()
              + (plan.judged().size() == 1
                  ? ""
                  : " from " + time(Math.max(span.from(), plan.from())))
              + ": rules are evaluated when a row ends, on windows of whole rows.");
    }
    result
        .unjudged()
        .forEach(
            (size, rules) -> {
              SortedMap<String, List<String>> byReason = new TreeMap<>();
              rules.forEach(
                  (rule, reason) ->
                      byReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(rule));
              lines.add("Cannot be judged from rows of " + size.label() + ":");
              byReason.forEach(
                  (reason, names) -> lines.add(INDENT + String.join(", ", names) + ": " + reason));
            });
    List<String> untimed =
        result.prompts().stream()
            .filter(prompt -> !prompt.timed() && prompt.registered())
            .map(PromptResult::promptId)
            .toList();
    if (!untimed.isEmpty()) {
      lines.add(
          "The registry's times are not those of the executions of "
              + some(untimed)
              + ": a version counts as deployed when its executions begin.");
    }
    List<String> unregistered =
        result.prompts().stream()
            .filter(prompt -> !prompt.registered())
            .map(PromptResult::promptId)
            .toList();
    if (!unregistered.isEmpty()) {
      lines.add("Not in the registry, and so never rolled back: " + some(unregistered) + ".");
    }
    if (!result.compared()) {
      lines.add("What did happen is not known: there is nothing to compare with.");
    }
  }

  private static String some(List<String> names) {
    int shown = Math.min(3, names.size());
    String text = String.join(", ", names.subList(0, shown));
    return names.size() == shown ? text : text + " and " + (names.size() - shown) + " more";
  }

  private void summary() {
    List<String[]> rows = new ArrayList<>();
    rows.add(header(""));
    rows.add(row("alerts", Counts.of(result.alerts())));
    rows.add(
        row(
            "rollbacks",
            Counts.of(result.rollbacks().stream().filter(pair -> pair.any().switched()).toList())));
    rows.add(
        row(
            "demands that led to no rollback",
            Counts.of(
                result.rollbacks().stream().filter(pair -> !pair.any().switched()).toList())));
    for (Map.Entry<String, Counts> channel : result.messages().entrySet()) {
      rows.add(row("messages to " + channel.getKey(), channel.getValue()));
    }
    table(rows);
  }

  private void rules() {
    if (result.alerts().isEmpty()) {
      return;
    }
    lines.add("");
    List<String[]> rows = new ArrayList<>();
    rows.add(header("Alerts by rule"));
    result.rules().forEach((rule, counts) -> rows.add(row(rule, counts)));
    table(rows);
  }

  private String[] header(String what) {
    return result.compared()
        ? new String[] {what, "both", "only candidate", "only actual"}
        : new String[] {what, "candidate"};
  }

  private String[] row(String what, Counts counts) {
    return result.compared()
        ? new String[] {
          what,
          Long.toString(counts.both()),
          Long.toString(counts.onlyCandidate()),
          Long.toString(counts.onlyActual())
        }
        : new String[] {what, Long.toString(counts.onlyCandidate())};
  }

  /** Columns side by side, the first to the left, the others to the right. */
  private void table(List<String[]> rows) {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? row[i] + padding : INDENT + padding + row[i]);
      }
      lines.add(line.toString().stripTrailing());
    }
  }

  private void rollbacks() {
    if (result.rollbacks().isEmpty()) {
      return;
    }
    section("Rollbacks");
    int shown = 0;
    for (Pair<PastRollback> pair : result.rollbacks()) {
      if (shown++ == most) {
        more(result.rollbacks().size());
        break;
      }
      PastRollback rollback = pair.any();
      PastRollback actual = pair.actual();
      lines.add(
          mark(pair)
              + time(rollback.at())
              + INDENT
              + rollback.promptId()
              + INDENT
              + rollback.fromVersion()
              + (rollback.toVersion() == null ? "" : " → " + rollback.toVersion())
              + INDENT
              + (rollback.switched() ? "rolled back" : rollback.status().replace('_', ' '))
              + (rollback.refusal() == null ? "" : ", " + rollback.refusal().replace('_', ' '))
              + (rollback.automatic() ? "" : ", by an operator")
              + difference(
                  pair.candidate() != null, actual == null ? null : actual.at(), rollback));
      String because = because(rollback);
      if (because != null) {
        lines.add(INDENT.repeat(2) + because);
      }
      if (pair.candidate() != null && rollback.switched()) {
        lines.add(
            INDENT.repeat(2)
                + "afterwards: "
                + (rollback.outcome() == null || rollback.outcome().equals("no_data")
                    ? "history has too little of "
                        + rollback.toVersion()
                        + " to say whether it would have helped"
                    : rollback.outcome().replace('_', ' ')));
      }
    }
  }

  private static String difference(boolean would, @Nullable Long actual, PastRollback rollback) {
    return would && actual != null ? difference(rollback.at(), actual) : "";
  }

  private static @Nullable String because(PastRollback rollback) {
    String reason = rollback.reason();
    if (rollback.rule() == null || reason == null) {
      return reason;
    }
    return reason.contains(rollback.rule()) ? reason : rollback.rule() + ": " + reason;
  }

  private void alerts() {
    if (result.alerts().isEmpty()) {
      return;
    }
    section("Alerts");
    int shown = 0;
    for (Pair<PastAlert> pair : result.alerts()) {
      if (shown++ == most) {
        more(result.alerts().size());
        break;
      }
      PastAlert alert = pair.any();
      PastAlert actual = pair.actual();
      Long ended = alert.endedAt();
      lines.add(
          mark(pair)
              + time(alert.firedAt())
              + INDENT
              + alert.promptId()
              + "@"
              + alert.version()
              + INDENT
              + alert.rule()
              + " ("
              + alert.severity()
              + ")"
              + (alert.seen() == null ? "" : ": " + alert.seen())
              + (ended == null ? ", not ended" : ", for " + duration(ended - alert.firedAt()))
              + (pair.candidate() == null || actual == null
                  ? ""
                  : difference(alert.firedAt(), actual.firedAt())));
    }
  }

  private void section(String title) {
    lines.add("");
    lines.add(
        title
            + (result.compared() ? " (= both, + only the candidate, - only what did happen)" : ""));
  }

  private void more(int all) {
    lines.add(INDENT + "… and " + (all - most) + " more: --limit lists more, --json all");
  }

  private String mark(Pair<?> pair) {
    if (!result.compared()) {
      return INDENT;
    }
    return pair.actual() == null ? "+ " : pair.candidate() == null ? "- " : "= ";
  }

  private static String difference(long candidate, long actual) {
    long apart = candidate - actual;
    return apart == 0
        ? ", when it did"
        : ", "
            + duration(Math.abs(apart))
            + (apart < 0 ? " earlier than it did" : " later than it did");
  }

  private void counterfactual() {
    if (result.setAside().isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("What history cannot show");
    int shown = 0;
    for (SetAside set : result.setAside()) {
      if (shown++ == most) {
        more(result.setAside().size());
        break;
      }
      lines.add(
          INDENT
              + set.promptId()
              + "@"
              + set.version()
              + " would have been rolled back at "
              + time(set.since())
              + ": "
              + count(set.executions(), "execution")
              + " of it up to "
              + time(set.until())
              + (set.executions() == 1 ? " is" : " are")
              + " set aside; what "
              + set.toVersion()
              + " would have made of them is not known");
    }
  }

  private static String count(long n, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", n, what, n == 1 ? "" : "s");
  }

  private static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  /** Hours, minutes and seconds, without those that are 0: {@code 1h 5m}. */
  private static String duration(long millis) {
    long seconds = millis / 1_000;
    List<String> parts = new ArrayList<>();
    long[] units = {86_400, 3_600, 60, 1};
    String[] names = {"d", "h", "m", "s"};
    for (int i = 0; i < units.length; i++) {
      if (seconds / units[i] > 0) {
        parts.add(seconds / units[i] + names[i]);
        seconds %= units[i];
      }
    }
    return parts.isEmpty() ? millis + "ms" : String.join(" ", parts);
  }
}
