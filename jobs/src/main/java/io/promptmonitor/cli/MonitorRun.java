package io.promptmonitor.cli;

import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.monitor.MonitorSummary;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.jspecify.annotations.Nullable;

/**
 * A job that runs in this process: shows its progress, and stops it in good order when the user
 * wants to.
 */
final class MonitorRun {

  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);
  private static final long STOP_TIMEOUT_SECONDS = 60;

  private final JobClient job;
  private final DatabaseOption.Opened database;
  private final PrintWriter err;
  private final @Nullable LocalState endless;
  private final long start = System.nanoTime();
  private final boolean terminal = Terminal.isInteractive();
  private final ProgressLine progress;
  private final CompletableFuture<JobExecutionResult> result;
  private volatile boolean stopping;
  private @Nullable MonitorSummary last;

  /**
   * A run.
   *
   * @param database what the job writes to: it is stopped after the job
   * @param endless where an endless job keeps its state, to be stopped with a savepoint; null for a
   *     job that ends
   */
  MonitorRun(
      JobClient job,
      DatabaseOption.Opened database,
      PrintWriter err,
      @Nullable LocalState endless) {
    this.job = job;
    this.database = database;
    this.err = err;
    this.progress = new ProgressLine(err, terminal);
    this.endless = endless;
    this.result = job.getJobExecutionResult();
  }

  /**
   * Waits for the job's end.
   *
   * @throws JobFailedException if the job failed
   */
  MonitorSummary await() throws InterruptedException {
    Runnable takeBack = database.onExit(this::stop);
    Duration shown = Duration.ZERO;
    while (true) {
      try {
        JobExecutionResult finished = result.get(1, TimeUnit.SECONDS);
        progress.clear();
        takeBack.run();
        return MonitorSummary.of(finished.getAllAccumulatorResults(), elapsed());
      } catch (TimeoutException e) {
        shown = showProgress(shown);
      } catch (ExecutionException e) {
        progress.clear();
        takeBack.run();
        if (stopping && last != null) {
          return last;
        }
        throw new JobFailedException(e.getCause());
      }
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private Duration showProgress(Duration shown) throws InterruptedException {
    Duration now = elapsed();
    if (now.compareTo(QUIET) < 0 || (!terminal && now.minus(shown).compareTo(LINE_INTERVAL) < 0)) {
      return shown;
    }
    MonitorSummary summary = current();
    if (summary == null) {
      return shown;
    }
    String line =
        String.format(
            Locale.ROOT,
            "%,d s  %,d records  %,d rows written  %,.0f records/s",
            now.toSeconds(),
            summary.records(),
            summary.count(JobMetric.WINDOW_ROWS),
            summary.throughput());
    if (terminal) {
      progress.show(line);
    } else {
      err.println(line);
      err.flush();
    }
    return now;
  }

  private @Nullable MonitorSummary current() throws InterruptedException {
    try {
      Map<String, Object> accumulators = job.getAccumulators().get(1, TimeUnit.SECONDS);
      last = MonitorSummary.of(accumulators, elapsed());
      return last;
    } catch (ExecutionException | TimeoutException e) {
      // The job is just starting, ending or restarting: there is nothing to show for a moment.
      return null;
    }
  }

  /** On Ctrl-C or SIGTERM: an endless job takes a savepoint to continue from. */
  private void stop() {
    stopping = true;
    progress.clear();
    try {
      MonitorSummary summary = current();
      if (endless != null) {
        err.println("promptmon: stopping, the next run continues from here…");
        err.flush();
        job.stopWithSavepoint(false, endless.savepoints(), SavepointFormatType.CANONICAL)
            .get(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } else {
        job.cancel().get(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      }
      if (summary != null) {
        err.print(summary.toText());
      }
      err.println("promptmon: stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      err.println("promptmon: the job could not be stopped in good order: " + e.getMessage());
    }
    err.flush();
  }
}
