package io.promptmonitor.common.backtest;

import io.promptmonitor.common.windows.WindowSize;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * What came of the backtest of one prompt.
 *
 * @param promptId the prompt
 * @param timed see {@link PromptHistory#timed}
 * @param registered whether the prompt is in the registry
 * @param executions how many executions were judged in the time, those set aside not counted
 * @param alerts the episodes that would have fired
 * @param rollbacks what would have become of demands
 * @param messages what channels would have been told
 * @param setAside executions that would not have been
 * @param unjudged for each size of rows the rules that could not be judged on them, with the reason
 */
public record PromptResult(
    String promptId,
    boolean timed,
    boolean registered,
    long executions,
    List<PastAlert> alerts,
    List<PastRollback> rollbacks,
    List<PastMessage> messages,
    List<SetAside> setAside,
    SortedMap<WindowSize, SortedMap<String, String>> unjudged) {

  public PromptResult {
    Objects.requireNonNull(promptId, "promptId");
    alerts = List.copyOf(alerts);
    rollbacks = List.copyOf(rollbacks);
    messages = List.copyOf(messages);
    setAside = List.copyOf(setAside);
  }
}
