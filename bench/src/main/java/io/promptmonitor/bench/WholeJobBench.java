package io.promptmonitor.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures whole jobs side by side: our topology, a plain Flink job, and a bare loop, on the same
 * records and each in a JVM of its own, one after another.
 */
@Command(
    name = "whole-job",
    mixinStandardHelpOptions = true,
    description = "Measures records/s and peak memory of whole jobs side by side.")
public final class WholeJobBench implements Callable<Integer> {

  @Option(
      names = "--records",
      description =
          "Records of a run; the slow ones of the plain Flink job get the first third or tenth."
              + " Default: ${DEFAULT-VALUE}")
  private long records = 2_000_000;

  @Option(
      names = "--warm-up",
      description =
          "Records to warm up with before, in the same JVM; in proportion fewer for the slow ones."
              + " Default: ${DEFAULT-VALUE}")
  private long warmUp = 1_500_000;

  @Option(names = "--runs", description = "Runs of each contender. Default: ${DEFAULT-VALUE}")
  private int runs = 3;

  @Option(
      names = "--shapes",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES}. Default: both")
  private List<TrafficShape> shapes = List.of(TrafficShape.values());

  @Option(names = "--contenders", split = ",", description = "Their names. Default: all")
  private List<String> contenders = Contender.ALL.stream().map(Contender::name).toList();

  @Option(
      names = "--jvm-options",
      split = " ",
      description = "Of each contender's JVM. Default: ${DEFAULT-VALUE}")
  private List<String> jvmOptions = List.of("-Xmx6g", "-XX:+UseParallelGC");

  @Option(
      names = "--checkpoint-seconds",
      description = "Time between checkpoints. Default: ${DEFAULT-VALUE}")
  private int checkpointSeconds = 5;

  @Option(
      names = "--profile",
      description = "Takes a flight recording of the last run and lists the hot methods.")
  private boolean profile;

  @Option(names = "--directory", description = "For records and results. Default: ${DEFAULT-VALUE}")
  private Path directory = Path.of("target", "bench");

  /** Runs the benchmark. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new WholeJobBench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Contender> chosen = contenders.stream().map(Contender::ofName).toList();
    Files.createDirectories(directory);
    ContenderProcess processes =
        new ContenderProcess(
            jvmOptions, Duration.ofSeconds(checkpointSeconds), directory.resolve("work"));
    Measurements measurements = new Measurements();
    for (TrafficShape shape : shapes) {
      System.err.println(shape.label() + ": records");
      BenchTraffic all = BenchTraffic.obtain(directory, shape, records);
      System.err.printf(
          Locale.ROOT, "%,d records, %d bytes each%n", records, all.bytes() / records);
      // Runs of all contenders take turns, so that a change of the machine's load hits them alike.
      for (int run = 1; run <= runs; run++) {
        for (Contender contender : chosen) {
          int divisor = contender.divisor();
          Path recording = directory.resolve(shape.label() + "-" + contender.name() + ".jfr");
          boolean recorded = profile && run == runs;
          Map<String, Double> values =
              processes.run(
                  contender,
                  all.first(warmUp / ((long) divisor * divisor)),
                  all.first(records / divisor),
                  recorded ? recording : null);
          measurements.add(shape, contender, values);
          report(shape, contender, run, values);
          if (recorded) {
            Instant from =
                Instant.ofEpochMilli(values.getOrDefault("measured_from_millis", 0.0).longValue());
            System.out.println(HotMethods.of(recording, from).toText());
          }
        }
      }
    }
    String table = measurements.toMarkdown();
    System.out.println(table);
    Files.writeString(directory.resolve("whole-job.md"), table, StandardCharsets.UTF_8);
    measurements.writeJson(directory.resolve("whole-job.json"), jvmOptions);
    return 0;
  }

  private static void report(
      TrafficShape shape, Contender contender, int run, Map<String, Double> values) {
    System.err.printf(
        Locale.ROOT,
        "%s, %s, run %d: %,.0f records/s %s%n",
        shape.label(),
        contender.name(),
        run,
        Measurements.throughput(values),
        values);
  }
}
