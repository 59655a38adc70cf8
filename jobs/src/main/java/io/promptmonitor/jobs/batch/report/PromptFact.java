package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.common.registry.VersionStatus;
import io.promptmonitor.common.report.AlertsOfDay;
import io.promptmonitor.common.report.PromptDay;
import io.promptmonitor.common.report.RollbacksOfDay;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing beside windows that is known of a prompt and goes into its report: exactly one of the
 * fields is set, or none, which says that the prompt is to be reported.
 */
public record PromptFact(
    String promptId,
    @Nullable Version version,
    PromptDay.@Nullable ActivePeriod activePeriod,
    AlertsOfDay.@Nullable Episode alert,
    RollbacksOfDay.@Nullable Event rollback,
    RollbacksOfDay.@Nullable Allowance allowance,
    @Nullable Consistency consistency) {

  /** Whether it says that the prompt is to be reported. */
  boolean isToBeReported() {
    return version == null
        && activePeriod == null
        && alert == null
        && rollback == null
        && allowance == null
        && consistency == null;
  }

  static PromptFact toBeReported(String promptId) {
    return new PromptFact(promptId, null, null, null, null, null, null);
  }

  static PromptFact of(String promptId, Version version) {
    return new PromptFact(promptId, version, null, null, null, null, null);
  }

  static PromptFact of(String promptId, PromptDay.ActivePeriod period) {
    return new PromptFact(promptId, null, period, null, null, null, null);
  }

  static PromptFact of(String promptId, AlertsOfDay.Episode alert) {
    return new PromptFact(promptId, null, null, alert, null, null, null);
  }

  static PromptFact of(String promptId, RollbacksOfDay.Event rollback) {
    return new PromptFact(promptId, null, null, null, rollback, null, null);
  }

  static PromptFact of(String promptId, RollbacksOfDay.Allowance allowance) {
    return new PromptFact(promptId, null, null, null, null, allowance, null);
  }

  static PromptFact of(String promptId, Consistency consistency) {
    return new PromptFact(promptId, null, null, null, null, null, consistency);
  }

  /** The {@code consistency_rate} of a version on the day. */
  public record Consistency(String version, double rate) {}

  /** A row of {@code registered_version}. */
  public record Version(
      String versionId,
      String promptHash,
      String definition,
      String status,
      @Nullable String deprecation,
      @Nullable Instant deployedAt,
      @Nullable String deployedBy,
      @Nullable String rollbackReference) {

    /** The version; of a definition that cannot be understood only that it is registered. */
    RegisteredVersion registered() {
      return new RegisteredVersion(
          definitionOrUnknown(),
          new Deployment(
              VersionStatus.valueOf(status.toUpperCase(Locale.ROOT)),
              deprecation == null
                  ? null
                  : DeprecationReason.valueOf(deprecation.toUpperCase(Locale.ROOT)),
              deployedAt,
              deployedBy),
          rollbackReference == null ? null : SemanticVersion.parse(rollbackReference));
    }

    private VersionDefinition definitionOrUnknown() {
      try {
        return VersionDefinitionJson.read(Objects.requireNonNull(definition));
      } catch (ConfigException e) {
        return VersionDefinition.ofUnknownContent(SemanticVersion.parse(versionId), promptHash);
      }
    }
  }
}
