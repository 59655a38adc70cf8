package io.promptmonitor.jobs.sink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows that wait to be written: for each natural key only what the newest rows leave visible, at
 * most one row a statement. Not thread-safe.
 */
final class RowBuffer<T> {

  private final JdbcTable<T> table;
  private final List<Map<Object, T>> byStatement = new ArrayList<>();

  RowBuffer(JdbcTable<T> table) {
    this.table = table;
    for (int i = 0; i < table.statements().size(); i++) {
      byStatement.add(new LinkedHashMap<>());
    }
  }

  /** Adds a row, in place of those it overwrites. */
  void add(T value) {
    Object key = table.key(value);
    int statement = table.statement(value);
    for (int i = statement + 1; i < byStatement.size(); i++) {
      byStatement.get(i).remove(key);
    }
    byStatement.get(statement).put(key, value);
  }

  /**
   * The rows of one statement. Written statement by statement, in their order, each key's rows are
   * in the order they came: a row that a lower statement writes would have removed what came before
   * it.
   */
  Iterable<T> rows(int statement) {
    return byStatement.get(statement).values();
  }

  int size(int statement) {
    return byStatement.get(statement).size();
  }

  int size() {
    int size = 0;
    for (Map<Object, T> rows : byStatement) {
      size += rows.size();
    }
    return size;
  }

  void clear() {
    byStatement.forEach(Map::clear);
  }
}
