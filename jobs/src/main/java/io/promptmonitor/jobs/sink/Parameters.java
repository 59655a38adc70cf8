package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertState;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement one after the other; what is not known becomes NULL. */
final class Parameters {

  private final PreparedStatement statement;
  private int next = 1;

  Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  Parameters text(@Nullable String value) throws SQLException {
    statement.setString(next++, value);
    return this;
  }

  Parameters texts(Iterable<String> values) throws SQLException {
    List<String> list = new ArrayList<>();
    values.forEach(list::add);
    statement.setArray(next++, statement.getConnection().createArrayOf("text", list.toArray()));
    return this;
  }

  Parameters bool(boolean value) throws SQLException {
    statement.setBoolean(next++, value);
    return this;
  }

  Parameters integer(int value) throws SQLException {
    statement.setInt(next++, value);
    return this;
  }

  /** A time in milliseconds since the epoch, {@link AlertState#NEVER} for none. */
  Parameters time(long millis) throws SQLException {
    if (millis == AlertState.NEVER) {
      statement.setNull(next++, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(next++, Timestamps.ofMillis(millis));
    }
    return this;
  }

  Parameters time(@Nullable Long millis) throws SQLException {
    return time(millis == null ? AlertState.NEVER : millis.longValue());
  }

  /** A length of time as seconds, for {@code make_interval}. */
  Parameters seconds(long millis) throws SQLException {
    statement.setDouble(next++, millis / 1000.0);
    return this;
  }

  private Parameters number(double value) throws SQLException {
    if (Double.isNaN(value)) {
      statement.setNull(next++, Types.DOUBLE);
    } else {
      statement.setDouble(next++, value);
    }
    return this;
  }

  private Parameters nulls(int... types) throws SQLException {
    for (int type : types) {
      statement.setNull(next++, type);
    }
    return this;
  }

  /** The columns {@link #READING}. */
  Parameters reading(@Nullable AlertReading reading) throws SQLException {
    if (reading == null) {
      return nulls(
          Types.VARCHAR,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.DOUBLE,
          Types.BIGINT,
          Types.DOUBLE,
          Types.DOUBLE);
    }
    text(reading.metric().column())
        .number(reading.value())
        .number(reading.threshold())
        .number(reading.baseline());
    statement.setLong(next++, reading.count());
    return seconds(reading.window()).number(reading.evidence());
  }

  /** The columns of what was seen. */
  static final String READING =
      "metric, value, threshold, baseline, sample_count, window_length, evidence";

  /** The parameters of {@link #READING}. */
  static final String READING_VALUES = "?, ?, ?, ?, ?, make_interval(secs => ?), ?";
}
