package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The job's jar on a cluster of processes, with Kafka and PostgreSQL, each of which is killed or
 * restarted while records flow; then the job itself, stopped with a savepoint and started with
 * another parallelism. The tables are those of a run over the same records in which nothing
 * happened.
 */
@Tag("slow")
@Tag("cluster")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClusterChaosTest {

  private static final int EXECUTIONS = 60_000;
  private static final int PARTITIONS = 4;
  private static final String TOPIC = "executions";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** Counters that do not depend on when what arrives. */
  private static final List<String> COUNTED_RECORDS =
      List.of("records", "executions", "feedback", "duplicates", "registry_changes");

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path JOB_JAR = TARGET.resolve("promptmon-job.jar");
  private static final Path LOCAL_JAR = TARGET.resolve("promptmonitor-jobs.jar");
  private static final Path DIRECTORY = TARGET.resolve("cluster-chaos");

  private final Traffic traffic = new Traffic(11, EXECUTIONS, Duration.ofMinutes(40), PARTITIONS);

  private RestartablePostgres postgres;
  private KafkaBrokerProcess kafka;
  private StandaloneCluster cluster;
  private String job = "";
  private int sent;

  @Test
  void theJarHasNeitherFlinkItselfNorPostgres() throws IOException {
    try (JarFile jar = new JarFile(JOB_JAR.toFile())) {
      List<String> names = jar.stream().map(JarEntry::getName).toList();
      assertThat(names).contains("io/promptmonitor/cli/PromptMon.class");
      assertThat(names)
          .filteredOn(name -> name.startsWith("org/apache/flink/") && name.endsWith(".class"))
          .allMatch(
              name ->
                  name.contains("/kafka/")
                      || name.contains("/streaming/util/serialization/")
                      || name.contains("/connector/jdbc/"));
      assertThat(names)
          .noneMatch(
              name ->
                  name.startsWith("org/apache/logging/")
                      || name.startsWith("org/slf4j/")
                      || name.endsWith(".txz"));
    }
  }

  @Test
  void theTablesAreThoseOfAnUndisturbedRun() throws Exception {
    assertThat(JOB_JAR).as("mvn package makes it").exists();
    emptyDirectory();
    Path files = DIRECTORY.resolve("traffic");
    traffic.writeFiles(files, List.of(traffic.body(), traffic.closing(), traffic.late()));
    try (RestartablePostgres startedPostgres =
        RestartablePostgres.start(Files.createDirectories(DIRECTORY.resolve("postgres")))) {
      postgres = startedPostgres;
      Database undisturbed = database("undisturbed");
      Database disturbed = database("disturbed");
      try (JvmProcess undisturbedRun = undisturbedRun(undisturbed, files);
          KafkaBrokerProcess startedKafka = new KafkaBrokerProcess(DIRECTORY.resolve("kafka"));
          StandaloneCluster startedCluster =
              new StandaloneCluster(
                  DIRECTORY.resolve("flink"), TARGET.resolve("lib"), 2, credentials())) {
        kafka = startedKafka;
        cluster = startedCluster;
        kafka.createTopic(TOPIC, PARTITIONS);
        cluster.startTaskManager();
        cluster.startTaskManager();
        cluster.awaitSlots(4);
        JsonNode expected = summary(undisturbedRun.output(LIMIT));
        Map<String, String> expectedLetters = Tables.deadLetters(undisturbed);
        job = cluster.run(List.of("-p", "4"), JOB_JAR, jobArguments(disturbed));
        try (Producer<String, String> producer = producer()) {
          awaitWindowsInSpiteOfSilentPartitions(producer, disturbed);
          restartDatabase(producer, disturbed);
          killBroker(producer);
          killTaskManager(producer);
          rescale(producer, disturbed);
          closeAllWindows(producer, disturbed);
        }
        Await.until(
            "all dead letters",
            LIMIT,
            () -> Tables.deadLetters(disturbed).size() >= expectedLetters.size());
        cluster.stopWithSavepoint(job);
        Map<String, Long> counters = cluster.counters(job);
        assertThat(counts(counters)).isEqualTo(counts(expected));
        assertThat(counters.get("alerts.firing")).isPositive();
        assertThat(expected.path("alerts_fired").asLong()).isPositive();
      }
      assertThat(Tables.windows(undisturbed)).hasSizeGreaterThan(1000);
      assertThat(Tables.windows(disturbed)).isEqualTo(Tables.windows(undisturbed));
      assertThat(Tables.deadLetters(disturbed)).isEqualTo(Tables.deadLetters(undisturbed));
      assertThat(Tables.feedbackWithoutWindow(disturbed))
          .isEqualTo(Tables.feedbackWithoutWindow(undisturbed));
    }
    checkLogs();
  }

  private void awaitWindowsInSpiteOfSilentPartitions(
      Producer<String, String> producer, Database database) throws Exception {
    send(producer, 26_000);
    awaitConsumed();
    Await.until(
        "windows, though partitions are silent",
        LIMIT,
        () -> count(database, "window_size = '1m' AND is_final") > 100);
  }

  private void restartDatabase(Producer<String, String> producer, Database database)
      throws Exception {
    postgres.kill();
    send(producer, 32_000);
    awaitConsumed();
    postgres.restart();
    Await.until("the database is back", LIMIT, () -> Tables.windows(database) != null);
  }

  private void killBroker(Producer<String, String> producer) throws Exception {
    send(producer, 38_000);
    kafka.kill();
    kafka.start();
    send(producer, 44_000);
    awaitConsumed();
  }

  private void killTaskManager(Producer<String, String> producer) throws Exception {
    int restores = cluster.restores(job);
    Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(job) > 0);
    send(producer, 48_000);
    cluster.killTaskManager();
    cluster.startTaskManager();
    send(producer, 52_000);
    awaitConsumed();
    assertThat(cluster.restores(job)).isGreaterThan(restores);
  }

  private void rescale(Producer<String, String> producer, Database database) throws Exception {
    send(producer, 55_000);
    String savepoint = cluster.stopWithSavepoint(job);
    send(producer, 58_000);
    job = cluster.run(List.of("-p", "3", "-s", savepoint), JOB_JAR, jobArguments(database));
    send(producer, traffic.body().size());
    awaitConsumed();
  }

  private void closeAllWindows(Producer<String, String> producer, Database database)
      throws Exception {
    sendAll(producer, traffic.closing());
    String ofTheBody = "window_start < '" + Traffic.CLOSING.minus(Duration.ofDays(7)) + "'";
    Await.until(
        "all windows end",
        LIMIT,
        () -> count(database, "window_size = '7d' AND is_final AND " + ofTheBody) > 0);
    awaitConsumed();
    sendAll(producer, traffic.late());
    awaitConsumed();
  }

  private void awaitConsumed() throws InterruptedException {
    Await.until(
        sent + " records are consumed",
        LIMIT,
        () -> cluster.counters(job).getOrDefault("records", 0L) == sent);
  }

  /** Sends the traffic up to the given record. */
  private void send(Producer<String, String> producer, int until) throws Exception {
    sendAll(producer, traffic.body().subList(sent, until));
  }

  private void sendAll(Producer<String, String> producer, List<Traffic.Message> messages)
      throws Exception {
    List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
    for (Traffic.Message message : messages) {
      acknowledgements.add(
          producer.send(new ProducerRecord<>(TOPIC, message.partition(), null, message.json())));
    }
    for (Future<RecordMetadata> acknowledgement : acknowledgements) {
      acknowledgement.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    sent += messages.size();
  }

  private Producer<String, String> producer() {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.address());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  private List<String> jobArguments(Database database) {
    return List.of(
        "monitor", "--kafka", kafka.address(), "--topic", TOPIC, "--db", database.jdbcUrl());
  }

  private JvmProcess undisturbedRun(Database database, Path files) throws IOException {
    return new JvmProcess.Builder(
            "io.promptmonitor.cli.PromptMon", LOCAL_JAR + ":" + TARGET.resolve("lib") + "/*")
        .options(List.of("-Xmx512m"))
        .arguments(
            List.of("monitor", "--input", files.toString(), "--db", database.jdbcUrl(), "--json"))
        .environment(credentials())
        .start("undisturbed", DIRECTORY);
  }

  private Map<String, String> credentials() {
    Properties properties = postgres.database().properties();
    return Map.of(
        Database.USER_VARIABLE,
        properties.getProperty("user"),
        Database.PASSWORD_VARIABLE,
        properties.getProperty("password"));
  }

  private Database database(String name) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    Database database = postgres.database().withName(name);
    Migrations.apply(database);
    Registrations.someVersions(database);
    return database;
  }

  private static long count(Database database, String condition) throws SQLException {
    String sql = "SELECT '', count(*) FROM promptmon.window_metrics WHERE " + condition;
    return Long.parseLong(Tables.rows(database, sql).get(""));
  }

  private static JsonNode summary(String printed) throws IOException {
    String line = printed.lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow();
    return new ObjectMapper().readTree(line);
  }

  /** What the summary of the undisturbed run says of records; windows may still be open here. */
  private static Map<String, Long> counts(JsonNode summary) {
    Map<String, Long> counts = new TreeMap<>();
    for (String name : COUNTED_RECORDS) {
      counts.put(name, summary.path(name).asLong());
    }
    summary
        .path("rejected")
        .properties()
        .forEach(e -> counts.put("rejected." + e.getKey(), e.getValue().asLong()));
    return counts;
  }

  private static Map<String, Long> counts(Map<String, Long> counters) {
    Map<String, Long> counts = new TreeMap<>();
    counters.forEach(
        (name, count) -> {
          boolean rejected = name.startsWith("rejected.") && count > 0;
          if (rejected || COUNTED_RECORDS.contains(name)) {
            counts.put(name, count);
          }
        });
    return counts;
  }

  /** No secret is in a log, and failures do not flood it. */
  private void checkLogs() throws IOException {
    String password = credentials().get(Database.PASSWORD_VARIABLE);
    try (Stream<Path> files = Files.walk(DIRECTORY.resolve("flink"), 1)) {
      for (Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        assertThat(log.toFile()).content().doesNotContain(password);
        assertThat(Files.size(log)).as("size of %s", log).isLessThan(4 << 20);
      }
    }
  }

  private static void emptyDirectory() throws IOException {
    if (Files.exists(DIRECTORY)) {
      try (Stream<Path> files = Files.walk(DIRECTORY)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(DIRECTORY);
  }
}
