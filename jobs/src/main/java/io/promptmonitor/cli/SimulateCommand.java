package io.promptmonitor.cli;

import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import io.promptmonitor.database.Database;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code promptmon simulate}: writes the execution records of a scenario. */
@Command(
    name = "simulate",
    description = {
      "Writes execution records and feedback events of a scenario as JSON lines; the same scenario"
          + " and seed give the same bytes. The truth about them goes to standard error.",
      "With --kafka it sends them to a topic, each when it arrives: the scenario begins now, unless"
          + " --start says otherwise, and what should have arrived before now is sent at once.",
      "docs/simulator.md explains scenarios."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {

  private static final String STANDARD_OUTPUT = "-";
  private static final int BUFFER_BYTES = 1 << 16;

  /** So many records are written between two looks at the clock. */
  private static final int RECORDS_PER_LOOK = 4_096;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scenario",
      paramLabel = "F",
      description =
          "A scenario file, or one that is built in: steady (default), incident, rollback, week.")
  private @Nullable String scenario;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another number gives other traffic. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = STANDARD_OUTPUT,
      description =
          "Where to write; compressed if the name ends in .gz. Default: standard output (-).")
  private String out;

  @Option(
      names = "--start",
      paramLabel = "T",
      description =
          "When the scenario begins, for example 2026-01-05T08:00:00Z. Default: as it says; with"
              + " --kafka, now.")
  private @Nullable String start;

  @Option(
      names = "--duration",
      paramLabel = "D",
      description = "How long it lasts, for example 30m or 7d.")
  private @Nullable String duration;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      description = "Replace its prompts by N generated ones with the same traffic in total.")
  private @Nullable Integer prompts;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Executions per minute of all prompts together, the mean over a day.")
  private @Nullable Double rate;

  @ArgGroup(exclusive = false)
  private @Nullable Kafka kafka;

  @Mixin private DatabaseOption database;

  /** A topic that the records go to. */
  static final class Kafka {
    @Option(
        names = "--kafka",
        required = true,
        paramLabel = "BROKERS",
        description = "Send to Kafka brokers: host:port, separated by commas.")
    String brokers = "";

    @Option(names = "--topic", required = true, paramLabel = "T", description = "The topic.")
    String topic = "";

    @Option(
        names = "--kafka-properties",
        paramLabel = "FILE",
        description = "Further properties of the Kafka client, for example of its authentication.")
    @Nullable Path properties;

    @Option(
        names = "--ask-registry",
        description =
            "Serve the versions that are active in the registry of --db at the time, of prompts"
                + " and versions that the scenario has; of others, what the scenario says.")
    boolean askRegistry;
  }

  @Override
  public Integer call() throws IOException {
    if (kafka != null && !out.equals(STANDARD_OUTPUT)) {
      throw new ParameterException(
          spec.commandLine(), "records go to --out or to --kafka, not to both");
    }
    Scenario chosen = chosenScenario();
    return kafka == null ? write(chosen) : send(chosen, kafka);
  }

  private int send(Scenario chosen, Kafka to) {
    if (!to.askRegistry) {
      return send(chosen, to, new Simulation(chosen, seed));
    }
    if (!database.isNamed()) {
      throw new ParameterException(
          spec.commandLine(),
          "--ask-registry needs a database server: give --db or set " + Database.URL_VARIABLE);
    }
    try (DatabaseOption.Opened opened = database.open();
        ServedByRegistry served = new ServedByRegistry(opened.database())) {
      return send(chosen, to, new Simulation(chosen, seed, served));
    }
  }

  private int send(Scenario chosen, Kafka to, Simulation simulation) {
    PrintWriter err = spec.commandLine().getErr();
    SentSoFar sent = new SentSoFar(err, simulation, Terminal.isInteractive());
    Map<String, String> properties = KafkaProperties.read(spec, to.properties);
    try (StopOnExit stop = new StopOnExit()) {
      try (TopicTraffic traffic =
          new TopicTraffic(to.brokers, to.topic, properties, TopicTraffic::byTheClock)) {
        traffic.send(simulation, sent);
        sent.end();
        err.print(SimulationText.of(chosen, seed, simulation.summary()));
      } catch (InterruptedException e) {
        sent.end();
        err.printf(Locale.ROOT, "promptmon: stopped after %,d records%n", sent.records);
      }
      err.flush();
    }
    return PromptMon.EXIT_OK;
  }

  private int write(Scenario chosen) throws IOException {
    Simulation simulation = new Simulation(chosen, seed);
    PrintWriter err = spec.commandLine().getErr();
    try (OutputStream output = open()) {
      write(simulation, chosen, output, new ProgressLine(err, Terminal.isInteractive()));
    } catch (ReaderGoneException e) {
      return PromptMon.EXIT_OK; // as in `simulate | head`
    }
    err.print(SimulationText.of(chosen, seed, simulation.summary()));
    err.flush();
    return PromptMon.EXIT_OK;
  }

  private static void write(
      Simulation simulation, Scenario chosen, OutputStream output, ProgressLine progress)
      throws IOException {
    long begin = chosen.start().toEpochMilli();
    long length = chosen.duration().toMillis();
    long records = 0;
    for (SimulatedRecord r = simulation.next(); r != null; r = simulation.next()) {
      output.write(r.json());
      output.write('\n');
      if (++records % RECORDS_PER_LOOK == 0) {
        long done = 100 * Math.max(0, simulation.progress() - begin) / length;
        progress.show(String.format(Locale.ROOT, "%,d records, %d %%", records, done));
      }
    }
    output.flush();
    progress.clear();
  }

  private Scenario chosenScenario() {
    try {
      Scenario result = readScenario();
      if (start != null) {
        result = result.withStart(instant(start));
      } else if (kafka != null) {
        result = result.withStart(Instant.now().truncatedTo(ChronoUnit.MILLIS));
      }
      if (duration != null) {
        result = result.withDuration(DurationText.parse(duration));
      }
      if (prompts != null) {
        result = result.withPrompts(prompts);
      }
      if (rate != null) {
        result = result.withRatePerMinute(rate);
      }
      return result;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Scenario readScenario() {
    if (scenario == null) {
      return Scenario.builtIn(Scenario.builtInNames().get(0));
    }
    Path file = Path.of(scenario);
    return Scenario.builtInNames().contains(scenario) && !Files.exists(file)
        ? Scenario.builtIn(scenario)
        : Scenario.read(file);
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "--start: expected a time such as 2026-01-05T08:00:00Z, found \"" + text + "\"", e);
    }
  }

  private OutputStream open() throws IOException {
    if (out.equals(STANDARD_OUTPUT)) {
      return new BufferedOutputStream(new StandardOutput(System.out), BUFFER_BYTES);
    }
    Path file = Path.of(out);
    OutputStream bytes;
    try {
      bytes = Files.newOutputStream(file);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot write " + file + ": " + e.getClass().getSimpleName(), e);
    }
    return out.endsWith(".gz")
        ? new FastGzip(bytes)
        : new BufferedOutputStream(bytes, BUFFER_BYTES);
  }

  /** Tells how far the sending is: on a terminal all the time, else every minute. */
  private static final class SentSoFar implements LongConsumer {
    private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    private final PrintWriter err;
    private final Simulation simulation;
    private final boolean interactive;
    private final ProgressLine line;
    private long told = System.nanoTime();
    private long records;

    private SentSoFar(PrintWriter err, Simulation simulation, boolean interactive) {
      this.err = err;
      this.simulation = simulation;
      this.interactive = interactive;
      this.line = new ProgressLine(err, interactive);
    }

    @Override
    public void accept(long count) {
      records = count;
      if (interactive) {
        line.show(text());
      } else if (System.nanoTime() - told >= EVERY_NANOS) {
        told = System.nanoTime();
        err.println(text());
        err.flush();
      }
    }

    private String text() {
      Instant until = Instant.ofEpochMilli(simulation.progress()).truncatedTo(ChronoUnit.SECONDS);
      return String.format(Locale.ROOT, "%,d records sent, until %s", records, until);
    }

    private void end() {
      line.clear();
    }
  }

  /** Interrupts this thread when the user ends the program, and waits for what it still does. */
  private static final class StopOnExit implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private StopOnExit() {
      Thread sending = Thread.currentThread();
      hook =
          new Thread(
              () -> {
                sending.interrupt();
                try {
                  if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    return; // The program ends anyway.
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "on-exit");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      ended.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The program is ending already, which is what the hook is for.
        return;
      }
    }
  }

  /** Compresses for speed: the simulator is faster than the usual compression. */
  private static final class FastGzip extends GZIPOutputStream {
    private FastGzip(OutputStream bytes) throws IOException {
      super(bytes, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /** Nobody reads standard output any more. */
  private static final class ReaderGoneException extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Standard output, which is left open, and whose errors are not swallowed. */
  private static final class StandardOutput extends FilterOutputStream {
    private final PrintStream stream;

    private StandardOutput(PrintStream stream) {
      super(stream);
      this.stream = stream;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      stream.write(bytes, offset, length);
      if (stream.checkError()) {
        throw new ReaderGoneException();
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
