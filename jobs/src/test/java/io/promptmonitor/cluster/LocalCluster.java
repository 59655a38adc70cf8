package io.promptmonitor.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.database.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The cluster of {@code deploy/local-cluster}, used with its commands, as its users do. */
final class LocalCluster implements AutoCloseable {

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root", ".."));
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path directory;
  private final int basePort;
  private final Map<String, String> environment;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private int commands;

  /**
   * A cluster that is not started yet.
   *
   * @param environment variables of its processes
   */
  LocalCluster(Path directory, Map<String, String> environment) throws IOException {
    this.directory = directory;
    this.basePort = freePorts();
    this.environment = new TreeMap<>(environment);
    this.environment.put("PROMPTMON_CLUSTER_DIR", directory.toString());
    this.environment.put("PROMPTMON_BUILD", "never");
    this.environment.put("PROMPTMON_CLUSTER_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
  }

  /** Makes the directory, without what an earlier run has left in it. */
  static void emptyDirectory(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(directory);
  }

  /** The first of 20 ports that nobody uses now. */
  private static int freePorts() throws IOException {
    for (int base = 21_000; base < 32_000; base += 20) {
      boolean free = true;
      for (int port = base; port < base + 20 && free; port++) {
        try (ServerSocket socket = new ServerSocket()) {
          socket.setReuseAddress(true);
          socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
          free = false;
        }
      }
      if (free) {
        return base;
      }
    }
    throw new IOException("no 20 free ports in a row");
  }

  /** {@code up}: starts what is not running. */
  void up(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("up", "--base-port", "" + basePort));
    command.addAll(List.of(options));
    script(command);
  }

  /** {@code flink}: returns what it printed on standard output. */
  String flink(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("flink"));
    command.addAll(List.of(arguments));
    return script(command);
  }

  /** {@code sql-client}: returns what it printed on standard output. */
  String sqlClient(Path file, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("sql-client", "--file", file.toString()));
    command.addAll(List.of(options));
    return script(command);
  }

  private String script(List<String> command) throws Exception {
    List<String> full = new ArrayList<>(command);
    full.set(0, ROOT.resolve("deploy/local-cluster").resolve(command.get(0)).toString());
    return run(full, environment);
  }

  /**
   * Runs a program to its end, with the cluster's database; what it prints is in a file of ours.
   */
  String run(List<String> command, Map<String, String> variables) throws Exception {
    String name = ++commands + "-" + Path.of(command.get(0)).getFileName();
    Path logs =
        Files.createDirectories(directory.resolveSibling(directory.getFileName() + "-commands"));
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
    builder.environment().putAll(variables);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " takes more than " + LIMIT.toSeconds() + " s: " + err);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(command + ": " + process.exitValue() + "\n" + Files.readString(err));
    }
    return Files.readString(out);
  }

  /** Kills a part as {@code kill -9} does. */
  void kill(String part) throws IOException {
    Path file =
        part.equals("postgres")
            ? directory.resolve("database/postgres/postmaster.pid")
            : directory.resolve("pids/" + part + ".pid");
    long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(0, process);
    for (ProcessHandle one : all) {
      one.destroyForcibly();
      one.onExit().join();
    }
  }

  String kafka() {
    return "127.0.0.1:" + (basePort + 2);
  }

  /** A database of the cluster's PostgreSQL. */
  Database database(String name) throws IOException {
    return Database.local(basePort + 4, name, "promptmon", password());
  }

  String password() throws IOException {
    return Files.readString(directory.resolve("database/password")).strip();
  }

  /** The id of the job that has not ended. */
  String job() throws Exception {
    for (JsonNode job : flinkRest("/jobs/overview").path("jobs")) {
      if (job.path("state").asText().equals("RUNNING")) {
        return job.path("jid").asText();
      }
    }
    throw new IllegalStateException("no job is running");
  }

  /** How often the job was restored, or how many of its checkpoints completed. */
  int checkpoints(String which) throws Exception {
    return flinkRest("/jobs/" + job() + "/checkpoints").path("counts").path(which).asInt();
  }

  /** Takes a checkpoint now. */
  void checkpoint() throws Exception {
    int before = checkpoints("completed");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(rest("/jobs/" + job() + "/checkpoints")))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    http.send(request, HttpResponse.BodyHandlers.ofString());
    Await.until("a checkpoint", LIMIT, () -> checkpoints("completed") > before);
  }

  /** A counter of the job, up to a heartbeat old. */
  long counter(String name) throws Exception {
    for (JsonNode counter :
        flinkRest("/jobs/" + job() + "/accumulators").path("user-task-accumulators")) {
      if (counter.path("name").asText().equals(name)) {
        return counter.path("value").asLong();
      }
    }
    return 0;
  }

  private String rest(String path) {
    return "http://127.0.0.1:" + basePort + path;
  }

  private JsonNode flinkRest(String path) throws Exception {
    return get(rest(path));
  }

  /** The values of a query of Prometheus, by the time series' labels. */
  Map<String, Double> prometheus(String query) throws Exception {
    Map<String, Double> values = new TreeMap<>();
    JsonNode answer = get("http://127.0.0.1:" + (basePort + 5) + "/api/v1/query?query=" + query);
    for (JsonNode series : answer.path("data").path("result")) {
      values.put(
          series.path("metric").toString(),
          Double.parseDouble(series.path("value").path(1).asText()));
    }
    return values;
  }

  private JsonNode get(String uri) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(uri + ": " + response.statusCode() + " " + response.body());
    }
    return json.readTree(response.body());
  }

  /** {@code down}: stops all processes. */
  @Override
  public void close() throws Exception {
    script(List.of("down", "--no-savepoint"));
  }
}
