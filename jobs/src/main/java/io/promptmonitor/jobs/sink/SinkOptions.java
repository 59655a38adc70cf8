package io.promptmonitor.jobs.sink;

import io.promptmonitor.database.Database;
import java.io.Serializable;
import java.util.Objects;

/**
 * Where and how rows are written.
 *
 * @param database the database
 * @param batchRows rows are written when so many wait, at least 1
 * @param lingerMillis and at the latest so many milliseconds (processing time) after the first of
 *     them came
 * @param retry how long to go on while the database is away
 */
public record SinkOptions(Database database, int batchRows, long lingerMillis, RetryPolicy retry)
    implements Serializable {

  public SinkOptions {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(retry, "retry");
    if (batchRows < 1 || lingerMillis < 1) {
      throw new IllegalArgumentException("expected batchRows >= 1 and lingerMillis >= 1");
    }
  }

  /** 1000 rows, 1 second, {@link RetryPolicy#DEFAULT}. */
  public static SinkOptions of(Database database) {
    return new SinkOptions(database, 1000, 1000, RetryPolicy.DEFAULT);
  }
}
