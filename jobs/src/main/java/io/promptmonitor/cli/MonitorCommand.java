package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.monitor.MonitorSummary;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.file.FileExecutions;
import io.promptmonitor.jobs.source.file.InputFileException;
import io.promptmonitor.jobs.source.file.InputFiles;
import io.promptmonitor.jobs.source.kafka.KafkaExecutions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code promptmon monitor}: the streaming job, in this process or, under {@code flink run}, on a
 * cluster.
 */
@Command(
    name = "monitor",
    description = {
      "Turns executions into windowed metrics, in the tables window_metrics and dead_letter.",
      "Files are read to their end, in the order of their event time whatever their order here;"
          + " Kafka is read until the command is stopped, and taken up again where it stopped."
    },
    mixinStandardHelpOptions = true)
final class MonitorCommand implements Callable<Integer> {

  private static final String JOB_NAME = "prompt-monitor";
  private static final int MAX_DEFAULT_PARALLELISM = 4;

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Input input;

  @Mixin private DatabaseOption database;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The deployment's configuration (YAML). Default: docs/configuration.md says.")
  private @Nullable Path config;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description =
          "Parallel subtasks. Default: the number of processors, at most "
              + MAX_DEFAULT_PARALLELISM
              + "; on a cluster what flink run says.")
  private @Nullable Integer parallelism;

  @Option(
      names = "--no-migrate",
      description =
          "Leave the database's schema as it is (promptmon migrate brings it up to date).")
  private boolean noMigrate;

  @Option(
      names = "--fresh",
      description = "With --kafka in this process: do not continue from the last checkpoint.")
  private boolean fresh;

  @Option(
      names = "--notify",
      description =
          "Send notifications although the input is a replay of the past, which only records them.")
  private boolean notify;

  @Option(
      names = "--backfill",
      description =
          "With --input: only compute windows, of archived executions. No rule is evaluated,"
              + " nobody is told, nothing is rolled back, and rows that are there are replaced only"
              + " by rows that know as much.")
  private boolean backfill;

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean json;

  /** Where executions come from: exactly one of the two. */
  static final class Input {
    @Option(
        names = "--input",
        arity = "1..*",
        required = true,
        paramLabel = "PATH",
        description = "Files with one JSON record a line, plain or .gz, or directories of such.")
    @Nullable List<String> paths;

    @ArgGroup(exclusive = false)
    @Nullable Kafka kafka;
  }

  /** A Kafka topic. */
  static final class Kafka {
    @Option(
        names = "--kafka",
        required = true,
        paramLabel = "BROKERS",
        description = "Kafka brokers: host:port, separated by commas.")
    String brokers = "";

    @Option(
        names = "--topic",
        required = true,
        split = ",",
        paramLabel = "T",
        description = "Topics, separated by commas.")
    List<String> topics = List.of();

    @Option(
        names = "--group",
        defaultValue = "promptmon",
        paramLabel = "ID",
        description = "Consumer group. Default: ${DEFAULT-VALUE}.")
    String group = "";

    @Option(
        names = "--kafka-properties",
        paramLabel = "FILE",
        description = "Further properties of the Kafka client, for example of its authentication.")
    @Nullable Path properties;

    @Option(
        names = "--until-latest",
        description = "End at the records that are the latest at the start.")
    boolean untilLatest;
  }

  @Override
  public Integer call() throws Exception {
    if (backfill && input.kafka != null) {
      throw new ParameterException(
          spec.commandLine(), "--backfill is for --input: archives are files");
    }
    if (backfill && notify) {
      throw new ParameterException(
          spec.commandLine(), "--notify does not go with --backfill, which has nothing to tell");
    }
    DeploymentConfig deployment = readConfig();
    ExecutionSource source = source(deployment.monitor());
    StreamExecutionEnvironment given = StreamExecutionEnvironment.getExecutionEnvironment();
    boolean cluster = !(given instanceof LocalStreamEnvironment);
    if (cluster && !database.isNamed()) {
      throw new ParameterException(
          spec.commandLine(),
          "a job on a cluster needs a database server: give --db or set " + Database.URL_VARIABLE);
    }
    try (DatabaseOption.Opened opened = database.open()) {
      if (!opened.isEmbedded() && !noMigrate) {
        Migrations.apply(opened.database());
      }
      SinkOptions sinks = SinkOptions.of(opened.database());
      if (cluster) {
        submit(given, deployment, source, sinks);
      } else {
        run(deployment, source, opened, sinks);
      }
      return PromptMon.EXIT_OK;
    }
  }

  /** Under {@code flink run}: the cluster's settings hold, and the job runs without us. */
  private void submit(
      StreamExecutionEnvironment environment,
      DeploymentConfig deployment,
      ExecutionSource source,
      SinkOptions sinks)
      throws Exception {
    if (parallelism != null) {
      environment.setParallelism(parallelism);
    }
    define(environment, deployment, source, sinks);
    say("submitted job " + environment.executeAsync(JOB_NAME).getJobID());
  }

  private void define(
      StreamExecutionEnvironment environment,
      DeploymentConfig deployment,
      ExecutionSource source,
      SinkOptions sinks) {
    if (backfill) {
      MonitorJob.defineBackfill(environment, deployment, source, sinks);
    } else {
      MonitorJob.define(
          environment, deployment, source, MonitorJob.delivery(source, notify), sinks);
    }
  }

  /** In this process, to the end or until it is stopped. */
  private void run(
      DeploymentConfig deployment,
      ExecutionSource source,
      DatabaseOption.Opened opened,
      SinkOptions sinks)
      throws Exception {
    boolean endless = input.kafka != null && !input.kafka.untilLatest;
    try (LocalState state = LocalState.open(input.kafka == null ? null : input.kafka.group)) {
      StreamExecutionEnvironment environment =
          StreamExecutionEnvironment.getExecutionEnvironment(
              state.configuration(localParallelism(), fresh));
      define(environment, deployment, source, sinks);
      JobClient job = environment.executeAsync(JOB_NAME);
      state.resumedFrom().ifPresent(from -> say("continuing from " + from));
      MonitorRun run =
          new MonitorRun(job, opened, spec.commandLine().getErr(), endless ? state : null);
      print(run.await());
    }
  }

  private void say(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("promptmon: " + message);
    err.flush();
  }

  private DeploymentConfig readConfig() {
    return config == null ? DeploymentConfig.defaults() : DeploymentConfig.read(config);
  }

  private int localParallelism() {
    return parallelism != null
        ? parallelism
        : Math.min(MAX_DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
  }

  private ExecutionSource source(MonitorConfig monitorConfig) {
    EventTimeWatermarks watermarks = MonitorJob.watermarks(monitorConfig);
    IngestParser.Factory parsers =
        MonitorJob.parsers(monitorConfig, System.getenv(MonitorJob.USER_HASH_SECRET_VARIABLE));
    Kafka kafka = input.kafka;
    if (kafka == null) {
      List<String> paths = input.paths == null ? List.of() : input.paths;
      try {
        InputFiles.list(paths);
      } catch (InputFileException e) {
        throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
      }
      return FileExecutions.of(paths, parsers, watermarks);
    }
    KafkaExecutions executions =
        KafkaExecutions.ofTopics(kafka.brokers, kafka.topics, kafka.group, parsers)
            .withClientProperties(KafkaProperties.read(spec, kafka.properties));
    return (kafka.untilLatest ? executions.untilLatest() : executions).build(watermarks);
  }

  private void print(MonitorSummary summary) throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(summary.toJsonValues()));
    } else {
      out.print(summary.toText());
    }
    out.flush();
  }
}
