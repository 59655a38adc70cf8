package io.promptmonitor.cluster;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.TestRecords;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.UnboundedSource;
import java.time.Duration;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;

/** Executions of a few prompts as long as a job runs, for jobs that start with parallelism 2. */
final class EndlessExecutions {

  /** How many executions there are in a second; each is a second of event time after the last. */
  private static final int RATE = 400;

  /** The numbers are cut into as many parts as there are readers at the start. */
  private static final long PART = 1L << 40;

  private static final int PARTS = 2;

  private EndlessExecutions() {}

  /** Executions of {@code prompt-0} to {@code prompt-4} in version 1.0.0, all scored with 6.5. */
  static ExecutionSource source() {
    return new ExecutionSource(
        new UnboundedSource<>(
            new DataGeneratorSource<>(
                EndlessExecutions::execution,
                PARTS * PART,
                RateLimiterStrategy.perSecond(RATE),
                RecordTypeInfo.INGESTED)),
        MonitorJob.watermarks(MonitorConfig.defaults()),
        "executions",
        "executions");
  }

  private static Ingested execution(long number) {
    long time = Duration.ofDays(20_000).toMillis() + number % PART * 1_000;
    return TestRecords.ingested(
        "generated",
        new Execution(
            number,
            new PromptVersionId("prompt-" + number % 5, "1.0.0"),
            time,
            100,
            10,
            20,
            true,
            null,
            Execution.NO_FEEDBACK,
            6_500_000,
            Execution.NO_HASH,
            Execution.NO_HASH,
            Execution.NO_HASH,
            null,
            null));
  }
}
