package io.promptmonitor.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import io.promptmonitor.common.simulation.SimulationSummary;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.registry.PostgresPromptRegistry;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Everything as its users run it: the processes that {@code deploy/local-cluster} starts, the
 * shaded jar, the settings of {@code deploy/}. A version fails and is rolled back by itself; the
 * database, the broker and a TaskManager are killed; the job goes on from a savepoint with another
 * jar and another parallelism. In the end the tables are those of a run over the same records in
 * which nothing happened, and there was one rollback, of which everybody was told once.
 */
@Tag("e2e")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class EndToEndTest {

  /** Consumer lag, and what the job measures of itself. */
  private static final List<String> METRICS =
      List.of(
          "pendingRecords",
          "promptmonitor_watermark_lag_ms",
          "promptmonitor_reason_rejected",
          "promptmonitor_duplicates",
          "promptmonitor_panes",
          "promptmonitor_size_windows",
          "promptmonitor_evaluation_lag_ms",
          "promptmonitor_outbox_pending",
          "promptmonitor_rollback_latency_ms",
          "promptmonitor_table_sink_rows");

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root", ".."));
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path JOB_JAR = TARGET.resolve("promptmon-job.jar");
  private static final Path DIRECTORY = TARGET.resolve("end-to-end");
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String TOPIC = "executions";
  private static final String PROMPT = "billing/explain-invoice";
  private static final int PARTITIONS = 4;
  private static final Pattern EXECUTION_ID = Pattern.compile("\"execution_id\":\"([^\"]+)\"");

  // Minutes of event time since the start of the traffic: 1.1.0 fails from the first minute that it
  // is served. What a rule saw may be ten minutes old at most, so that there is time until the
  // present, and the watch over the version that is active then lasts 15 minutes from the present.
  private static final int BEFORE_NOW = 12;
  private static final int DEPLOYED = 2;
  private static final int REPLACED = 10;
  private static final int LENGTH = 38;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Message(int partition, long arrival, byte[] json) {}

  private final List<Message> traffic = new ArrayList<>();
  private Instant start = Instant.EPOCH;
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
  void anIncidentIsRolledBackOnceWhateverIsKilled() throws Exception {
    LocalCluster.emptyDirectory(DIRECTORY);
    Path config = config();
    GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    String smtp = "smtp://127.0.0.1:" + mail.getSmtp().getPort() + "?tls=off";
    try (LocalCluster cluster =
        new LocalCluster(DIRECTORY.resolve("cluster"), Map.of("PROMPTMON_SMTP_URL", smtp))) {
      cluster.up("--no-job");
      Database database = cluster.database("promptmon");
      Database oracle = cluster.database("undisturbed");
      execute(database, "CREATE DATABASE undisturbed");
      SimulationSummary truth = simulate();
      register(database);
      register(oracle);
      cluster.up("--config", config.toString());
      try (KafkaProducer<byte[], byte[]> producer = producer(cluster.kafka())) {
        send(producer, 13);
        Await.until("the rollback", LIMIT, () -> switches(database).equals("1"));
        checkPrometheus(cluster);

        cluster.kill("postgres");
        send(producer, 16);
        cluster.up("--no-job");
        awaitConsumed(cluster);

        cluster.kill("kafka");
        cluster.up("--no-job");
        send(producer, 19);
        awaitConsumed(cluster);

        cluster.flink("stop", cluster.job());
        send(producer, 22);
        cluster.up(
            "--config", config.toString(), "--jar", rebuilt().toString(), "--parallelism", "3");
        assertThat(cluster.checkpoints("restored")).isEqualTo(1);
        awaitConsumed(cluster);

        cluster.checkpoint();
        send(producer, 25);
        cluster.kill("taskmanager-1");
        cluster.up("--no-job");
        send(producer, LENGTH + 1);
        awaitConsumed(cluster);
        assertThat(cluster.checkpoints("restored")).isGreaterThan(1);
      }
      Await.until("what came of the rollback", LIMIT, () -> !outcome(database).isEmpty());
      // All windows end, as when files have been read to their end.
      cluster.flink("stop", "--drain", cluster.job());

      undisturbedRun(cluster, config, oracle);
      assertThat(windows(database)).hasSizeGreaterThan(150).isEqualTo(windows(oracle));
      assertThat(deadLetters(database)).isEqualTo(deadLetters(oracle));
      checkTruth(database, truth);
      checkRollback(database);
      checkMails(database, mail);
      dailyJobs(cluster);
      checkLogs(cluster.password());
    } finally {
      mail.stop();
    }
  }

  /**
   * The deployment's configuration, but for two settings. Executions come faster than the clock, so
   * some are an hour early; a broker that is away on a loaded machine must not look like partitions
   * that are silent, none of which is.
   */
  private static Path config() throws IOException {
    String deployed = Files.readString(ROOT.resolve("deploy/config/deployment.yaml"));
    String changed =
        deployed.replaceFirst(
            "(?m)^  idle_timeout: .*$", "  idle_timeout: 10m\n  max_clock_skew: 1h");
    assertThat(changed).isNotEqualTo(deployed);
    return Files.writeString(DIRECTORY.resolve("deployment.yaml"), changed);
  }

  /** Makes the traffic, also as a file for each partition. */
  private SimulationSummary simulate() throws IOException {
    start = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(BEFORE_NOW));
    String scenario =
        Files.readString(ROOT.resolve("scenarios/rollback.yaml"))
            .replace("from: 15m", "from: " + DEPLOYED + "m\n          to: " + REPLACED + "m");
    Simulation simulation =
        new Simulation(
            ConfigReader.read("rollback.yaml", scenario, Scenario::read)
                .withStart(start)
                .withDuration(Duration.ofMinutes(LENGTH)),
            7);
    for (SimulatedRecord r = simulation.next(); r != null; r = simulation.next()) {
      Matcher id = EXECUTION_ID.matcher(new String(r.json(), UTF_8));
      String key = id.find() ? id.group(1) : r.promptVersion().promptId();
      traffic.add(new Message(Math.floorMod(key.hashCode(), PARTITIONS), r.arrival(), r.json()));
    }
    Path files = Files.createDirectories(DIRECTORY.resolve("traffic"));
    for (int partition = 0; partition < PARTITIONS; partition++) {
      try (OutputStream out =
          Files.newOutputStream(files.resolve("executions-" + partition + ".jsonl"))) {
        for (Message message : traffic) {
          if (message.partition() == partition) {
            out.write(message.json());
            out.write('\n');
          }
        }
      }
    }
    return simulation.summary();
  }

  /** Both versions, the second one active since it is served in the traffic. */
  private void register(Database database) throws SQLException {
    Migrations.apply(database);
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      Registrations.deploy(registry, PROMPT, "1.0.0", "1.1.0");
    }
    Instant served = start.plus(Duration.ofMinutes(DEPLOYED));
    String ago = "interval '" + Duration.between(served, Instant.now()).toMillis() + " ms'";
    execute(
        database,
        "SET session_replication_role = replica;"
            + " UPDATE promptmon.registry_event SET at = at - "
            + ago
            + ";"
            + " UPDATE promptmon.prompt_version SET registered_at = registered_at - "
            + ago
            + ", deployed_at = deployed_at - "
            + ago);
  }

  /** Sends what arrives before a minute of the traffic. */
  private void send(KafkaProducer<byte[], byte[]> producer, int minute) throws Exception {
    long until = start.plus(Duration.ofMinutes(minute)).toEpochMilli();
    List<Future<?>> acknowledgements = new ArrayList<>();
    while (sent < traffic.size() && (traffic.get(sent).arrival() < until || minute > LENGTH)) {
      Message message = traffic.get(sent++);
      acknowledgements.add(
          producer.send(new ProducerRecord<>(TOPIC, message.partition(), null, message.json())));
    }
    for (Future<?> acknowledgement : acknowledgements) {
      acknowledgement.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void awaitConsumed(LocalCluster cluster) throws InterruptedException {
    Await.until(sent + " records are consumed", LIMIT, () -> cluster.counter("records") == sent);
  }

  private static KafkaProducer<byte[], byte[]> producer(String brokers) {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The same classes packed anew, as another version of the program. */
  private static Path rebuilt() throws IOException {
    Path rebuilt = DIRECTORY.resolve("promptmon-job-rebuilt.jar");
    try (JarFile jar = new JarFile(JOB_JAR.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "rebuilt");
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(rebuilt), manifest)) {
        out.setLevel(1);
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
          JarEntry entry = all.nextElement();
          if (!entry.getName().equals(JarFile.MANIFEST_NAME)
              && !entry.getName().equals("META-INF/")) {
            out.putNextEntry(new JarEntry(entry.getName()));
            jar.getInputStream(entry).transferTo(out);
            out.closeEntry();
          }
        }
      }
    }
    return rebuilt;
  }

  /** What the job says of itself is in Prometheus. */
  private static void checkPrometheus(LocalCluster cluster) throws Exception {
    Await.until(
        "Prometheus has scraped the job",
        LIMIT,
        () ->
            cluster.prometheus("flink_jobmanager_numRunningJobs").containsValue(1.0)
                && cluster.prometheus("up").values().stream().filter(v -> v == 1).count() >= 3);
    for (String metric : METRICS) {
      Await.until(
          "Prometheus has " + metric,
          LIMIT,
          () -> !cluster.prometheus("flink_taskmanager_job_task_operator_" + metric).isEmpty());
    }
  }

  private static void undisturbedRun(LocalCluster cluster, Path config, Database oracle)
      throws Exception {
    cluster.run(
        List.of(
            ROOT.resolve("promptmon").toString(),
            "monitor",
            "--input",
            DIRECTORY.resolve("traffic").toString(),
            "--config",
            config.toString(),
            "--json"),
        Map.of(
            "PROMPTMON_BUILD",
            "never",
            Database.URL_VARIABLE,
            oracle.jdbcUrl().substring("jdbc:".length()),
            Database.USER_VARIABLE,
            "promptmon",
            Database.PASSWORD_VARIABLE,
            cluster.password()));
  }

  private static Map<String, String> windows(Database database) throws SQLException {
    return Tables.rows(
        database,
        "SELECT concat_ws(' ', prompt_id, prompt_version, window_size, window_start AT TIME ZONE"
            + " 'UTC'), to_jsonb(w) - 'updated_at' - 'revision' FROM promptmon.window_metrics w");
  }

  private static Map<String, String> deadLetters(Database database) throws SQLException {
    return Tables.rows(
        database,
        "SELECT reason, count(*) FROM promptmon.dead_letter"
            + " WHERE reason <> 'feedback_without_window' GROUP BY reason");
  }

  /** What the simulator knows of each version is what the minutes add up to. */
  private static void checkTruth(Database database, SimulationSummary truth) throws SQLException {
    Map<String, String> expected = new TreeMap<>();
    truth
        .byVersion()
        .forEach(
            (version, of) ->
                expected.put(
                    version.promptId() + " " + version.version(),
                    of.executions() + " " + of.failures()));
    assertThat(
            Tables.rows(
                database,
                "SELECT concat_ws(' ', prompt_id, prompt_version), concat_ws(' ',"
                    + " sum(execution_count), sum(failure_count)) FROM promptmon.window_metrics"
                    + " WHERE window_size = '1m' GROUP BY prompt_id, prompt_version"))
        .isEqualTo(expected);
  }

  private static String switches(Database database) throws SQLException {
    return single(
        database, "SELECT count(*) FROM promptmon.registry_event WHERE kind = 'rolled_back'");
  }

  private static String outcome(Database database) throws SQLException {
    return single(
        database,
        "SELECT coalesce(max(outcome), '') FROM promptmon.rollback_event WHERE status = 'switched'");
  }

  private static void checkRollback(Database database) throws SQLException {
    assertThat(switches(database)).isEqualTo("1");
    assertThat(
            single(
                database,
                "SELECT concat_ws('|', count(*), min(prompt_id), min(from_version), min(to_version),"
                    + " min(outcome), bool_and(snapshot IS NOT NULL AND evidence IS NOT NULL AND"
                    + " analysis IS NOT NULL)) FROM promptmon.rollback_event WHERE status = 'switched'"))
        .isEqualTo("1|" + PROMPT + "|1.1.0|1.0.0|recovered|t");
    assertThat(
            single(
                database,
                "SELECT version_id FROM promptmon.prompt_version WHERE status = 'active'"
                    + " AND prompt_id = '"
                    + PROMPT
                    + "'"))
        .isEqualTo("1.0.0");
  }

  /** Each message was sent, and came once. */
  private static void checkMails(Database database, GreenMail mail) throws Exception {
    Await.until(
        "all messages are sent",
        LIMIT,
        () ->
            single(database, "SELECT count(*) FROM promptmon.notification WHERE status <> 'sent'")
                .equals("0"));
    List<String> ids = new ArrayList<>();
    for (MimeMessage message : mail.getReceivedMessages()) {
      ids.add(message.getMessageID());
    }
    assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
    assertThat(ids.size())
        .isEqualTo(
            Integer.parseInt(single(database, "SELECT count(*) FROM promptmon.notification")));
  }

  /** The daily jobs on the same cluster. */
  private static void dailyJobs(LocalCluster cluster) throws Exception {
    LocalDate day = LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC);
    Path reports = DIRECTORY.resolve("reports");
    String jar = JOB_JAR.toString();
    cluster.flink("run", jar, "report", "--date", day.toString(), "--out", reports.toString());
    assertThat(reports.resolve(day.toString()).resolve("index.html").toFile())
        .content()
        .contains(PROMPT);
    cluster.flink("run", jar, "calibrate");
  }

  /** No secret is in a log, and failures do not flood it. */
  private static void checkLogs(String password) throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve("cluster/logs"))) {
      for (Path log : files.toList()) {
        assertThat(log.toFile()).content().doesNotContain(password);
        assertThat(Files.size(log)).as("size of %s", log).isLessThan(4 << 20);
      }
    }
  }

  private static String single(Database database, String sql) throws SQLException {
    return Tables.rows(database, "SELECT '', (" + sql + ")").get("");
  }

  private static void execute(Database database, String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
