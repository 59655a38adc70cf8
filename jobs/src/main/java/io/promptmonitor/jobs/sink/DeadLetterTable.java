package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.RejectionReason;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** The table {@code dead_letter}. */
final class DeadLetterTable implements JdbcTable<DeadLetter> {

  /** A replay of a record leaves the time of its first coming. */
  private static final String UPSERT =
      "INSERT INTO promptmon.dead_letter"
          + " (source, position, reason, detail, length, sha256, event_time)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (source, position, reason) DO UPDATE SET detail = EXCLUDED.detail,"
          + " length = EXCLUDED.length, sha256 = EXCLUDED.sha256,"
          + " event_time = EXCLUDED.event_time";

  private record Key(String source, long position, RejectionReason reason) {
    @Override
    public String toString() {
      return source + ":" + position + " (" + reason.code() + ")";
    }
  }

  @Override
  public String name() {
    return "dead_letter";
  }

  @Override
  public List<String> statements() {
    return List.of(UPSERT);
  }

  @Override
  public int statement(DeadLetter value) {
    return 0;
  }

  @Override
  public Object key(DeadLetter value) {
    return new Key(value.source(), value.position(), value.reason());
  }

  @Override
  public void bind(DeadLetter value, PreparedStatement statement) throws SQLException {
    statement.setString(1, value.source());
    statement.setLong(2, value.position());
    statement.setString(3, value.reason().code());
    statement.setString(4, value.detail());
    statement.setInt(5, value.length());
    statement.setString(6, value.sha256());
    if (value.eventTime() == Long.MIN_VALUE) {
      statement.setNull(7, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(7, Timestamps.ofMillis(value.eventTime()));
    }
  }
}
