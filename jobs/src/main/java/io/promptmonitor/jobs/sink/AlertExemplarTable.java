package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertExemplar;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.metrics.Exemplar;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code alert_exemplar}: executions by their hashes, for seven days. */
final class AlertExemplarTable implements JdbcTable<AlertExemplar> {

  private static final String INSERT =
      "INSERT INTO promptmon.alert_exemplar (alert_id, execution_id_hash, executed_at, latency_ms,"
          + " success, error_type, model, branch, input_hash, output_hash, expires_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now() + interval '7 days')"
          + " ON CONFLICT (alert_id, execution_id_hash) DO NOTHING";

  private record Key(String alertId, long executionIdHash) {}

  @Override
  public String name() {
    return "alert_exemplar";
  }

  @Override
  public List<String> statements() {
    return List.of(INSERT);
  }

  @Override
  public int statement(AlertExemplar row) {
    return 0;
  }

  @Override
  public Object key(AlertExemplar row) {
    return new Key(row.alertId(), row.exemplar().executionIdHash());
  }

  @Override
  public void bind(AlertExemplar row, PreparedStatement statement) throws SQLException {
    Exemplar exemplar = row.exemplar();
    new Parameters(statement)
        .text(row.alertId())
        .text(HexFormat.of().toHexDigits(exemplar.executionIdHash()))
        .time(exemplar.timestamp())
        .integer(exemplar.latencyMs())
        .bool(exemplar.success())
        .text(exemplar.errorType())
        .text(exemplar.model())
        .text(exemplar.branch())
        .text(hash(exemplar.inputHash()))
        .text(hash(exemplar.outputHash()));
  }

  private static @Nullable String hash(long hash) {
    return hash == Execution.NO_HASH ? null : HexFormat.of().toHexDigits(hash);
  }
}
