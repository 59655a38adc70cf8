package io.promptmonitor.jobs.batch;

import java.io.Serializable;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How a row of a query becomes an object; travels with the job.
 *
 * @param <T> the object
 */
@FunctionalInterface
public interface RowMapper<T> extends Serializable {

  /** The object of the row on which {@code row} stands; never null. */
  T map(ResultSet row) throws SQLException;
}
