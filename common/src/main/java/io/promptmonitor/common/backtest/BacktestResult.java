package io.promptmonitor.common.backtest;

import io.promptmonitor.common.backtest.Matching.Counts;
import io.promptmonitor.common.backtest.Matching.Pair;
import io.promptmonitor.common.windows.WindowSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a backtest found, of all prompts: the same, whatever the order in which they were run.
 *
 * <p>An alert fired both ways if the same rule fired for the same version, and one episode began
 * within the plan's tolerance of the other, or while it was firing. Rollbacks are the same if they
 * are of the same version, and less than a day apart.
 */
public final class BacktestResult {

  private static final long SAME_ROLLBACK = WindowSize.ONE_DAY.millis();

  private final BacktestPlan plan;
  private final boolean compared;
  private final List<PromptResult> prompts;
  private final List<Pair<PastAlert>> alerts = new ArrayList<>();
  private final List<Pair<PastRollback>> rollbacks = new ArrayList<>();
  private final SortedMap<String, Counts> messages = new TreeMap<>();

  /**
   * Puts the results of prompts together.
   *
   * @param actual what did happen, for each prompt; null if that is not known
   */
  public BacktestResult(
      BacktestPlan plan,
      Collection<PromptResult> results,
      @Nullable Function<String, Actual> actual) {
    this.plan = plan;
    this.compared = actual != null;
    this.prompts = results.stream().sorted(Comparator.comparing(PromptResult::promptId)).toList();
    for (PromptResult prompt : prompts) {
      Actual happened = actual == null ? Actual.nothing() : actual.apply(prompt.promptId());
      alerts.addAll(Matching.of(prompt.alerts(), happened.alerts(), this::isSame, PastAlert.ORDER));
      rollbacks.addAll(
          Matching.of(
              prompt.rollbacks(),
              happened.rollbacks(),
              BacktestResult::isSame,
              PastRollback.ORDER));
      compareMessages(prompt.messages(), happened.messages());
    }
    alerts.sort(Comparator.comparing(Pair<PastAlert>::any, PastAlert.ORDER));
    rollbacks.sort(Comparator.comparing(Pair<PastRollback>::any, PastRollback.ORDER));
  }

  private boolean isSame(PastAlert candidate, PastAlert actual) {
    if (!candidate.isOfSameRule(actual)) {
      return false;
    }
    long tolerance = plan.tolerance();
    return Math.abs(candidate.firedAt() - actual.firedAt()) <= tolerance
        || (candidate.firedAt() <= end(actual) && actual.firedAt() <= end(candidate));
  }

  private static long end(PastAlert alert) {
    Long ended = alert.endedAt();
    return ended == null ? Long.MAX_VALUE : ended;
  }

  private static boolean isSame(PastRollback candidate, PastRollback actual) {
    return candidate.isOfSameVersion(actual)
        && Math.abs(candidate.at() - actual.at()) < SAME_ROLLBACK;
  }

  private void compareMessages(List<PastMessage> candidates, List<PastMessage> actuals) {
    Map<PastMessage, long[]> counts = new HashMap<>();
    candidates.forEach(message -> counts.computeIfAbsent(message, m -> new long[2])[0]++);
    actuals.forEach(message -> counts.computeIfAbsent(message, m -> new long[2])[1]++);
    counts.forEach(
        (message, count) -> {
          long both = Math.min(count[0], count[1]);
          messages.merge(
              message.channel(), new Counts(both, count[0] - both, count[1] - both), Counts::plus);
        });
  }

  BacktestPlan plan() {
    return plan;
  }

  /** Whether it is known what did happen. */
  boolean compared() {
    return compared;
  }

  /** The prompts, by their ids. */
  public List<PromptResult> prompts() {
    return prompts;
  }

  List<Pair<PastAlert>> alerts() {
    return alerts;
  }

  List<Pair<PastRollback>> rollbacks() {
    return rollbacks;
  }

  /** For each channel how many messages. */
  SortedMap<String, Counts> messages() {
    return messages;
  }

  /** For each rule how many episodes. */
  SortedMap<String, Counts> rules() {
    SortedMap<String, List<Pair<PastAlert>>> byRule = new TreeMap<>();
    alerts.forEach(
        pair -> byRule.computeIfAbsent(pair.any().rule(), rule -> new ArrayList<>()).add(pair));
    SortedMap<String, Counts> counts = new TreeMap<>();
    byRule.forEach((rule, pairs) -> counts.put(rule, Counts.of(pairs)));
    return counts;
  }

  /** Of each size of rows the rules that could not be judged of any prompt, with the reason. */
  SortedMap<WindowSize, SortedMap<String, String>> unjudged() {
    SortedMap<WindowSize, SortedMap<String, String>> all = new TreeMap<>();
    for (PromptResult prompt : prompts) {
      prompt
          .unjudged()
          .forEach((size, rules) -> all.computeIfAbsent(size, s -> new TreeMap<>()).putAll(rules));
    }
    return all;
  }

  List<SetAside> setAside() {
    return prompts.stream()
        .flatMap(prompt -> prompt.setAside().stream())
        .sorted(
            Comparator.comparingLong(SetAside::since)
                .thenComparing(SetAside::promptId)
                .thenComparing(SetAside::version))
        .toList();
  }

  long executions() {
    return prompts.stream().mapToLong(PromptResult::executions).sum();
  }
}
