package io.promptmonitor.jobs.batch;

import java.io.Serializable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A query with its parameters, and what becomes of its rows. It runs once for each of its lists of
 * parameters, in parallel where the source is.
 *
 * @param <T> what a row becomes
 */
public final class TableQuery<T> {

  private final String sql;
  private final RowMapper<T> mapper;
  private final TypeInformation<T> type;
  private final List<List<Serializable>> runs;

  private TableQuery(
      String sql, RowMapper<T> mapper, TypeInformation<T> type, List<List<Serializable>> runs) {
    this.sql = sql;
    this.mapper = mapper;
    this.type = type;
    this.runs = runs;
  }

  /**
   * A query that runs once, without parameters.
   *
   * @param sql a SELECT in which a question mark stands for each parameter
   * @param mapper makes an object of a row
   * @param type how the objects are serialized
   */
  public static <T> TableQuery<T> of(String sql, RowMapper<T> mapper, TypeInformation<T> type) {
    return new TableQuery<>(sql, mapper, type, List.of(List.of()));
  }

  /**
   * A condition that holds for the rows of one part, by the hash of {@code column}: the place of
   * the two parameters that {@link #inParts} adds. Rows with the same value are in the same part.
   */
  public static String partOf(String column) {
    return "(hashtext(" + column + ") & 2147483647) % ? = ?";
  }

  /**
   * The query with more parameters, behind those it has: of the types String, Integer, Long,
   * Double, Boolean, LocalDate and Instant.
   */
  public TableQuery<T> with(Serializable... parameters) {
    return forEach(List.of(List.of(parameters)));
  }

  /**
   * The query that runs for each of the lists, with it behind the parameters that it has: one list
   * a day, for example.
   */
  public TableQuery<T> forEach(List<List<Serializable>> lists) {
    List<List<Serializable>> all = new ArrayList<>();
    for (List<Serializable> run : runs) {
      for (List<Serializable> list : lists) {
        all.add(Stream.concat(run.stream(), list.stream().map(TableQuery::forDriver)).toList());
      }
    }
    return new TableQuery<>(sql, mapper, type, List.copyOf(all));
  }

  /**
   * The query that runs {@code parts} times, with the parameters of {@link #partOf} behind those it
   * has.
   */
  public TableQuery<T> inParts(int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException("parts " + parts + ": expected at least 1");
    }
    List<List<Serializable>> numbers = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      numbers.add(List.of(parts, part));
    }
    return forEach(numbers);
  }

  /** The driver takes no Instant. */
  private static Serializable forDriver(Serializable parameter) {
    return parameter instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : parameter;
  }

  String sql() {
    return sql;
  }

  RowMapper<T> mapper() {
    return mapper;
  }

  TypeInformation<T> type() {
    return type;
  }

  /** The parameters, a row for each run. */
  Serializable[][] parameters() {
    return runs.stream()
        .map(run -> run.toArray(Serializable[]::new))
        .toArray(Serializable[][]::new);
  }

  @Override
  public String toString() {
    return sql + " with " + Arrays.deepToString(parameters());
  }
}
