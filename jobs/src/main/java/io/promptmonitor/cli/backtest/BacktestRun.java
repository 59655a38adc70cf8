package io.promptmonitor.cli.backtest;

import io.promptmonitor.common.backtest.Arrival;
import io.promptmonitor.common.backtest.BacktestPlan;
import io.promptmonitor.common.backtest.PromptBacktest;
import io.promptmonitor.common.backtest.PromptHistory;
import io.promptmonitor.common.backtest.PromptResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the prompts of a backtest in several threads, each with a source of its own. */
final class BacktestRun {

  private BacktestRun() {}

  /** Where the executions of prompts come from; for one thread. */
  interface Source extends AutoCloseable {

    /** What history holds of a prompt's executions. */
    List<? extends Arrival> of(String promptId) throws SQLException;

    @Override
    void close() throws SQLException;
  }

  /** Opens a source. */
  interface Opener {
    Source open() throws SQLException;
  }

  /** Runs the prompts; the order of the results depends on chance. */
  static Collection<PromptResult> run(
      BacktestPlan plan, List<PromptHistory> histories, int threads, Opener opener)
      throws Exception {
    Queue<PromptHistory> left = new ConcurrentLinkedQueue<>(histories);
    Queue<PromptResult> results = new ConcurrentLinkedQueue<>();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(
            executor.submit(
                () -> {
                  try (Source source = opener.open()) {
                    for (PromptHistory next = left.poll(); next != null; next = left.poll()) {
                      results.add(PromptBacktest.run(plan, next, source.of(next.promptId())));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
      return results;
    } catch (ExecutionException e) {
      left.clear();
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      executor.shutdownNow();
    }
  }
}
