package io.promptmonitor.common.backtest;

import io.promptmonitor.common.backtest.Matching.Counts;
import io.promptmonitor.common.backtest.Matching.Pair;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The result of a backtest as scripts read it: everything, in a fixed order. */
public final class BacktestJson {

  private BacktestJson() {}

  /** Values for a JSON writer. */
  public static Map<String, @Nullable Object> of(BacktestResult result) {
    BacktestPlan plan = result.plan();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("from", time(plan.from()));
    json.put("to", time(plan.to()));
    json.put("compared", result.compared());
    json.put("judged_on", plan.ofExecutions() ? "executions" : "rows");
    json.put("evaluation_seconds", plan.step() / 1_000);
    json.put("rows", plan.judged().stream().map(BacktestJson::of).toList());
    Map<String, @Nullable Object> unjudged = new LinkedHashMap<>();
    result.unjudged().forEach((size, rules) -> unjudged.put(size.label(), rules));
    json.put("not_judged", unjudged);
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("alerts", of(Counts.of(result.alerts())));
    summary.put(
        "rollbacks",
        of(Counts.of(result.rollbacks().stream().filter(pair -> pair.any().switched()).toList())));
    Map<String, @Nullable Object> messages = new LinkedHashMap<>();
    result.messages().forEach((channel, counts) -> messages.put(channel, of(counts)));
    summary.put("messages", messages);
    json.put("summary", summary);
    Map<String, @Nullable Object> rules = new LinkedHashMap<>();
    new TreeMap<>(result.rules()).forEach((rule, counts) -> rules.put(rule, of(counts)));
    json.put("rules", rules);
    json.put("alerts", pairs(result.alerts(), BacktestJson::of));
    json.put("rollbacks", pairs(result.rollbacks(), BacktestJson::of));
    json.put("set_aside", result.setAside().stream().map(BacktestJson::of).toList());
    json.put("prompts", result.prompts().stream().map(BacktestJson::of).toList());
    return json;
  }

  private static Map<String, @Nullable Object> of(RowSpan span) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("window_size", span.size().label());
    json.put("from", time(span.from()));
    json.put("to", time(span.to()));
    return json;
  }

  private static Map<String, @Nullable Object> of(Counts counts) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("both", counts.both());
    json.put("only_candidate", counts.onlyCandidate());
    json.put("only_actual", counts.onlyActual());
    return json;
  }

  private static <T> List<Map<String, @Nullable Object>> pairs(
      List<Pair<T>> pairs, Function<T, Map<String, @Nullable Object>> values) {
    return pairs.stream()
        .map(
            pair -> {
              Map<String, @Nullable Object> json = new LinkedHashMap<>();
              T candidate = pair.candidate();
              T actual = pair.actual();
              json.put("candidate", candidate == null ? null : values.apply(candidate));
              json.put("actual", actual == null ? null : values.apply(actual));
              return json;
            })
        .toList();
  }

  private static Map<String, @Nullable Object> of(PastAlert alert) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("prompt_id", alert.promptId());
    json.put("prompt_version", alert.version());
    json.put("rule", alert.rule());
    json.put("severity", alert.severity());
    json.put("seen", alert.seen());
    json.put("fired_at", time(alert.firedAt()));
    json.put("ended_at", alert.endedAt() == null ? null : time(alert.endedAt()));
    return json;
  }

  private static Map<String, @Nullable Object> of(PastRollback rollback) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("prompt_id", rollback.promptId());
    json.put("kind", rollback.automatic() ? "automatic" : "manual");
    json.put("from_version", rollback.fromVersion());
    json.put("to_version", rollback.toVersion());
    json.put("status", rollback.status());
    json.put("refusal", rollback.refusal());
    json.put("rule", rollback.rule());
    json.put("reason", rollback.reason());
    json.put("outcome", rollback.outcome());
    json.put("at", time(rollback.at()));
    return json;
  }

  private static Map<String, @Nullable Object> of(SetAside set) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("prompt_id", set.promptId());
    json.put("prompt_version", set.version());
    json.put("to_version", set.toVersion());
    json.put("since", time(set.since()));
    json.put("until", time(set.until()));
    json.put("executions", set.executions());
    return json;
  }

  private static Map<String, @Nullable Object> of(PromptResult prompt) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("prompt_id", prompt.promptId());
    json.put("registered", prompt.registered());
    json.put("registry_times", prompt.timed() ? "recorded" : "by_executions");
    json.put("executions", prompt.executions());
    return json;
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
