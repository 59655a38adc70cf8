package io.promptmonitor.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.calibration.Correction;
import io.promptmonitor.common.calibration.Heuristic;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.RegistrySession.Purpose;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The corrections of predicted qualities that operators applied, in a PostgreSQL database. Who may
 * apply them is decided there.
 *
 * <p>Keeps one connection, opened when it is needed. Safe for use by many threads; they wait for
 * each other.
 */
public final class CalibrationHeuristics implements AutoCloseable {

  private static final Purpose APPLY =
      new Purpose("apply corrections of predictions", "promptmon_operator");
  private static final Purpose READ =
      new Purpose(
          "read corrections of predictions",
          "promptmon_analyst, promptmon_investigator, promptmon_job or promptmon_operator");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistrySession session;

  /**
   * What a version was predicted when it was registered.
   *
   * @param declared by its author, 0 to 10
   * @param corrected the same with the corrections in force then
   * @param heuristic their version
   */
  public record Prediction(double declared, double corrected, int heuristic) {}

  /** The corrections in {@code database}; does not connect yet. */
  public CalibrationHeuristics(Database database) {
    this.session = new RegistrySession(database);
  }

  /** The corrections in force; {@link Heuristic#NONE} as long as none was applied. */
  public Heuristic current() {
    return session.read(READ, CalibrationHeuristics::current);
  }

  private static Heuristic current(Connection connection) throws SQLException {
    // A heuristic may be without corrections.
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT h.heuristic_version, c.techniques, c.correction"
                    + " FROM (SELECT max(heuristic_version) AS heuristic_version"
                    + " FROM promptmon.calibration_heuristic) AS h"
                    + " LEFT JOIN promptmon.calibration_correction c"
                    + " ON c.heuristic_version = h.heuristic_version ORDER BY c.techniques");
        ResultSet rows = statement.executeQuery()) {
      int version = 0;
      List<Correction> corrections = new ArrayList<>();
      while (rows.next()) {
        version = rows.getInt(1);
        Array techniques = rows.getArray(2);
        if (techniques != null) {
          corrections.add(
              new Correction(Arrays.asList((String[]) techniques.getArray()), rows.getDouble(3)));
        }
      }
      return new Heuristic(version, corrections);
    }
  }

  /**
   * Puts corrections in force, for the versions that are registered from now on.
   *
   * @param basedOn the version of the heuristic that they were found with
   * @param corrections all that are to be in force
   * @param from the first day of what they were found in
   * @param to the last day
   * @param reason why; null for nothing to say
   * @return the heuristic in force
   * @throws RegistryException if another one was applied meanwhile, or the user may not
   * @throws IllegalArgumentException if a value moves by more than it may at once
   */
  public Heuristic apply(
      int basedOn,
      List<Correction> corrections,
      LocalDate from,
      LocalDate to,
      @Nullable String reason) {
    return session.write(
        APPLY,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT (promptmon.calibration_apply(?, ?::jsonb, ?, ?, ?)).heuristic_version")) {
            statement.setInt(1, basedOn);
            statement.setString(2, json(corrections));
            statement.setObject(3, from);
            statement.setObject(4, to);
            statement.setString(5, reason);
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              return new Heuristic(rows.getInt(1), corrections);
            }
          }
        });
  }

  private static String json(List<Correction> corrections) {
    List<Map<String, Object>> array = new ArrayList<>();
    for (Correction correction : corrections) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("techniques", correction.techniques());
      object.put("value", correction.value());
      array.add(object);
    }
    try {
      return JSON.writeValueAsString(array);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("lists of texts and numbers are JSON", e);
    }
  }

  /**
   * What a version was predicted when it was registered; empty if it has no prediction, or was
   * registered before the first corrections.
   */
  public Optional<Prediction> prediction(String promptId, String versionId) {
    return session.read(
        READ,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT predicted_quality, corrected_quality, heuristic_version"
                      + " FROM promptmon.calibrated_prediction"
                      + " WHERE prompt_id = ? AND prompt_version = ?")) {
            statement.setString(1, promptId);
            statement.setString(2, versionId);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next()
                  ? Optional.of(
                      new Prediction(rows.getDouble(1), rows.getDouble(2), rows.getInt(3)))
                  : Optional.empty();
            }
          }
        });
  }

  /** Closes the connection; a later call opens another. */
  @Override
  public void close() {
    session.close();
  }
}
