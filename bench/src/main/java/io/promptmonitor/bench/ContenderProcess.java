package io.promptmonitor.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a contender in a JVM of its own: every one gets the same options. */
final class ContenderProcess {

  private static final List<String> FLINK_OPTIONS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.text=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
          "-Dlog4j2.configurationFile=bench-log4j2.properties",
          "-Duser.timezone=UTC",
          "-Dfile.encoding=UTF-8");

  private final List<String> jvmOptions;
  private final Duration checkpointInterval;
  private final Path work;

  /**
   * Processes with the given options of the JVM.
   *
   * @param work directory for what the runs write
   */
  ContenderProcess(List<String> jvmOptions, Duration checkpointInterval, Path work) {
    this.checkpointInterval = checkpointInterval;
    this.jvmOptions = List.copyOf(jvmOptions);
    this.work = work;
  }

  /**
   * One run.
   *
   * @param recording where to write a flight recording, or null for none
   * @return what {@link ContenderRun} measured, by name
   * @throws IOException if the run failed
   */
  Map<String, Double> run(
      Contender contender, BenchTraffic warmUp, BenchTraffic traffic, @Nullable Path recording)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLINK_OPTIONS);
    command.addAll(jvmOptions);
    if (recording != null) {
      command.add("-XX:StartFlightRecording=settings=profile,filename=" + recording);
      command.add("-Xlog:jfr*=off");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ContenderRun.class.getName());
    command.addAll(
        List.of(contender.name(), Long.toString(checkpointInterval.toMillis()), work.toString()));
    command.addAll(List.of(warmUp.directory().toString(), Long.toString(warmUp.records())));
    command.addAll(List.of(traffic.directory().toString(), Long.toString(traffic.records())));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(new File("/dev/null"))
            .start();
    Map<String, Double> values = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ContenderRun.RESULT)) {
          int equals = line.indexOf('=');
          values.put(
              line.substring(ContenderRun.RESULT.length(), equals),
              Double.valueOf(line.substring(equals + 1)));
        }
      }
    } finally {
      process.destroy();
    }
    int exit = process.waitFor();
    if (exit != 0 || values.isEmpty()) {
      throw new IOException(contender.name() + " ended with exit code " + exit);
    }
    return values;
  }
}
