package io.promptmonitor.cli;

import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.EmbeddedDatabase;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.source.simulation.SimulatedExecutions;
import io.promptmonitor.notifications.DeliveryMode;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code promptmon demo}: the whole story, with the very commands that a user would type. */
@Command(
    name = "demo",
    description = {
      "Shows it all in one go: an hour of simulated traffic in seconds, by applications that ask the"
          + " registry which version to serve. A bad version is deployed; it raises alerts, is"
          + " rolled back automatically, recovery is watched, the incident analysed, and the day reported.",
      "Prints what happens as it happens, and each command that it runs. What it writes is in"
          + " .promptmon/ of the working directory (the tables in PROMPTMON_DB_URL, if that is"
          + " set)."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final Path FILES = Path.of(".promptmon", "demo");
  private static final String PROMPT = "billing/explain-invoice";
  private static final String GOOD = "1.0.0";
  private static final String BAD = "1.1.0";

  /** How long a minute of the scenario takes. */
  private static final Duration MINUTE = Duration.ofMillis(500);

  private static final Duration LENGTH = Duration.ofHours(1);

  /** When the bad version is deployed. */
  private static final Duration GOOD_FOR = Duration.ofMinutes(12);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String VERSIONS =
      "SELECT prompt_version AS version, min(window_start) AS first_minute,"
          + " max(window_start) AS last_minute, sum(execution_count) AS executions,"
          + " sum(failure_count) AS failures,"
          + " round(100 * sum(failure_count) / sum(execution_count), 2) AS error_pct"
          + " FROM window_metrics WHERE prompt_id = '%s' AND window_size = '1m'"
          + " GROUP BY prompt_version ORDER BY version";

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another number gives other traffic. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(FILES);
    EmbeddedDatabase embedded = keptOpen(); // So that the commands below find the server running.
    try (embedded) {
      Database database =
          embedded == null
              ? Objects.requireNonNull(Database.fromEnvironment(System.getenv()))
              : embedded.database();
      Migrations.apply(database);
      String promptId = unusedPrompt(database);
      int exit = prepare(promptId);
      return exit == PromptMon.EXIT_OK ? show(promptId, database) : exit;
    }
  }

  private @Nullable EmbeddedDatabase keptOpen() {
    if (System.getenv(Database.URL_VARIABLE) != null) {
      return null;
    }
    return EmbeddedDatabase.open(
        EmbeddedDatabase.DEFAULT_DIRECTORY, line -> print(spec.commandLine().getErr(), line));
  }

  /** Each demo has a prompt of its own: what a registry knows of a version never changes. */
  private static String unusedPrompt(Database database) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      List<String> used = registry.promptIds();
      String promptId = PROMPT;
      for (int n = 2; used.contains(promptId); n++) {
        promptId = PROMPT + "-" + n;
      }
      return promptId;
    }
  }

  private int prepare(String promptId) throws IOException {
    step("1. Two versions of a prompt come into the registry, the first one into production:");
    int exit = register(promptId, GOOD);
    if (exit == PromptMon.EXIT_OK) {
      exit = run("registry", "deploy", promptId, GOOD);
    }
    return exit == PromptMon.EXIT_OK ? register(promptId, BAD) : exit;
  }

  private int register(String promptId, String version) throws IOException {
    Path file = FILES.resolve(version + ".yaml");
    Files.writeString(
        file,
        resource("/examples/" + PROMPT + "/" + version + ".yaml")
            .replace("prompt_id: " + PROMPT, "prompt_id: " + promptId)
            .replace("status: active", "status: draft")
            .replace("status: staged", "status: draft"));
    int exit = run("registry", "register", promptId, "--file", file.toString());
    return exit == PromptMon.EXIT_OK ? run("registry", "stage", promptId, version) : exit;
  }

  private int show(String promptId, Database database) throws Exception {
    step(
        "2. Traffic, a minute every "
            + MINUTE.toMillis()
            + " ms; the job makes metrics of it and watches. Times are those of the traffic, in UTC:");
    print(spec.commandLine().getOut(), "");
    Instant start = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(LENGTH);
    try (DemoStory story = new DemoStory(database, promptId, start, spec.commandLine().getOut())) {
      String rollbackId = watch(promptId, start, database, story);
      if (rollbackId == null) {
        print(
            spec.commandLine().getErr(),
            "promptmon: no rollback within "
                + PATIENCE.toMinutes()
                + " minutes; see"
                + " promptmon rollbacks list and promptmon alerts list");
        return PromptMon.EXIT_PROBLEM;
      }
      step("3. What is known of the rollback, with the analysis of the version that failed:");
      int exit = run("rollbacks", "show", rollbackId);
      if (exit == PromptMon.EXIT_OK) {
        step("4. Both versions side by side, as SQL on the tables:");
        exit = run("sql", VERSIONS.formatted(promptId));
      }
      if (exit == PromptMon.EXIT_OK) {
        step(
            "5. The daily report of the prompt, as far as the day has gone; open it in a browser:");
        exit =
            run(
                "report",
                "--date",
                story.rollbackDay().toString(),
                "--prompt",
                promptId,
                "--out",
                FILES.resolve("reports").toString());
      }
      if (exit == PromptMon.EXIT_OK) {
        step(
            "Look further with promptmon alerts list, promptmon rollbacks list and promptmon sql;"
                + " docs/rollback.md, docs/alerts.md and docs/tables.md describe what is there.");
      }
      return exit;
    }
  }

  /**
   * Runs the job until the story is over.
   *
   * @return the rollback; null if there was none
   */
  private @Nullable String watch(String promptId, Instant start, Database database, DemoStory story)
      throws Exception {
    DeploymentConfig config = DeploymentConfig.defaults();
    String scenario =
        resource("/io/promptmonitor/common/simulation/rollback.yaml")
            .replace("2026-01-05T10:00:00Z", start.toString())
            .replace("id: " + PROMPT + "\n", "id: " + promptId + "\n")
            .replace("prompt: " + PROMPT + ",", "prompt: " + promptId + ",")
            .replace("from: 15m", "from: 59m");
    try (LocalState state = LocalState.open(null)) {
      StreamExecutionEnvironment environment =
          StreamExecutionEnvironment.getExecutionEnvironment(state.configuration(1, true));
      environment.setBufferTimeout(10); // A second is four minutes here.
      MonitorJob.define(
          environment,
          config,
          SimulatedExecutions.of(
              scenario,
              promptId,
              seed,
              MINUTE,
              database,
              MonitorJob.parsers(config.monitor(), null),
              MonitorJob.watermarks(config.monitor())),
          EscalationClock.EVENT_TIME,
          DeliveryMode.REPLAY,
          SinkOptions.of(database));
      JobClient job = environment.executeAsync("prompt-monitor-demo");
      try {
        return follow(promptId, start, job, story);
      } finally {
        job.cancel().join();
      }
    }
  }

  private @Nullable String follow(String promptId, Instant start, JobClient job, DemoStory story)
      throws Exception {
    boolean deployed = false;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      story.tell();
      if (!deployed && story.now().isAfter(start.plus(GOOD_FOR))) {
        deployed = true;
        print(spec.commandLine().getOut(), "");
        if (run("registry", "deploy", promptId, BAD) != PromptMon.EXIT_OK) {
          return null;
        }
        print(spec.commandLine().getOut(), "");
      }
      if (story.isOver()) {
        return story.rollbackId();
      }
      if (job.getJobStatus().join().isGloballyTerminalState()) {
        job.getJobExecutionResult().join(); // Throws what went wrong.
      }
      Thread.sleep(50);
    }
    return null;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = DemoCommand.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void step(String text) {
    print(spec.commandLine().getOut(), System.lineSeparator() + text);
  }

  private static void print(PrintWriter writer, String line) {
    writer.println(line);
    writer.flush();
  }

  /** Shows a command as it would be typed, and runs it. */
  private int run(String... arguments) {
    print(
        spec.commandLine().getOut(),
        Arrays.stream(arguments)
            .map(argument -> argument.contains(" ") ? '"' + argument + '"' : argument)
            .collect(Collectors.joining(" ", "$ promptmon ", "")));
    CommandLine root = PromptMon.commandLine();
    root.setOut(spec.commandLine().getOut());
    root.setErr(spec.commandLine().getErr());
    return root.execute(arguments);
  }
}
