package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Percentiles in SQL are those of Java from the same digests, and close to the exact ones. */
class DigestFunctionsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Double[] SHARES = {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0};

  /** Of more than 2,048 different values 11 bits are kept: see QuantileSketch. */
  private static final double ROUNDING = 1.0 / (1 << 10);

  /** Digests of all kinds of latencies, and the latencies themselves. */
  private static final List<byte[]> digests = new ArrayList<>();

  private static final List<int[]> values = new ArrayList<>();

  private static Connection connection;

  @BeforeAll
  static void fill() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      int[] latencies = latencies(random);
      QuantileSketch sketch = new QuantileSketch();
      for (int latency : latencies) {
        sketch.add(latency);
      }
      sketch.close();
      values.add(latencies);
      digests.add(bytes(sketch));
    }
    connection = postgres.database().connect();
    try (Statement statement = connection.createStatement();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO d VALUES (?, ?)")) {
      statement.execute("CREATE TEMP TABLE d (i int PRIMARY KEY, digest bytea)");
      for (int i = 0; i < digests.size(); i++) {
        insert.setInt(1, i);
        insert.setBytes(2, digests.get(i));
        insert.addBatch();
      }
      insert.setInt(1, -1);
      insert.setBytes(2, null);
      insert.addBatch();
      insert.executeBatch();
    }
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
  }

  private static int[] latencies(Random random) {
    int n = new int[] {0, 1, 20, 128, 129, 700, 3_000}[random.nextInt(7)];
    return switch (random.nextInt(4)) {
      // Smooth, few different ones, two groups far apart, any.
      case 0 -> ints(n, () -> (int) (400 * Math.exp(0.4 * random.nextGaussian())));
      case 1 -> ints(n, () -> 50 * random.nextInt(4));
      case 2 -> ints(n, () -> random.nextInt(10) == 0 ? 30_000 + random.nextInt(9) : 80);
      default -> ints(n, () -> random.nextInt(Integer.MAX_VALUE));
    };
  }

  private static int[] ints(int n, IntSupplier next) {
    return IntStream.generate(next).limit(n).toArray();
  }

  private static byte[] bytes(QuantileSketch sketch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sketch.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static QuantileSketch sketch(byte[] digest) {
    try {
      return QuantileSketch.read(new DataInputStream(new ByteArrayInputStream(digest)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The union in the order in which SQL takes them, which matters where means are equal. */
  private static QuantileUnion union(List<Integer> chosen) {
    QuantileUnion union = new QuantileUnion();
    chosen.stream()
        .map(digests::get)
        .sorted(Arrays::compareUnsigned)
        .forEach(d -> union.add(sketch(d)));
    return union;
  }

  private static List<Integer> choice(Random random) {
    int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 20);
    List<Integer> all =
        IntStream.range(0, digests.size()).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(all, random);
    return all.subList(0, n);
  }

  private static String rows(List<Integer> chosen) {
    return chosen.stream().map(String::valueOf).collect(Collectors.joining(",", "(-1,", ")"));
  }

  @Test
  void percentilesOfAnyRowsAreThoseOfJava() throws SQLException {
    Random random = new Random(12);
    for (int i = 0; i < 60; i++) {
      List<Integer> chosen = choice(random);
      QuantileUnion union = union(chosen);
      Double[] expected =
          Arrays.stream(SHARES).map(q -> numberOrNull(union.quantile(q))).toArray(Double[]::new);
      assertThat(percentiles(chosen)).as("%s", chosen).isEqualTo(expected);
    }
  }

  private static Double numberOrNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static Double[] percentiles(List<Integer> chosen) throws SQLException {
    String sql =
        "SELECT promptmon.digest_percentiles(?, array_agg(digest)) FROM d WHERE i IN "
            + rows(chosen);
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setArray(1, connection.createArrayOf("float8", SHARES));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Array array = row.getArray(1);
        return (Double[]) array.getArray();
      }
    }
  }

  @Test
  void aggregatesSayTheSame() throws SQLException {
    Random random = new Random(13);
    for (int i = 0; i < 20; i++) {
      List<Integer> chosen = choice(random);
      QuantileUnion union = union(chosen);
      for (String aggregate : List.of("latency_percentile", "tokens_percentile")) {
        assertThat(number("promptmon." + aggregate + "(0.3, digest)", chosen))
            .isEqualTo(numberOrNull(union.quantile(0.3)));
      }
      assertThat(number("promptmon.latency_p50(digest)", chosen))
          .isEqualTo(numberOrNull(union.quantile(0.5)));
      assertThat(number("promptmon.latency_p95(digest)", chosen))
          .isEqualTo(numberOrNull(union.quantile(0.95)));
      assertThat(number("promptmon.latency_p99(digest)", chosen))
          .isEqualTo(numberOrNull(union.quantile(0.99)));
      assertThat(number("sum(promptmon.digest_count(digest))", chosen))
          .isEqualTo((double) union.count());
      int threshold = random.nextInt(1_000);
      Double above =
          union.count() == 0 ? null : (double) union.countAbove(threshold) / union.count();
      for (String aggregate : List.of("latency_share_above", "tokens_share_above")) {
        assertThat(number("promptmon." + aggregate + "(" + threshold + ", digest)", chosen))
            .isEqualTo(above);
      }
    }
  }

  private static Double number(String expression, List<Integer> chosen) throws SQLException {
    return number("SELECT " + expression + " FROM d WHERE i IN " + rows(chosen));
  }

  private static Double number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      double value = row.getDouble(1);
      return row.wasNull() ? null : value;
    }
  }

  @Test
  void theOrderOfRowsMakesNoDifference() throws SQLException {
    List<Integer> chosen = choice(new Random(14));
    Double up = number("promptmon.latency_percentile(0.95, digest ORDER BY i)", chosen);
    Double down = number("promptmon.latency_percentile(0.95, digest ORDER BY i DESC)", chosen);
    assertThat(up).isEqualTo(down).isNotNull();
  }

  @Test
  void ofOneRowItIsThePercentileThatTheJobStores() throws SQLException {
    for (int i = 0; i < digests.size(); i += 7) {
      assertThat(number("promptmon.latency_percentile(0.95, digest)", List.of(i)))
          .isEqualTo(numberOrNull(sketch(digests.get(i)).quantile(0.95)));
    }
  }

  @Test
  void theErrorIsThatOfTheDigests() throws Exception {
    Class.forName("org.duckdb.DuckDBDriver");
    try (DuckDBConnection duck = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("CREATE TABLE v (i INTEGER, latency INTEGER)");
      try (DuckDBAppender appender = duck.createAppender("main", "v")) {
        for (int i = 0; i < values.size(); i++) {
          for (int latency : values.get(i)) {
            appender.beginRow();
            appender.append(i);
            appender.append(latency);
            appender.endRow();
          }
        }
      }
      Random random = new Random(15);
      for (int i = 0; i < 25; i++) {
        List<Integer> chosen = choice(random);
        long n = union(chosen).count();
        Double[] found = percentiles(chosen);
        for (int s = 0; s < SHARES.length && n > 0; s++) {
          // A centroid and a half: see QuantileSketch.
          double error = 3 * Math.PI * Math.sqrt(SHARES[s] * (1 - SHARES[s])) / 100 + 1.5 / n;
          String exact =
              "SELECT quantile_cont(latency, %s), quantile_cont(latency, %s) FROM v WHERE i IN %s"
                  .formatted(
                      Math.max(0, SHARES[s] - error), Math.min(1, SHARES[s] + error), rows(chosen));
          try (ResultSet bounds = statement.executeQuery(exact)) {
            bounds.next();
            assertThat(found[s])
                .as("%s of %s", SHARES[s], chosen)
                .isBetween(
                    bounds.getDouble(1) * (1 - ROUNDING), bounds.getDouble(2) * (1 + ROUNDING));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"digest", "empty", "repeated", "rounded", "single"})
  void readsWhatIsKeptForGood(String name) throws Exception {
    String hex =
        Files.readString(
                Path.of(System.getProperty("promptmonitor.root"))
                    .resolve("common/src/test/resources/golden/quantiles-" + name + ".hex"))
            .replaceAll("\\s", "");
    QuantileSketch expected = sketch(HexFormat.of().parseHex(hex));
    for (double q : SHARES) {
      assertThat(number("SELECT promptmon.latency_percentile(" + q + ", '\\x" + hex + "')"))
          .isEqualTo(numberOrNull(expected.quantile(q)));
    }
  }

  @Test
  void withoutDigestsThereIsNoPercentile() throws SQLException {
    assertThat(number("SELECT promptmon.latency_percentile(0.5, digest) FROM d WHERE i < 0"))
        .isNull();
    assertThat(number("SELECT promptmon.latency_p95(digest) FROM d WHERE i < 0")).isNull();
    assertThat(number("SELECT promptmon.latency_p95(digest) FROM d WHERE false")).isNull();
    assertThat(number("SELECT promptmon.latency_share_above(5, digest) FROM d WHERE false"))
        .isNull();
  }

  @Test
  void partsThatSeveralProcessesFoundAreJoined() throws SQLException {
    assertThat(
            number(
                """
                WITH state AS (
                  SELECT promptmon.digest_collect(promptmon.digest_collect('', 0.95, a.digest), 0.95, b.digest) AS one,
                    promptmon.digest_collect('', 0.95, c.digest) AS other
                  FROM d a, d b, d c WHERE a.i = 3 AND b.i = 4 AND c.i = 5
                )
                SELECT promptmon.digest_collected_percentile(promptmon.digest_combine(promptmon.digest_combine('', one), promptmon.digest_combine(other, ''))) FROM state
                """))
        .isEqualTo(number("promptmon.latency_percentile(0.95, digest)", List.of(3, 4, 5)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | 0 bytes",
        "\\x02                | 1 bytes, the first of them 2, expected 0 or 1",
        "\\x001f              | 2 bytes, the first of them 0, expected 0 or 1",
        "\\x021f0000          | 4 bytes, the first of them 2, expected 0 or 1",
        "\\x001f0100          | 4 bytes do not hold 1 values",
        "\\x001f010005ff      | 6 bytes, expected 5",
        "\\x01ffffffffffffffffffff | the number of its values does not end",
        "\\x01ffffff          | the number of its values does not end",
        "\\x01010200          | 4 bytes do not hold 2 centroids",
        "\\x0102013ff000000000000001 | its entries hold 1 values, the smallest of them 1, expected 2",
        "\\x0102013ff000000000000082 | 12 bytes do not hold 1 centroids",
        "\\x010001bff000000000000000 | its entries hold 0 values, the smallest of them 0, expected 0",
        "\\x010101bff000000000000001 | the mean of a centroid is \\xbff0000000000000",
      })
  void whatIsNoDigestIsRefusedInOneLine(String digest, String message) {
    assertThatThrownBy(
            () ->
                postgres.query(
                    "SELECT promptmon.latency_percentile(0.5, '" + digest.replace("''", "") + "')"))
        .rootCause()
        .message()
        .startsWith("ERROR: not a digest: " + message);
  }

  @Test
  void damagedDigestsGiveSomeNumberOrAreRefused() throws SQLException {
    Random random = new Random(16);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] digest = digests.get(random.nextInt(digests.size())).clone();
      int cut = random.nextInt(3) == 0 ? random.nextInt(digest.length + 1) : digest.length;
      digest = Arrays.copyOf(digest, cut);
      for (int k = 0; k < random.nextInt(4) && cut > 0; k++) {
        digest[random.nextInt(Math.min(cut, 40))] = (byte) random.nextInt(256);
      }
      try (PreparedStatement query =
          connection.prepareStatement("SELECT promptmon.latency_percentile(0.7, ?)")) {
        query.setBytes(1, digest);
        query.executeQuery().close();
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("XX001");
        assertThat(e.getMessage()).contains("not a digest: ");
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 390);
  }

  @ParameterizedTest
  @CsvSource({
    "latency_percentile(1.5), 'a percentile lies between 0 and 1, not 1.5'",
    "latency_percentile(-1), 'a percentile lies between 0 and 1, not -1'",
    "latency_percentile('NaN'), 'it is asked for NaN, expected a finite number'",
    "latency_share_above('inf'), 'it is asked for Infinity, expected a finite number'",
    "latency_percentile(i / 1000.0), it is asked for",
  })
  void whatMakesNoSenseIsRefused(String call, String message) {
    String sql =
        "SELECT promptmon."
            + call.replaceFirst("\\)$", ", digest)")
            + " FROM d WHERE i IN (1, 2, 3)";
    assertThatThrownBy(() -> number(sql)).message().startsWith("ERROR: " + message);
  }
}
