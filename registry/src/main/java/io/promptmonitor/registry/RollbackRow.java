package io.promptmonitor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.rollback.Refusal;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackSnapshot;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.common.rollback.Stragglers;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A row of {@code rollback_event}. */
final class RollbackRow {

  /** The columns that {@link #read} reads. */
  static final String COLUMNS =
      "r.rollback_id, r.kind, r.prompt_id, r.from_version, r.to_version, r.status, r.refusal,"
          + " r.refusal_reason, r.requested_by, r.reason, r.triggered_at, r.switched_at,"
          + " r.registry_event_id, r.cause, r.evidence, r.steps, r.snapshot, r.watch_until,"
          + " r.outcome, r.outcome_reason, r.outcome_at, r.recovery, r.stragglers, r.analysis";

  private RollbackRow() {}

  /**
   * The rollback in the present row.
   *
   * @throws RegistryException if nobody who may could have written the row
   */
  static RollbackRecord read(ResultSet row) throws SQLException {
    String rollbackId = row.getString("rollback_id");
    try {
      String refusal = row.getString("refusal");
      String outcome = row.getString("outcome");
      Object eventId = row.getObject("registry_event_id");
      return new RollbackRecord(
          rollbackId,
          RollbackRecord.Kind.valueOf(constant(row.getString("kind"))),
          row.getString("prompt_id"),
          row.getString("from_version"),
          row.getString("to_version"),
          RollbackRecord.Status.valueOf(constant(row.getString("status"))),
          refusal == null ? null : Refusal.valueOf(constant(refusal)),
          row.getString("refusal_reason"),
          row.getString("requested_by"),
          row.getString("reason"),
          EventRow.timeOrNull(row, "triggered_at"),
          EventRow.timeOrNull(row, "switched_at"),
          eventId == null ? null : ((Number) eventId).longValue(),
          part(row, "cause", RollbackCause.class),
          part(row, "evidence", RollbackEvidence.class),
          List.of(RollbackJson.read(row.getString("steps"), StepResult[].class)),
          part(row, "snapshot", RollbackSnapshot.class),
          EventRow.timeOrNull(row, "watch_until"),
          outcome == null ? null : RollbackOutcome.valueOf(constant(outcome)),
          row.getString("outcome_reason"),
          EventRow.timeOrNull(row, "outcome_at"),
          part(row, "recovery", JsonNode.class),
          part(row, "stragglers", Stragglers.class),
          part(row, "analysis", JsonNode.class));
    } catch (IOException | IllegalArgumentException e) {
      throw new RegistryException(
          Reason.TAMPERED, "the rollback " + rollbackId + " is not what was recorded", e);
    }
  }

  private static String constant(String label) {
    return label.toUpperCase(Locale.ROOT);
  }

  private static <T> @Nullable T part(ResultSet row, String column, Class<T> type)
      throws SQLException, IOException {
    String json = row.getString(column);
    return json == null ? null : RollbackJson.read(json, type);
  }
}
