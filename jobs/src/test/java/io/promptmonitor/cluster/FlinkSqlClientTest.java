package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The examples of {@code sql/flink} as their users run them: by Flink's SQL client, on the
 * processes of the local cluster, with the job's jar, over a topic and the tables. Their rows are
 * those of the same sums in Java, and of PostgreSQL's own functions.
 */
@Tag("e2e")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class FlinkSqlClientTest {

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root", ".."));
  private static final Path EXAMPLES = ROOT.resolve("sql/flink/examples");
  private static final Path DIRECTORY = Path.of("target/flink-sql").toAbsolutePath();
  private static final Instant START = Instant.parse("2025-03-03T10:00:00Z");
  private static final int MINUTES = 12;
  private static final int PARTITIONS = 4;
  private static final double BASELINE = 1700;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private record Sent(
      Instant time, String prompt, String version, String model, int latency, boolean success) {
    Instant minute() {
      return time.truncatedTo(ChronoUnit.MINUTES);
    }
  }

  private record Table(List<String> columns, List<List<String>> rows) {}

  private final List<Sent> executions = new ArrayList<>();
  private final List<String> records = new ArrayList<>();

  @Test
  void theExamplesSayWhatIsInTheTopicAndTheTables() throws Exception {
    LocalCluster.emptyDirectory(DIRECTORY);
    makeTraffic();
    try (LocalCluster cluster = new LocalCluster(DIRECTORY.resolve("cluster"), Map.of())) {
      cluster.up("--no-job", "--taskmanagers", "1");
      Database database = cluster.database("promptmon");
      Migrations.apply(database);
      register(database);
      send(cluster.kafka());
      store(cluster, database);

      List<Table> tables = tables(cluster.sqlClient(examples(), "--until-now"));

      assertThat(tables).hasSize(4);
      assertThat(tables.get(0).rows()).containsExactlyInAnyOrderElementsOf(latencyByMinute());
      assertThat(tables.get(1).rows()).containsExactlyInAnyOrderElementsOf(failingModels());
      assertThat(tables.get(2).rows())
          .isNotEmpty()
          .containsExactlyInAnyOrderElementsOf(slowerThanSpecified());
      assertThat(tables.get(3).rows())
          .isNotEmpty()
          .containsExactlyElementsOf(percentilesByDay(database));

      Path wrong = DIRECTORY.resolve("wrong.sql");
      Files.writeString(wrong, "SELECT digest_percentile(95, latency_digest) FROM window_metrics;");
      assertThatThrownBy(() -> cluster.sqlClient(wrong)).hasMessageContaining(": 1");
      assertThat(printed()).contains("a percentile lies between 0 and 1, not 95.0");
      passwordIsNowhere(cluster.password());
    }
  }

  /** The examples one after the other, so that one client runs them all. */
  private static Path examples() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String name :
        List.of(
            "latency_by_minute", "failing_models", "slower_than_specified", "percentiles_by_day")) {
      all.append(Files.readString(EXAMPLES.resolve(name + ".sql"))).append('\n');
    }
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files).as("examples").hasSize(4);
    }
    return Files.writeString(DIRECTORY.resolve("examples.sql"), all);
  }

  /** Executions out of order by up to 5 s, and what is none that counts. */
  private void makeTraffic() {
    Random random = new Random(3);
    for (int second = 0; second < 60 * MINUTES; second++) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        int prompt = random.nextInt(3);
        String model = prompt == 2 ? "small" : random.nextInt(3) == 0 ? "large" : "medium";
        Sent one =
            new Sent(
                START
                    .plusMillis(1000L * second + random.nextInt(1000))
                    .minusSeconds(random.nextInt(5)),
                "prompt-" + prompt,
                second >= 300 && prompt == 1 ? "1.1.0" : "1.0.0",
                model,
                (int) (900 * Math.exp(0.4 * random.nextGaussian())),
                random.nextInt(model.equals("large") ? 5 : 40) != 0);
        executions.add(one);
        records.add(execution("e" + executions.size(), one.time().toString(), one));
      }
    }
    Sent any = executions.get(0);
    records.add(100, "no json");
    records.add(200, execution("future", "2525-01-01T00:00:00Z", any));
    records.add(300, execution("no-zone", "2025-03-03T10:05:00", any));
    records.add(400, execution("negative", START.toString(), any).replace("_ms\":", "_ms\":-1"));
    records.add(
        500,
        "{\"execution_id\":\"e7\",\"prompt_id\":\"prompt-1\",\"prompt_version\":\"1.0.0\",\"execution_timestamp\":\""
            + START
            + "\",\"timestamp\":\""
            + START.plusSeconds(60)
            + "\",\"user_feedback\":4}");
  }

  private static String execution(String id, String timestamp, Sent sent) {
    return "{\"execution_id\":\"%s\",\"prompt_id\":\"%s\",\"prompt_version\":\"%s\",\"timestamp\":\"%s\","
            .formatted(id, sent.prompt(), sent.version(), timestamp)
        + "\"performance\":{\"latency_ms\":%d,\"input_tokens\":%d,\"output_tokens\":7,\"total_tokens\":%d},"
            .formatted(sent.latency(), sent.latency() % 300, sent.latency() % 300 + 7)
        + "\"outcome\":{\"success\":%s,\"error_type\":%s,\"error_message\":\"quotes the input\"},"
            .formatted(sent.success(), sent.success() ? "null" : "\"timeout\"")
        + "\"context\":{\"model_used\":\"%s\",\"user_id\":\"u-%d\"}}"
            .formatted(sent.model(), sent.latency() % 400);
  }

  private void send(String brokers) throws Exception {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      List<Future<?>> acknowledgements = new ArrayList<>();
      for (int i = 0; i < records.size(); i++) {
        acknowledgements.add(
            producer.send(
                new ProducerRecord<>("executions", i % PARTITIONS, null, records.get(i))));
      }
      for (Future<?> acknowledgement : acknowledgements) {
        acknowledgement.get(1, TimeUnit.MINUTES);
      }
    }
  }

  private static void register(Database database) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      for (String version : List.of("1.0.0", "1.1.0")) {
        SemanticVersion id = SemanticVersion.parse(version);
        String text = "text of " + version;
        registry.register(
            "prompt-1",
            new VersionDefinition(
                id,
                PromptHash.of(text),
                null,
                null,
                null,
                new Performance(null, null, null, BASELINE),
                RollbackPolicy.defaults(),
                null),
            text);
        registry.stage("prompt-1", id, null);
        registry.deploy("prompt-1", id, null);
      }
    }
  }

  /** The rows that the job writes for the same records. */
  private void store(LocalCluster cluster, Database database) throws Exception {
    Path file = DIRECTORY.resolve("executions.jsonl");
    Files.write(file, records);
    cluster.run(
        List.of(ROOT.resolve("promptmon").toString(), "monitor", "--input", file.toString()),
        Map.of(
            "PROMPTMON_BUILD",
            "never",
            Database.URL_VARIABLE,
            database.jdbcUrl().substring("jdbc:".length()),
            Database.USER_VARIABLE,
            "promptmon",
            Database.PASSWORD_VARIABLE,
            cluster.password()));
  }

  private List<List<String>> latencyByMinute() {
    return groups(sent -> List.of(TIME.format(sent.minute()), sent.prompt())).entrySet().stream()
        .map(
            group ->
                row(
                    group.getKey(),
                    "" + group.getValue().size(),
                    rounded(percentile(group.getValue(), 0.5), 1),
                    rounded(percentile(group.getValue(), 0.95), 1),
                    rounded(share(group.getValue(), sent -> sent.latency() > 2000), 3)))
        .toList();
  }

  private List<List<String>> failingModels() {
    List<List<String>> rows = new ArrayList<>();
    for (int end = 1; end < MINUTES + 5; end++) {
      Instant until = START.plus(Duration.ofMinutes(end));
      Instant from = until.minus(Duration.ofMinutes(5));
      List<List<String>> models =
          executions.stream()
              .filter(sent -> !sent.time().isBefore(from) && sent.time().isBefore(until))
              .collect(Collectors.groupingBy(Sent::model, TreeMap::new, Collectors.toList()))
              .entrySet()
              .stream()
              .filter(model -> model.getValue().size() >= 20)
              .map(
                  model ->
                      List.of(
                          model.getKey(),
                          "" + model.getValue().size(),
                          "" + model.getValue().stream().filter(sent -> !sent.success()).count(),
                          rounded(share(model.getValue(), sent -> !sent.success()), 4)))
              .sorted(Comparator.comparing(model -> -Double.parseDouble(model.get(3))))
              .toList();
      for (int place = 0; place < Math.min(3, models.size()); place++) {
        rows.add(
            Stream.concat(
                    Stream.of(TIME.format(until), "" + (place + 1)), models.get(place).stream())
                .toList());
      }
    }
    return rows;
  }

  private List<List<String>> slowerThanSpecified() {
    return groups(sent -> List.of(TIME.format(sent.minute()), sent.prompt(), sent.version()))
        .entrySet()
        .stream()
        .filter(group -> group.getKey().get(1).equals("prompt-1"))
        .filter(
            group -> Double.parseDouble(rounded(percentile(group.getValue(), 0.95), 1)) > BASELINE)
        .map(
            group ->
                row(
                    group.getKey(),
                    group.getKey().get(2).equals("1.1.0") ? "active" : "deprecated",
                    "" + group.getValue().size(),
                    rounded(percentile(group.getValue(), 0.95), 1),
                    "" + BASELINE))
        .toList();
  }

  private static List<List<String>> percentilesByDay(Database database) throws Exception {
    return Tables.rows(
            database,
            "SELECT concat_ws('|', prompt_id, (window_start AT TIME ZONE 'UTC')::date), concat_ws('|', sum(execution_count),"
                + " round(promptmon.latency_percentile(0.95, latency_digest)::numeric, 1),"
                + " round(promptmon.latency_share_above(2000, latency_digest)::numeric, 3),"
                + " round(promptmon.tokens_percentile(0.95, tokens_digest)::numeric, 1),"
                + " promptmon.distinct_users(users_sketch))"
                + " FROM promptmon.window_metrics WHERE window_size = '1h' GROUP BY prompt_id, (window_start AT TIME ZONE 'UTC')::date")
        .entrySet()
        .stream()
        .map(row -> List.of((row.getKey() + "|" + row.getValue()).split("\\|")))
        .map(row -> row.stream().map(FlinkSqlClientTest::asJavaWrites).toList())
        .sorted(
            Comparator.comparing((List<String> row) -> row.get(1)).thenComparing(row -> row.get(0)))
        .toList();
  }

  private Map<List<String>, List<Sent>> groups(Function<Sent, List<String>> key) {
    return executions.stream().collect(Collectors.groupingBy(key));
  }

  private static List<String> row(List<String> key, String... values) {
    return Stream.concat(key.stream(), Stream.of(values)).toList();
  }

  private static double percentile(List<Sent> group, double p) {
    int[] sorted = group.stream().mapToInt(Sent::latency).sorted().toArray();
    double position = p * (sorted.length - 1);
    int low = (int) Math.floor(position);
    double above = low + 1 < sorted.length ? sorted[low + 1] : sorted[low];
    return sorted[low] + (position - low) * (above - sorted[low]);
  }

  private static double share(List<Sent> group, Predicate<Sent> which) {
    return (double) group.stream().filter(which).count() / group.size();
  }

  private static String rounded(double value, int digits) {
    return "" + BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).doubleValue();
  }

  private static String asJavaWrites(String value) {
    return value.matches("[0-9]+\\.[0-9]+") ? "" + Double.parseDouble(value) : value;
  }

  /** The results among what the client printed, without the column that says how a row changed. */
  private static List<Table> tables(String printed) {
    List<Table> tables = new ArrayList<>();
    boolean inTable = false;
    for (String line : printed.lines().map(String::strip).toList()) {
      if (line.startsWith("|")) {
        List<String> cells = Stream.of(line.substring(1).split("\\|")).map(String::strip).toList();
        boolean changes = cells.get(0).equals("op") || cells.get(0).equals("+I");
        assertThat(changes || !cells.get(0).matches("[+-][UD]")).as(line).isTrue();
        List<String> values = changes ? cells.subList(1, cells.size()) : cells;
        if (inTable) {
          tables
              .get(tables.size() - 1)
              .rows()
              .add(values.stream().map(FlinkSqlClientTest::asJavaWrites).toList());
        } else {
          tables.add(new Table(values, new ArrayList<>()));
          inTable = true;
        }
      } else if (!line.contains("+--")) {
        inTable = false;
      }
    }
    return tables;
  }

  /** What all clients printed. */
  private static String printed() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> logs = Files.list(DIRECTORY.resolve("cluster/logs"))) {
      for (Path log : logs.filter(f -> f.toString().endsWith(".out")).toList()) {
        if (log.getFileName().toString().startsWith("sql-client-")) {
          all.append(Files.readString(log));
        }
      }
    }
    return all.toString();
  }

  /** Not in what the processes logged, nor in what clients printed. */
  private static void passwordIsNowhere(String password) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> logs = Files.list(DIRECTORY.resolve("cluster/logs"))) {
      logs.forEach(files::add);
    }
    for (Path file : files) {
      assertThat(Files.readString(file)).as(file.toString()).doesNotContain(password);
    }
  }
}
