package io.promptmonitor.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Queries on a real database as sources of a real job. */
class TableSourceTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();
  @RegisterExtension static final TestCluster cluster = new TestCluster();

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final TypeInformation<Row> TYPE = TypeInformation.of(Row.class);

  /** A row of the table, with a value that may be unknown. */
  public record Row(String name, Instant at, @Nullable Double value) {}

  private static final TableQuery<Row> ALL =
      TableQuery.of("SELECT name, at, value FROM measured", TableSourceTest::row, TYPE);

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString(1), row.getTimestamp(2).toInstant(), row.getObject(3, Double.class));
  }

  @BeforeAll
  static void fill() {
    postgres.execute(
        "CREATE TABLE promptmon.measured AS SELECT 'n' || n % 37 AS name,"
            + " timestamptz '2026-03-01T00:00:00Z' + n * interval '1 minute' AS at,"
            + " CASE WHEN n % 5 > 0 THEN n / 10.0::double precision END AS value"
            + " FROM generate_series(0, 4999) n");
  }

  @Test
  void everyRowComesOnceWhateverTheParts() throws Exception {
    TableQuery<Row> parts =
        TableQuery.of(
                "SELECT name, at, value FROM measured WHERE " + TableQuery.partOf("name"),
                TableSourceTest::row,
                TYPE)
            .inParts(7);
    List<Row> once = read(ALL, 1);
    assertThat(once).hasSize(5000).doesNotHaveDuplicates().contains(new Row("n0", START, null));
    assertThat(read(parts, 3)).containsExactlyInAnyOrderElementsOf(once);
  }

  @Test
  void parametersAreTakenInOrder() throws Exception {
    TableQuery<Row> query =
        TableQuery.of(
                "SELECT name, at, value FROM measured WHERE at >= ? AND name = ?"
                    + " AND (at AT TIME ZONE 'UTC')::date = ?",
                TableSourceTest::row,
                TYPE)
            .with(START.plusSeconds(3600), "n2")
            .forEach(List.of(List.of(LocalDate.of(2026, 3, 1)), List.of(LocalDate.of(2026, 3, 3))));
    assertThat(read(query, 2))
        .hasSize(37 + 39)
        .allMatch(row -> row.name().equals("n2") && !row.at().isBefore(START.plusSeconds(3600)));
  }

  @Test
  void noRowsAreNoError() throws Exception {
    TableQuery<Row> none =
        TableQuery.of(
            "SELECT name, at, value FROM measured WHERE false", TableSourceTest::row, TYPE);
    assertThat(read(none, 2)).isEmpty();
  }

  @Test
  void aDatabaseThatIsAwayIsNamedWithoutThePassword() {
    Database away = Database.of("postgresql://somebody:sesame@127.0.0.1:1/nowhere");
    assertThatThrownBy(() -> read(ALL, 1, away))
        .hasStackTraceContaining("cannot connect to the database somebody@127.0.0.1:1/nowhere")
        .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("sesame"));
  }

  @Test
  void recordsDoWithoutKryo() {
    assertThat(TYPE).isInstanceOf(PojoTypeInfo.class);
  }

  private static List<Row> read(TableQuery<Row> query, int parallelism) throws Exception {
    return read(query, parallelism, postgres.database());
  }

  private static List<Row> read(TableQuery<Row> query, int parallelism, Database database)
      throws Exception {
    Configuration noRestart = new Configuration();
    noRestart.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment environment = cluster.environment(parallelism, noRestart);
    BatchSettings.apply(environment);
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> results =
        TableSource.read(environment, database, query, "measured").executeAndCollect()) {
      results.forEachRemaining(rows::add);
    }
    return rows;
  }
}
