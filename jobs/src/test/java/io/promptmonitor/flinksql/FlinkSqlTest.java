package io.promptmonitor.flinksql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.bridge.java.internal.StreamTableEnvironmentImpl;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.AggregateFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sql/flink} declares, in Flink's own SQL. */
@Timeout(120)
class FlinkSqlTest {

  @RegisterExtension static final TestCluster cluster = new TestCluster();
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Path FILES =
      Path.of(System.getProperty("promptmonitor.root", "..")).resolve("sql/flink");

  /** How a column of PostgreSQL is declared; other types are left out. */
  private static final Map<String, String> TYPES =
      Map.of(
          "text", "STRING",
          "timestamptz", "TIMESTAMP(3)",
          "float8", "DOUBLE",
          "int8", "BIGINT",
          "int4", "INT",
          "bool", "BOOLEAN",
          "bytea", "BYTES",
          "_text", "ARRAY<STRING>");

  @Test
  void theStateOfAggregatesIsNumbersAndBytes() throws Exception {
    StreamTableEnvironment tables = environment(RuntimeExecutionMode.STREAMING, "functions.sql");
    DataTypeFactory types =
        ((TableEnvironmentInternal) tables).getCatalogManager().getDataTypeFactory();
    Map<AggregateFunction<?, ?>, List<DataType>> calls =
        Map.of(
            new Percentile(), List.of(DataTypes.DOUBLE(), DataTypes.BYTES()),
            new ShareAbove(), List.of(DataTypes.DOUBLE(), DataTypes.INT()),
            new DigestOf(), List.of(DataTypes.INT()),
            new DistinctUsers(), List.of(DataTypes.BYTES()));
    for (AggregateFunction<?, ?> aggregate : calls.keySet()) {
      LogicalType state =
          aggregate
              .getTypeInference(types)
              .getStateTypeStrategies()
              .values()
              .iterator()
              .next()
              .inferType(new Call(types, aggregate, calls.get(aggregate)))
              .orElseThrow()
              .getLogicalType();
      assertThat(leaves(state))
          .isSubsetOf(LogicalTypeRoot.DOUBLE, LogicalTypeRoot.INTEGER, LogicalTypeRoot.VARBINARY);
    }
  }

