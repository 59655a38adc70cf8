package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Distinct users in SQL are those of Java from the same sketches, and close to the exact ones. */
class DistinctUsersTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  /** Around the limits between hashes, coupons and registers, and of the ways of estimating. */
  private static final int[] SIZES = {
    0, 1, 9, 63, 64, 65, 130, 384, 385, 700, 3_000, 9_000, 60_000
  };

  private static Connection connection;

  @BeforeAll
  static void connect() throws SQLException {
    connection = postgres.database().connect();
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
  }

  private static DistinctSketch sketch(Iterable<Long> hashes) {
    DistinctSketch sketch = new DistinctSketch();
    hashes.forEach(sketch::add);
    return sketch;
  }

  private static byte[] bytes(DistinctSketch sketch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sketch.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static long distinctUsers(List<byte[]> sketches) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT promptmon.distinct_users(s), promptmon.sketch_count(?) FROM unnest(?) AS s")) {
      byte[][] rows = sketches.toArray(byte[][]::new);
      query.setArray(1, connection.createArrayOf("bytea", rows));
      query.setArray(2, connection.createArrayOf("bytea", rows));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(row.getLong(2));
        return row.getLong(1);
      }
    }
  }

  @Test
  void usersOfAnyRowsAreThoseOfJava() throws Exception {
    Random random = new Random(21);
    for (int i = 0; i < 250; i++) {
      int n = SIZES[random.nextInt(SIZES.length)];
      List<Set<Long>> rows = new ArrayList<>();
      int kinds = random.nextInt(10) == 0 ? 40 : 1 + random.nextInt(5);
      for (int k = 0; k < kinds; k++) {
        rows.add(new HashSet<>());
      }
      Set<Long> all = new HashSet<>();
      for (int k = 0; k < n; k++) {
        long hash = random.nextLong();
        all.add(hash);
        // Users of several rows, and rows of different sizes.
        do {
          rows.get((int) (kinds * Math.pow(random.nextDouble(), 3))).add(hash);
        } while (random.nextInt(3) == 0);
      }
      DistinctSketch union = new DistinctSketch();
      List<byte[]> sketches = new ArrayList<>();
      for (Set<Long> row : rows) {
        DistinctSketch sketch = sketch(row);
        union.merge(sketch);
        sketches.add(bytes(sketch));
      }
      sketches.add(null);
      long found = distinctUsers(sketches);
      assertThat(found).as("%s users in %s rows", n, kinds).isEqualTo(union.estimate());
      if (n <= DistinctSketch.EXACT_LIMIT) {
        assertThat(found).isEqualTo(n);
      }
      assertThat((double) found)
          .isBetween(all.size() * (1 - 5 * 0.016), all.size() * (1 + 5 * 0.016));
    }
  }

  /** Far beyond the table of the estimate, and with registers that are never 0. */
  @Test
  void manyUsersAreEstimatedAsInJava() throws Exception {
    for (int n : new int[] {30_000, 45_000, 700_000, 4_000_000}) {
      Random random = new Random(n);
      DistinctSketch sketch = new DistinctSketch();
      for (int i = 0; i < n; i++) {
        sketch.add(random.nextLong());
      }
      assertThat(distinctUsers(List.of(bytes(sketch)))).as("%s", n).isEqualTo(sketch.estimate());
    }
  }

  @Test
  void hashesAreShortenedAsInJava() throws Exception {
    // The estimate of many coupons would hide a wrong one; that of one register too many does not.
    List<byte[]> sketches = new ArrayList<>();
    Random random = new Random(22);
    Set<Long> hashes = new HashSet<>();
    for (long hash : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 31}) {
      hashes.add(hash);
    }
    while (hashes.size() < 380) {
      hashes.add(random.nextLong());
    }
    byte[] coupons = bytes(sketch(hashes));
    sketches.add(coupons);
    for (long hash : hashes) {
      sketches.add(bytes(sketch(List.of(hash))));
    }
    assertThat(distinctUsers(sketches))
        .isEqualTo(distinctUsers(List.of(coupons)))
        .isEqualTo(sketch(hashes).estimate());
  }

  @Test
  void withoutSketchesThereAreNone() throws SQLException {
    assertThat(distinctUsers(List.of())).isZero();
    assertThat(distinctUsers(Arrays.asList(null, null))).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashes", "listed", "registers"})
  void readsWhatIsKeptForGood(String name) throws Exception {
    byte[] golden =
        HexFormat.of()
            .parseHex(
                Files.readString(
                        Path.of(System.getProperty("promptmonitor.root"))
                            .resolve("common/src/test/resources/golden/distinct-" + name + ".hex"))
                    .replaceAll("\\s", ""));
    DistinctSketch expected =
        DistinctSketch.read(new DataInputStream(new ByteArrayInputStream(golden)));
    assertThat(distinctUsers(List.of(golden))).isEqualTo(expected.estimate());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''         | 0 bytes",
        "\\x00      | 1 bytes, the first of them 0",
        "\\x0001    | 2 bytes do not hold 1 hashes",
        "\\x00000000000000000000 | 10 bytes do not hold 0 hashes",
        "\\x02000000 | 4 bytes, the first of them 2",
        "\\x018020020107090020010801000000 | 15 bytes, expected 4099",
        "\\x018c00020107090020010801000000 | it starts with \\x0201070900200108, expected an HLL_8 sketch with 4,096 registers",
        "\\x018c000a01070c002001080a000000 | 15 bytes do not hold coupons",
        "\\x018c000a01070c0020010a0a000000 | 15 bytes do not hold 4,096 registers",
        "\\x018d000301070c0020010901000000aa | 16 bytes do not hold coupons",
      })
  void whatIsNoSketchIsRefusedInOneLine(String sketch, String message) {
    assertThatThrownBy(
            () ->
                postgres.query(
                    "SELECT promptmon.distinct_users('" + sketch.replace("''", "") + "')"))
        .rootCause()
        .message()
        .startsWith("ERROR: not a sketch: " + message);
  }

  @Test
  void damagedSketchesGiveSomeNumberOrAreRefused() throws Exception {
    Random random = new Random(23);
    List<byte[]> whole = new ArrayList<>();
    for (int n : SIZES) {
      whole.add(bytes(sketch(random.longs(n).boxed().toList())));
    }
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] sketch = whole.get(random.nextInt(whole.size())).clone();
      if (random.nextInt(3) == 0) {
        sketch = Arrays.copyOf(sketch, random.nextInt(sketch.length + 1));
      }
      for (int k = 0; k < random.nextInt(4) && sketch.length > 0; k++) {
        sketch[random.nextInt(Math.min(sketch.length, 60))] = (byte) random.nextInt(256);
      }
      try {
        assertThat(distinctUsers(List.of(sketch))).isNotNegative();
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("XX001");
        assertThat(e.getMessage()).contains("not a sketch: ");
        refused++;
      }
    }
    assertThat(refused).isBetween(80, 290);
  }
}
