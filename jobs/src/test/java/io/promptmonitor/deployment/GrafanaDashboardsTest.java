package io.promptmonitor.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The dashboards of deploy/grafana: each query is run on a filled database by a login with the
 * rights of Grafana's, and says what its panel shows.
 */
class GrafanaDashboardsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root"));
  private static final Path GRAFANA = ROOT.resolve("deploy/grafana");

  /** Metrics of Flink itself, by their names in Prometheus. */
  private static final Set<String> FLINK =
      Set.of(
          "flink_jobmanager_Status_JVM_CPU_Load",
          "flink_jobmanager_Status_JVM_Memory_Heap_Max",
          "flink_jobmanager_Status_JVM_Memory_Heap_Used",
          "flink_jobmanager_job_lastCheckpointCompletedTimestamp",
          "flink_jobmanager_job_lastCheckpointDuration",
          "flink_jobmanager_job_lastCheckpointFullSize",
          "flink_jobmanager_job_lastCheckpointSize",
          "flink_jobmanager_job_numRestarts",
          "flink_jobmanager_job_numberOfCompletedCheckpoints",
          "flink_jobmanager_job_numberOfFailedCheckpoints",
          "flink_taskmanager_Status_JVM_CPU_Load",
          "flink_taskmanager_Status_JVM_Memory_Heap_Max",
          "flink_taskmanager_Status_JVM_Memory_Heap_Used",
          "flink_taskmanager_job_task_backPressuredTimeMsPerSecond",
          "flink_taskmanager_job_task_busyTimeMsPerSecond",
          "flink_taskmanager_job_task_operator_pendingRecords");

  private static final Instant FROM = Instant.parse("2026-01-08T00:00:00Z");
  private static final Duration SIX_HOURS = Duration.ofHours(6);
  private static final String PROMPT = "billing/explain-invoice";

  private static final Map<String, JsonNode> DASHBOARDS = dashboards();

  /** What was asked already: several tests look at the same answers. */
  private static final Map<String, Table> ANSWERS = new HashMap<>();

  private static Connection connection;

  @TempDir private Path directory;

  /** What a query gave: the columns with their types, and the rows as text. */
  private record Table(Map<String, String> columns, List<List<String>> rows) {}

  /** A query of a dashboard, and whose it is. */
  private record Query(String dashboard, String where, JsonNode owner, JsonNode target) {

    String sql() {
      return target.path("rawSql").asText();
    }

    boolean isTimeSeries() {
      return target.path("format").asText().equals("time_series");
    }

    @Override
    public String toString() {
      return dashboard + ": " + where;
    }
  }

  @BeforeAll
  static void fill() throws SQLException, IOException {
    try (InputStream rows =
        Objects.requireNonNull(GrafanaDashboardsTest.class.getResourceAsStream("dashboards.sql"))) {
      postgres.execute(
          new String(rows.readAllBytes(), StandardCharsets.UTF_8)
              .replace("${users_1}", sketch(1, 2, 3))
              .replace("${users_2}", sketch(3, 4)));
    }
    postgres.execute(
        "DROP ROLE IF EXISTS test_grafana; CREATE ROLE test_grafana LOGIN PASSWORD 'sesame' IN ROLE promptmon_analyst");
    // Without a search path, as Grafana connects.
    connection =
        DriverManager.getConnection(postgres.database().jdbcUrl(), "test_grafana", "sesame");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = pg_catalog");
    }
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
    postgres.execute("DROP ROLE test_grafana");
  }

  private static String sketch(long... hashes) throws IOException {
    DistinctSketch sketch = new DistinctSketch();
    for (long hash : hashes) {
      sketch.add(hash * 0x9E3779B97F4A7C15L);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sketch.write(new DataOutputStream(bytes));
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @ParameterizedTest
  @MethodSource("queries")
  void postgresqlAnswers(Query query) throws SQLException {
    Map<String, List<String>> variables = variables(query.dashboard(), FROM, SIX_HOURS);
    Table answer = ask(query.sql(), variables);
    assertThat(answer.rows()).as("rows").isNotEmpty();
    List<String> names = List.copyOf(answer.columns().keySet());
    if (query.where().startsWith("annotation ")) {
      assertThat(names).startsWith("time").contains("text", "tags");
    } else if (query.isTimeSeries()) {
      assertThat(answer.columns().get("time")).isIn("timestamptz", "numeric", "date");
      assertThat(answer.columns().getOrDefault("metric", "text")).isEqualTo("text");
      List<String> values = new ArrayList<>(names);
      values.removeAll(List.of("time", "metric"));
      assertThat(values.stream().map(answer.columns()::get))
          .isNotEmpty()
          .allMatch(List.of("float8", "numeric", "int8")::contains);
      int time = names.indexOf("time");
      assertThat(answer.rows().stream().map(row -> row.get(time)))
          .doesNotContain("null")
          .isSorted();
    } else if (query.owner().path("type").asText().equals("table")) {
      for (JsonNode override : query.owner().at("/fieldConfig/overrides")) {
        if (override.at("/matcher/id").asText().equals("byName")) {
          assertThat(names).contains(override.at("/matcher/options").asText());
        }
      }
      for (JsonNode sort : query.owner().at("/options/sortBy")) {
        assertThat(names).contains(sort.path("displayName").asText());
      }
      Matcher field = Pattern.compile("__data\\.fields\\.(\\w+)").matcher(query.owner().toString());
      while (field.find()) {
        assertThat(names).contains(field.group(1));
      }
      assertThat(answer.columns().values())
          .as("types that Grafana shows as people write them")
          .isSubsetOf("text", "int4", "int8", "float8", "numeric", "timestamptz", "date", "bool");
    }
  }

  @Test
  void eachSeriesWithSettingsOfItsOwnIsThere() throws SQLException {
    for (Map.Entry<String, JsonNode> dashboard : DASHBOARDS.entrySet()) {
      Map<String, List<String>> variables = variables(dashboard.getKey(), FROM, SIX_HOURS);
      for (JsonNode panel : panels(dashboard.getValue())) {
        List<Query> queries = queries(dashboard.getKey(), panel);
        if (queries.isEmpty() || !panel.path("type").asText().equals("timeseries")) {
          continue;
        }
        Set<String> series = new HashSet<>();
        for (Query query : queries) {
          Table answer = ask(query.sql(), variables);
          int metric = List.copyOf(answer.columns().keySet()).indexOf("metric");
          answer.rows().forEach(row -> series.add(metric < 0 ? "" : row.get(metric)));
        }
        for (JsonNode override : panel.at("/fieldConfig/overrides")) {
          String wanted = override.at("/matcher/options").asText();
          assertThat(series)
              .as("%s: %s", dashboard.getKey(), panel.path("title").asText())
              .anyMatch(
                  override.at("/matcher/id").asText().equals("byName")
                      ? wanted::equals
                      : Pattern.compile(wanted.replaceAll("^/|/$", "")).asPredicate());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("queries")
  void metricsAreReadFromOnePartitionAndWithinTheTimeRange(Query query) throws SQLException {
    String sql = query.sql();
    int reads = occurrences(sql, "FROM promptmon.window_metrics");
    assertThat(occurrences(sql, "$__timeFilter(m.window_start)")).isEqualTo(reads);
    assertThat(occurrences(sql, "m.window_size = ")).isEqualTo(reads);
    if (reads > 0) {
      Map<String, List<String>> variables = variables(query.dashboard(), FROM, SIX_HOURS);
      String plan = ask("EXPLAIN " + sql, variables).rows().toString();
      String size = sql.contains("${window:") ? variables.get("window").get(0) : "24h";
      Stream.of("1m", "5m", "1h", "24h", "7d")
          .filter(other -> !other.equals(size))
          .forEach(other -> assertThat(plan).doesNotContain("window_metrics_" + other));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PT30M, 1m",
    "PT6H, 1m",
    "PT7H, 5m",
    "PT48H, 5m",
    "PT49H, 1h",
    "PT336H, 1h",
    "PT337H, 24h",
  })
  void windowsAreAsLongAsTheTimeRangeWants(Duration range, String size) throws SQLException {
    for (String dashboard : List.of("fleet", "prompt")) {
      assertThat(variables(dashboard, FROM, range)).containsEntry("window", List.of(size));
    }
  }

  @Test
  void windowsThatAreNotKeptAnyMoreAreNotShown() throws SQLException {
    // Nothing is left of that day but the windows of a day.
    Instant early = Instant.parse("2025-12-24T00:00:00Z");
    assertThat(variables("fleet", early, Duration.ofHours(1)))
        .containsEntry("window", List.of("24h"));
    Instant now = Instant.now();
    assertThat(variables("fleet", now.minus(Duration.ofHours(5)), Duration.ofHours(5)))
        .containsEntry("window", List.of("1m"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "fleet; Critical prompts; 1",
        "fleet; Prompts with warnings; 0",
        "fleet; Executions; 80",
        "fleet; Error rate; 0.125",
        "prompt; State; critical",
        "prompt; Active version; 1.1.0",
        "prompt; Executions; 60",
        "prompt; p95 latency; 200",
        "prompt; Distinct users; 4",
        "prompt; Rating; 4",
        "prompt; Tokens an execution; 50",
        "prompt; Latency percentiles; 1767830400|200|200|200, 1767830460|150|195|199",
        "prompt; Top errors; 1.1.0|timeout|8|0.2, 1.0.0|timeout|2|0.1",
        "prompt; Models; gpt-4|60",
        "alerts; Median time to acknowledge; 300",
        "alerts; Undelivered notifications; 3",
        "alerts; Prompts that wait for a person; 1",
        "alerts; Refusals by reason; too_little_evidence|1",
        "alerts; Rules; Errors|critical|2|3600|0.5|300, Slow|warning|1|3600|1|300",
        "calibration; Mean bias; 1.5",
        "calibration; Drifted versions; 1",
        "calibration; Bias by analysis; 2026-01-08|billing/explain-invoice@1.1.0|2.5",
      })
  void panelsSay(String dashboard, String title, String expected) throws SQLException {
    Query query =
        queries()
            .filter(
                q -> q.dashboard().equals(dashboard) && q.where().equals("panel " + title + " A"))
            .findFirst()
            .orElseThrow();
    List<String> rows = new ArrayList<>();
    for (List<String> row : ask(query.sql(), variables(dashboard, FROM, SIX_HOURS)).rows()) {
      rows.add(String.join("|", row));
    }
    assertThat(String.join(", ", rows)).isEqualTo(expected);
  }

  @Test
  void whatWasSeenIsInItsUnit() throws SQLException {
    Query query =
        queries()
            .filter(q -> q.toString().equals("alerts: panel Firing now A"))
            .findFirst()
            .orElseThrow();
    Table answer = ask(query.sql(), variables("alerts", FROM, SIX_HOURS));
    int seen = List.copyOf(answer.columns().keySet()).indexOf("What was seen");
    assertThat(answer.rows().get(0).get(seen)).isEqualTo("error_rate 20 % > 5 %");
  }

  @Test
  void prometheusTakesTheQueries() throws Exception {
    List<String> lines = new ArrayList<>(List.of("groups:", "  - name: dashboards", "    rules:"));
    ObjectMapper json = new ObjectMapper();
    List<String> expressions = expressions();
    for (int i = 0; i < expressions.size(); i++) {
      lines.add("      - record: dashboards:%d".formatted(i));
      lines.add(
          "        expr: "
              + json.writeValueAsString(
                  expressions.get(i).replace("$job", ".*").replace("$__rate_interval", "1m")));
    }
    Files.write(directory.resolve("queries.yaml"), lines);
    CommandLineTool.run(directory, "promtool", "check", "rules", "queries.yaml");
  }

  @Test
  void theJobHasEachMetricThatIsAskedFor() {
    Set<String> known = new TreeSet<>(FLINK);
    Set<String> asked = new TreeSet<>();
    for (JobMetric metric : JobMetric.values()) {
      known.add(metric.prometheusName());
      if (metric.kind() == JobMetric.Kind.HISTOGRAM) {
        known.add(metric.prometheusName() + "_count");
      }
    }
    for (String expression : expressions()) {
      Matcher name = Pattern.compile("flink_\\w+").matcher(expression);
      while (name.find()) {
        asked.add(name.group());
      }
    }
    assertThat(known).containsAll(asked);
    assertThat(asked).containsAll(FLINK);
  }

  @Test
  void dashboardsAreOfOneKind() {
    Set<String> uids = new HashSet<>();
    DASHBOARDS.forEach(
        (name, dashboard) -> {
          assertThat(dashboard.path("uid").asText()).isEqualTo("promptmon-" + name);
          assertThat(uids.add(dashboard.path("uid").asText())).isTrue();
          assertThat(dashboard.has("id")).as("numbers are given by Grafana").isFalse();
          assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(41);
          assertThat(dashboard.path("timezone").asText()).isEqualTo("utc");
          assertThat(dashboard.path("refresh").asText()).matches("\\d+[sm]");
          assertThat(dashboard.path("description").asText()).isNotBlank();
          assertThat(dashboard.path("tags").get(0).asText()).isEqualTo("promptmon");
          JsonNode link = dashboard.path("links").get(0);
          assertThat(link.path("tags").get(0).asText()).isEqualTo("promptmon");
          assertThat(link.path("keepTime").asBoolean()).isTrue();
          for (JsonNode variable : dashboard.at("/templating/list")) {
            assertThat(variable.path("description").asText()).isNotBlank();
          }
        });
    Matcher link =
        Pattern.compile("/d/([a-z-]+)\\?\\$\\{__url_time_range}").matcher(DASHBOARDS.toString());
    while (link.find()) {
      assertThat(uids).contains(link.group(1));
    }
  }

  @Test
  void panelsSayWhatTheyShow() {
    DASHBOARDS.forEach(
        (name, dashboard) -> {
          Set<Integer> ids = new HashSet<>();
          Set<String> titles = new HashSet<>();
          boolean[][] taken = new boolean[300][24];
          for (JsonNode panel : dashboard.path("panels")) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
            JsonNode place = panel.path("gridPos");
            for (int y = 0; y < place.path("h").asInt(); y++) {
              for (int x = 0; x < place.path("w").asInt(); x++) {
                int row = place.path("y").asInt() + y;
                int column = place.path("x").asInt() + x;
                assertThat(taken[row][column]).as("%s: %s overlaps", name, title).isFalse();
                taken[row][column] = true;
              }
            }
            if (panel.path("type").asText().equals("row")) {
              continue;
            }
            JsonNode defaults = panel.at("/fieldConfig/defaults");
            assertThat(titles.add(title + panel.path("type").asText())).as(title).isTrue();
            assertThat(panel.path("description").asText()).as(title).matches("(?s).{20,}[.?]");
            assertThat(defaults.path("unit").asText()).as(title).isNotBlank();
            assertThat(defaults.path("noValue").asText()).as(title).isNotBlank();
            assertThat(defaults.at("/thresholds/steps")).as(title).isNotEmpty();
            assertThat(panel.path("targets")).as(title).isNotEmpty();
          }
        });
  }

  @Test
  void dataSourcesAreThere() throws IOException {
    Map<String, String> types = new HashMap<>(Map.of("-- Grafana --", "grafana"));
    Map<?, ?> file = yaml(GRAFANA.resolve("provisioning/datasources/promptmon.yaml"));
    for (Object source : (List<?>) file.get("datasources")) {
      types.put(
          (String) ((Map<?, ?>) source).get("uid"), (String) ((Map<?, ?>) source).get("type"));
    }
    for (JsonNode dashboard : DASHBOARDS.values()) {
      for (JsonNode source : dashboard.findValues("datasource")) {
        assertThat(types).containsEntry(source.path("uid").asText(), source.path("type").asText());
      }
    }
  }

  @Test
  void grafanaIsToldWhereTheyAre() throws IOException {
    Map<?, ?> file = yaml(GRAFANA.resolve("provisioning/dashboards/promptmon.yaml"));
    Map<?, ?> provider = (Map<?, ?>) ((List<?>) file.get("providers")).get(0);
    String path = (String) ((Map<?, ?>) provider.get("options")).get("path");
    assertThat(Files.readString(ROOT.resolve("docker-compose.yml")))
        .contains("- ./deploy/grafana/dashboards:" + path + ":ro");
  }

  @Test
  void formattingIsThatOfGrafana() throws IOException {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    for (Map.Entry<String, JsonNode> dashboard : DASHBOARDS.entrySet()) {
      assertThat(Files.readString(GRAFANA.resolve("dashboards/" + dashboard.getKey() + ".json")))
          .as(dashboard.getKey())
          .isEqualTo(
              new ObjectMapper().writer(printer).writeValueAsString(dashboard.getValue()) + "\n");
    }
  }

  @Test
  void theyAreDocumented() throws IOException {
    String documented = Files.readString(ROOT.resolve("docs/dashboards.md"));
    DASHBOARDS.forEach(
        (name, dashboard) ->
            assertThat(documented)
                .contains("`promptmon-%s`".formatted(name), dashboard.path("title").asText()));
  }

  private static Map<String, JsonNode> dashboards() {
    Map<String, JsonNode> dashboards = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
      for (Path file : files.sorted().toList()) {
        dashboards.put(
            file.getFileName().toString().replace(".json", ""),
            new ObjectMapper().readTree(file.toFile()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return dashboards;
  }

  private static Map<?, ?> yaml(Path file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }

  private static List<JsonNode> panels(JsonNode dashboard) {
    return StreamSupport.stream(dashboard.path("panels").spliterator(), false)
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  /** What panels and annotations ask PostgreSQL. */
  static Stream<Query> queries() {
    List<Query> queries = new ArrayList<>();
    DASHBOARDS.forEach(
        (name, dashboard) -> {
          panels(dashboard).forEach(panel -> queries.addAll(queries(name, panel)));
          for (JsonNode annotation : dashboard.at("/annotations/list")) {
            if (annotation.path("target").has("rawSql")) {
              queries.add(
                  new Query(
                      name,
                      "annotation " + annotation.path("name").asText(),
                      annotation,
                      annotation.path("target")));
            }
          }
        });
    return queries.stream();
  }

  private static List<Query> queries(String dashboard, JsonNode panel) {
    List<Query> queries = new ArrayList<>();
    for (JsonNode target : panel.path("targets")) {
      if (target.has("rawSql")) {
        String where =
            "panel %s %s".formatted(panel.path("title").asText(), target.path("refId").asText());
        queries.add(new Query(dashboard, where, panel, target));
      }
    }
    return queries;
  }

  /** What panels and annotations ask Prometheus. */
  private static List<String> expressions() {
    List<String> expressions = new ArrayList<>();
    for (JsonNode dashboard : DASHBOARDS.values()) {
      for (JsonNode target : dashboard.findParents("expr")) {
        expressions.add(target.path("expr").asText());
      }
    }
    assertThat(expressions).hasSizeGreaterThan(30);
    return expressions;
  }

  /** The values of a dashboard's variables when it is opened, each asked for in turn. */
  private static Map<String, List<String>> variables(String dashboard, Instant from, Duration range)
      throws SQLException {
    Map<String, List<String>> variables = new HashMap<>(Map.of("__interval", List.of("5m")));
    for (JsonNode variable : DASHBOARDS.get(dashboard).at("/templating/list")) {
      String name = variable.path("name").asText();
      if (variable.path("type").asText().equals("custom")) {
        variables.put(name, List.of(variable.at("/current/value").asText()));
      } else if (variable.path("query").isTextual()) {
        String sql =
            new GrafanaQuery(from, from.plus(range), variables)
                .expand(variable.path("query").asText());
        List<String> options = ask(sql, Map.of()).rows().stream().map(row -> row.get(0)).toList();
        assertThat(options).as("%s of %s", name, dashboard).isNotEmpty();
        variables.put(
            name, variable.path("includeAll").asBoolean() ? options : options.subList(0, 1));
      }
    }
    assertThat(variables.getOrDefault("prompt", List.of(PROMPT))).contains(PROMPT);
    return variables;
  }

  private static Table ask(String sql, Map<String, List<String>> variables) throws SQLException {
    String expanded = new GrafanaQuery(FROM, FROM.plus(SIX_HOURS), variables).expand(sql);
    Table known = ANSWERS.get(expanded);
    if (known != null) {
      return known;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(expanded)) {
      ResultSetMetaData data = result.getMetaData();
      Map<String, String> columns = new LinkedHashMap<>();
      for (int i = 1; i <= data.getColumnCount(); i++) {
        columns.put(data.getColumnLabel(i), data.getColumnTypeName(i).toLowerCase(Locale.ROOT));
      }
      assertThat(columns).as("columns have different names").hasSize(data.getColumnCount());
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= data.getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
      Table answer = new Table(columns, rows);
      ANSWERS.put(expanded, answer);
      return answer;
    }
  }

  private static int occurrences(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
