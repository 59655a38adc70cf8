package io.promptmonitor.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A standalone Flink cluster of processes: a JobManager, TaskManagers, and the command line. Its
 * {@code lib} is that of a Flink distribution: what is not there, the job's jar has to bring.
 */
final class StandaloneCluster implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(3);
  private static final Pattern JOB_ID = Pattern.compile("submitted job ([0-9a-f]{32})");
  private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");

  /** The jars of Flink's distribution, and what they need; the connector is no part of it. */
  private static final Pattern DISTRIBUTION =
      Pattern.compile(
          "(flink-(?!connector-kafka)|log4j-|slf4j-|frocksdbjni-|commons-(cli|collections|compress|io|lang3|math3|text)-"
              + "|kryo-|minlog-|objenesis-|reflectasm-|javassist-|snakeyaml-engine-|snappy-java-|lz4-java-|zstd-jni-"
              + "|RoaringBitmap-|async-profiler-|jsr305-).*\\.jar");

  /** The options that Flink's default configuration gives its JVMs (env.java.opts.all). */
  private static final List<String> JVM_OPTIONS =
      Stream.of(
              "java.lang",
              "java.lang.reflect",
              "java.net",
              "java.io",
              "java.nio",
              "java.text",
              "java.time",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "java.util.concurrent.locks")
          .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
          .toList();

  private final Path directory;
  private final Path conf;
  private final String classPath;
  private final int restPort;
  private final Map<String, String> environment;
  private final Configuration memory = new Configuration();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final JvmProcess jobManager;
  private final List<JvmProcess> taskManagers = new ArrayList<>();
  private int taskManagersStarted;
  private int commands;

  /**
   * Starts a JobManager.
   *
   * @param directory of configuration, logs, checkpoints and savepoints
   * @param jars with Flink's jars among others
   * @param slots of each TaskManager
   * @param environment variables of TaskManagers and of the command line
   */
  StandaloneCluster(Path directory, Path jars, int slots, Map<String, String> environment)
      throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    this.conf = Files.createDirectories(this.directory.resolve("conf"));
    this.environment = environment;
    this.classPath = conf + ":" + lib(jars) + "/*";
    List<Integer> ports = JvmProcess.freePorts(2);
    this.restPort = ports.get(1);
    memory.set(JobManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(768));
    memory.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(1024));
    memory.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    memory.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
    Files.writeString(
        conf.resolve("config.yaml"),
        """
        jobmanager.rpc.address: 127.0.0.1
        jobmanager.rpc.port: %d
        jobmanager.bind-host: 127.0.0.1
        jobmanager.memory.process.size: 768m
        taskmanager.host: 127.0.0.1
        taskmanager.bind-host: 127.0.0.1
        taskmanager.memory.process.size: 1024m
        taskmanager.memory.managed.size: 128m
        taskmanager.numberOfTaskSlots: %d
        rest.address: 127.0.0.1
        rest.bind-address: 127.0.0.1
        rest.port: %d
        execution.checkpointing.dir: %s
        execution.checkpointing.savepoint-dir: %s
        execution.checkpointing.interval: 2 s
        execution.checkpointing.min-pause: 500 ms
        heartbeat.interval: 1 s
        heartbeat.timeout: 30 s
        """
            .formatted(
                ports.get(0),
                slots,
                restPort,
                Files.createDirectories(this.directory.resolve("checkpoints")).toUri(),
                Files.createDirectories(this.directory.resolve("savepoints")).toUri()));
    Files.writeString(
        conf.resolve("log4j2.properties"),
        """
        rootLogger.level = INFO
        rootLogger.appenderRef.console.ref = console
        appender.console.type = Console
        appender.console.name = console
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n
        """);
    JobManagerProcessSpec spec = JobManagerProcessUtils.processSpecFromConfig(memory);
    jobManager =
        flink(
            "jobmanager",
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            ProcessMemoryUtils.generateJvmParametersStr(spec),
            JobManagerProcessUtils.generateDynamicConfigsStr(spec));
  }

  private Path lib(Path jars) throws IOException {
    Path lib = Files.createDirectories(directory.resolve("lib"));
    try (Stream<Path> all = Files.list(jars)) {
      for (Path jar : all.toList()) {
        if (DISTRIBUTION.matcher(jar.getFileName().toString()).matches()) {
          Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return lib;
  }

  private JvmProcess flink(String name, String mainClass, String jvmOptions, String settings)
      throws IOException {
    List<String> options = new ArrayList<>(JVM_OPTIONS);
    options.addAll(List.of(jvmOptions.strip().split("\\s+")));
    options.add("-XX:+UseSerialGC");
    List<String> arguments = new ArrayList<>(List.of("--configDir", conf.toString()));
    arguments.addAll(List.of(settings.strip().split("\\s+")));
    return new JvmProcess.Builder(mainClass, classPath)
        .options(options)
        .arguments(arguments)
        .environment(environment)
        .start(name, directory);
  }

  /** Starts one more TaskManager. */
  void startTaskManager() throws IOException {
    TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(memory);
    taskManagers.add(
        flink(
            "taskmanager-" + ++taskManagersStarted,
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            ProcessMemoryUtils.generateJvmParametersStr(spec),
            TaskExecutorProcessUtils.generateDynamicConfigsStr(spec)));
  }

  /** Kills the TaskManager that runs for longest, as {@code kill -9} does. */
  void killTaskManager() {
    taskManagers.remove(0).kill();
  }

  /** Waits until so many slots are there. */
  void awaitSlots(int slots) throws InterruptedException {
    Await.until(
        slots + " slots",
        START_LIMIT,
        () -> {
          jobManager.checkAlive();
          taskManagers.forEach(JvmProcess::checkAlive);
          return get("/overview").path("slots-total").asInt() >= slots;
        });
  }

  /** {@code flink run -d}; returns the job's id. */
  String run(List<String> options, Path jar, List<String> arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("run", "-d"));
    all.addAll(options);
    all.add(jar.toAbsolutePath().toString());
    all.addAll(arguments);
    String printed = command(all);
    Matcher id = JOB_ID.matcher(printed);
    if (!id.find()) {
      throw new AssertionError("no job was submitted:\n" + printed);
    }
    return id.group(1);
  }

  /** {@code flink stop}; returns the savepoint. */
  String stopWithSavepoint(String job) throws Exception {
    String printed =
        command(List.of("stop", "-p", directory.resolve("savepoints").toUri().toString(), job));
    Matcher path = SAVEPOINT.matcher(printed);
    if (!path.find()) {
      throw new AssertionError("no savepoint was taken:\n" + printed);
    }
    return path.group(1);
  }

  private String command(List<String> arguments) throws Exception {
    try (JvmProcess command =
        new JvmProcess.Builder("org.apache.flink.client.cli.CliFrontend", classPath)
            .options(JVM_OPTIONS)
            .options(List.of("-Xmx512m", "-XX:+UseSerialGC"))
            .arguments(arguments)
            .environment(environment)
            .environment(Map.of("FLINK_CONF_DIR", conf.toString()))
            .start("command-" + ++commands + "-" + arguments.get(0), directory)) {
      return command.output(COMMAND_LIMIT);
    }
  }

  /** The state of a job, as {@code RUNNING}. */
  String state(String job) throws Exception {
    return get("/jobs/" + job).path("state").asText();
  }

  /** How many checkpoints of a job have completed. */
  int checkpoints(String job) throws Exception {
    return get("/jobs/" + job + "/checkpoints").path("counts").path("completed").asInt();
  }

  /** How often the job was restored from a checkpoint. */
  int restores(String job) throws Exception {
    return get("/jobs/" + job + "/checkpoints").path("counts").path("restored").asInt();
  }

  /** The job's counters, up to a heartbeat old. */
  Map<String, Long> counters(String job) throws Exception {
    Map<String, Long> counters = new TreeMap<>();
    for (JsonNode counter : get("/jobs/" + job + "/accumulators").path("user-task-accumulators")) {
      counters.put(counter.path("name").asText(), counter.path("value").asLong());
    }
    return counters;
  }

  private JsonNode get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return json.readTree(response.body());
  }

  @Override
  public void close() {
    taskManagers.forEach(JvmProcess::close);
    jobManager.close();
  }
}
