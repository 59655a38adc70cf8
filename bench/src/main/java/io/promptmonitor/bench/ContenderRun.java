package io.promptmonitor.bench;

import com.sun.management.OperatingSystemMXBean;
import io.promptmonitor.bench.plain.PlainJob;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one contender in this JVM, first on other records until it is warm, and prints what it
 * measured, a line for each value.
 */
public final class ContenderRun {

  private ContenderRun() {}

  /**
   * Arguments: name of the contender, milliseconds between checkpoints, working directory, then
   * directory and number of records of the traffic to warm up with, and of the traffic to measure
   * with.
   */
  public static void main(String[] args) throws Exception {
    Contender contender = Contender.ofName(args[0]);
    Duration checkpointInterval = Duration.ofMillis(Long.parseLong(args[1]));
    FlinkRun flink = new FlinkRun(contender.stateBackend(), checkpointInterval, Path.of(args[2]));
    run(contender, flink, Path.of(args[3]));
    RunProbe.result(Long.parseLong(args[4]));
    System.gc();
    PeakHeap heap = PeakHeap.watch();
    long measuredFrom = System.currentTimeMillis();
    long cpuBefore = cpuNanos();
    CheckpointSizes checkpoints = run(contender, flink, Path.of(args[5]));
    long cpu = cpuNanos() - cpuBefore;
    RunResult result = RunProbe.result(Long.parseLong(args[6]));
    Map<String, Object> values = new TreeMap<>();
    values.put("measured_from_millis", measuredFrom);
    values.put("records", result.records());
    values.put("seconds", result.seconds());
    values.put("cpu_micros_per_record", cpu / 1e3 / result.records());
    values.put("rows", result.rows());
    values.put("evaluations", result.evaluations());
    values.put("mean_minute_p99", result.meanMinuteP99());
    values.put("peak_rss_bytes", PeakHeap.residentBytes());
    values.put("peak_live_heap_bytes", heap.liveBytes());
    values.put("gc_seconds", heap.collectionSeconds());
    values.put("checkpoints", checkpoints.completed());
    values.put("checkpoint_bytes", checkpoints.largestBytes());
    values.put("checkpoint_millis", checkpoints.meanMillis());
    values.forEach((name, value) -> System.out.println(RESULT + name + "=" + value));
    System.out.flush();
  }

  /** Time on a processor of all threads, the compiler's and the garbage collector's included. */
  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** What begins a line that states a value. */
  static final String RESULT = "RESULT ";

  private static CheckpointSizes run(Contender contender, FlinkRun flink, Path traffic)
      throws Exception {
    RunProbe.reset();
    var files = BenchTraffic.filesIn(traffic);
    return switch (contender.kind()) {
      case OURS -> flink.run(new OurJob(files, contender));
      case PLAIN ->
          flink.run(
              new PlainJob(
                      files, OurJob.config(contender.deduplication(), contender.slidingWindows()))
                  ::addTo);
      case BARE -> {
        new BareLoop(files, contender.slidingWindows()).run();
        yield CheckpointSizes.NONE;
      }
    };
  }
}