  private static List<LogicalTypeRoot> leaves(LogicalType type) {
    return type.getChildren().isEmpty()
        ? List.of(type.getTypeRoot())
        : type.getChildren().stream().flatMap(child -> leaves(child).stream()).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TUMBLE(TABLE t, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)",
        "HOP(TABLE t, DESCRIPTOR(event_time), INTERVAL '20' SECOND, INTERVAL '1' MINUTE)",
        "SESSION(TABLE t PARTITION BY prompt_id, DESCRIPTOR(event_time), INTERVAL '10' SECOND)"
      })
  void percentilesInWindows(String window) throws Exception {
    StreamTableEnvironment tables = environment(RuntimeExecutionMode.STREAMING, "functions.sql");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int second = i / 3 + (i / 3 >= 70 ? 30 : 0);
      rows.add(
          Row.of(
              "p" + i % 2,
              Instant.parse("2025-03-03T10:00:00Z").plusSeconds(second),
              i * 7919 % 1000));
    }
    tables.createTemporaryView(
        "t",
        tables.fromDataStream(
            stream(
                tables,
                rows,
                Types.ROW_NAMED(
                    new String[] {"prompt_id", "event_time", "latency_ms"},
                    Types.STRING,
                    Types.INSTANT,
                    Types.INT)),
            Schema.newBuilder()
                .column("prompt_id", DataTypes.STRING())
                .column("event_time", DataTypes.TIMESTAMP_LTZ(3))
                .column("latency_ms", DataTypes.INT())
                .watermark("event_time", "event_time - INTERVAL '1' SECOND")
                .build()));

    // PERCENTILE is Flink's own, exact.
    List<Row> found =
        rows(
            tables,
            "SELECT prompt_id, window_start, latency_percentile(0.95, latency_ms), PERCENTILE(latency_ms, 0.95),"
                + " digest_percentile(0.95, digest_of(latency_ms)),"
                + " latency_share_above(500, latency_ms), AVG(CASE WHEN latency_ms > 500 THEN 1e0 ELSE 0e0 END)"
                + " FROM TABLE("
                + window
                + ") GROUP BY prompt_id, window_start, window_end");

    assertThat(found).hasSizeGreaterThan(3);
    for (Row row : found) {
      assertThat((Double) row.getField(2)).isCloseTo((Double) row.getField(3), within(1e-9));
      assertThat((Double) row.getField(4)).isCloseTo((Double) row.getField(3), within(1e-9));
      assertThat((Double) row.getField(5)).isCloseTo((Double) row.getField(6), within(1e-9));
    }
  }

  private static DataStream<Row> stream(
      StreamTableEnvironment tables, List<Row> rows, TypeInformation<Row> type) {
    return ((StreamTableEnvironmentImpl) tables).execEnv().fromData(rows, type);
  }

  @ParameterizedTest
  @EnumSource(
      value = RuntimeExecutionMode.class,
      names = {"STREAMING", "BATCH"})
  void percentilesOfStoredDigests(RuntimeExecutionMode mode) throws Exception {
    StreamTableEnvironment tables = environment(mode, "functions.sql");
    List<Row> rows = new ArrayList<>();
    Map<String, Distribution> expected = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      QuantileSketch sketch = new QuantileSketch();
      for (int j = 0; j < 300; j++) {
        sketch.add((i * 7907 + j * 7919) % 5000);
      }
      sketch.close();
      byte[] digest = StoredSketches.bytes(sketch);
      String prompt = "p" + i % 3;
      expected.computeIfAbsent(prompt, p -> new Distribution()).addDigest(digest);
      rows.add(Row.of(prompt, digest));
    }
    tables.createTemporaryView(
        "t",
        tables.fromDataStream(
            stream(
                tables,
                rows,
                Types.ROW_NAMED(
                    new String[] {"prompt_id", "latency_digest"},
                    Types.STRING,
                    Types.PRIMITIVE_ARRAY(Types.BYTE)))));

    Map<String, Double> found = new TreeMap<>();
    // The last one of each prompt: in streaming mode a row replaces the one before.
    for (Row row :
        rows(
            tables,
            "SELECT prompt_id, latency_percentile(0.95, latency_digest) FROM t GROUP BY prompt_id")) {
      found.put((String) row.getField(0), (Double) row.getField(1));
    }

    Map<String, Double> percentiles = new TreeMap<>();
    expected.forEach((prompt, all) -> percentiles.put(prompt, all.union().quantile(0.95)));
    assertThat(found).isEqualTo(percentiles);
  }

  @Test
  void tablesHaveTheColumnsThatTheDatabaseHas() throws Exception {
    StreamTableEnvironment tables =
        environment(RuntimeExecutionMode.STREAMING, "functions.sql", "topics.sql", "tables.sql");
    List<String> declared =
        Arrays.stream(tables.listTables())
            .filter(table -> !List.of("records", "executions", "feedback").contains(table))
            .toList();
    assertThat(declared).contains("window_metrics", "alert_history", "rollback_history");
    for (String table : declared) {
      String columns =
          tables.from(table).getResolvedSchema().getColumns().stream()
              .map(FlinkSqlTest::declaration)
              .collect(Collectors.joining("\n"));
      String stored =
          postgres
              .query(
                  "SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = 'promptmon' AND table_name = '"
                      + table
                      + "' ORDER BY ordinal_position")
              .lines()
              .map(line -> line.split("\\|"))
              .filter(column -> TYPES.containsKey(column[1]))
              .map(column -> column[0] + " " + TYPES.get(column[1]))
              .collect(Collectors.joining("\n"));
      assertThat(columns).as(table).isEqualTo(stored);
      // Queries run with the login of the monitoring job.
      assertThat(
              postgres.query(
                  "SELECT has_table_privilege('promptmon_job', 'promptmon."
                      + table
                      + "', 'SELECT')"))
          .as(table)
          .isEqualTo("t");
      assertThat(tables.executeSql("SHOW CREATE TABLE " + table).collect().next().toString())
          .as("rows are not fetched all at once")
          .contains("'scan.fetch-size' = '1000'", "'scan.auto-commit' = 'false'");
    }
    assertThat(tables.from("executions").getResolvedSchema().getColumnNames())
        .contains("event_time", "latency_ms", "model_used");
  }

  private static String declaration(Column column) {
    return column.getName()
        + " "
        + column.getDataType().getLogicalType().copy(true).asSummaryString();
  }

  private static StreamTableEnvironment environment(RuntimeExecutionMode mode, String... files)
      throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(ExecutionOptions.RUNTIME_MODE, mode);
    StreamTableEnvironment tables =
        StreamTableEnvironment.create(
            cluster.environment(2, configuration),
            EnvironmentSettings.newInstance().withConfiguration(configuration).build());
    for (String file : files) {
      for (String statement : statements(Files.readString(FILES.resolve(file)))) {
        tables.executeSql(statement);
      }
    }
    return tables;
  }

  /** No text of these files has a semicolon, or two hyphens that begin no comment. */
  private static List<String> statements(String file) {
    return Stream.of(file.replaceAll("(?m)--.*$", "").split(";"))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static List<Row> rows(StreamTableEnvironment tables, String query) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> all = tables.executeSql(query).collect()) {
      all.forEachRemaining(rows::add);
    }
    return rows;
  }
}
