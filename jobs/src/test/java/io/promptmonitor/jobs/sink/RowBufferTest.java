package io.promptmonitor.jobs.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A buffer that is flushed at any time leaves the same table as writing every row at once. */
class RowBufferTest {

  /** Statement i sets the columns from i on; statement 0 makes the row, others need one. */
  private record Write(int key, int statement, int value) {}

  private static final int COLUMNS = 3;

  private static final JdbcTable<Write> TABLE =
      new JdbcTable<>() {
        @Override
        public String name() {
          return "table";
        }

        @Override
        public List<String> statements() {
          return List.of("all", "second and third", "third");
        }

        @Override
        public int statement(Write value) {
          return value.statement();
        }

        @Override
        public Object key(Write value) {
          return value.key();
        }

        @Override
        public void bind(Write value, PreparedStatement statement) {
          throw new UnsupportedOperationException();
        }
      };

  private static void apply(Map<Integer, int[]> table, Write write) {
    if (write.statement() == 0) {
      table.put(write.key(), new int[COLUMNS]);
    }
    int[] row = table.get(write.key());
    if (row != null) {
      for (int i = write.statement(); i < COLUMNS; i++) {
        row[i] = write.value();
      }
    }
  }

  @Provide
  Arbitrary<List<Write>> writes() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(0, COLUMNS - 1),
            Arbitraries.integers().between(1, 1_000_000))
        .as(Write::new)
        .list()
        .ofMaxSize(60);
  }

  @Property
  void bufferedWritesLeaveTheSameTable(
      @ForAll("writes") List<Write> writes, @ForAll("batchSizes") int batchSize) {
    Map<Integer, int[]> expected = new HashMap<>();
    Map<Integer, int[]> actual = new HashMap<>();
    RowBuffer<Write> buffer = new RowBuffer<>(TABLE);
    for (Write write : writes) {
      apply(expected, write);
      buffer.add(write);
      if (buffer.size() >= batchSize) {
        flush(buffer, actual);
      }
    }
    flush(buffer, actual);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((key, row) -> assertThat(actual.get(key)).containsExactly(row));
  }

  @Provide
  Arbitrary<Integer> batchSizes() {
    return Arbitraries.integers().between(1, 20);
  }

  private static void flush(RowBuffer<Write> buffer, Map<Integer, int[]> table) {
    for (int i = 0; i < TABLE.statements().size(); i++) {
      int n = 0;
      Map<Integer, Integer> keys = new HashMap<>();
      for (Write write : buffer.rows(i)) {
        apply(table, write);
        keys.merge(write.key(), 1, Integer::sum);
        n++;
      }
      assertThat(n).isEqualTo(buffer.size(i));
      // An upsert must not meet the same row twice in one statement.
      assertThat(keys.values()).allMatch(times -> times == 1);
    }
    buffer.clear();
    assertThat(buffer.size()).isZero();
  }
}
