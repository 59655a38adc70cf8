package io.promptmonitor.jobs.sink;

import java.io.Serializable;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * How objects become rows of one table.
 *
 * @param <T> what is written
 */
interface JdbcTable<T> extends Serializable {

  /** The table's name, for messages and metrics. */
  String name();

  /**
   * The statements, widest first: of two writes to the same row, a later one by statement {@code i}
   * leaves nothing of an earlier one by statement {@code i} or higher. Each is idempotent.
   */
  List<String> statements();

  /**
   * Whether a statement changes a row that has to be there, so that none changed means that it is
   * not.
   */
  default boolean expectsRow(int statement) {
    return false;
  }

  /** Which of the statements writes {@code value}. */
  int statement(T value);

  /** The row's natural key: equal for the same row, and readable in messages. */
  Object key(T value);

  /** Sets the parameters of the statement that writes {@code value}. */
  void bind(T value, PreparedStatement statement) throws SQLException;
}
