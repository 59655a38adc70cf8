package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.Stragglers;
import io.promptmonitor.registry.PostgresRollbacks.Allowance;
import io.promptmonitor.registry.PostgresRollbacks.Told;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rollbacks for people and for scripts. */
final class StoredRollbackText {

  /** Of an alert's id of 35 characters, what tells it from others: {@code pm-} and eight digits. */
  private static final int SHORT_ID = 11;

  private static final DateTimeFormatter TO_THE_MILLISECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private StoredRollbackText() {}

  /** The beginning of a rollback's id, which is enough for commands. */
  static String shortId(String rollbackId) {
    return rollbackId.startsWith("pm-") && rollbackId.length() > SHORT_ID
        ? rollbackId.substring(0, SHORT_ID)
        : rollbackId;
  }

  /** A time in UTC, to the second. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** A time in UTC, to the second; empty if there is none. */
  static String timeOrNothing(@Nullable Instant at) {
    return at == null ? "" : time(at);
  }

  /** A time in UTC, to the millisecond. */
  static String exactTime(Instant at) {
    return TO_THE_MILLISECOND.format(at);
  }

  /** When it happened; if it did not, when it was demanded. */
  static @Nullable Instant happenedAt(RollbackRecord rollback) {
    return rollback.switchedAt() == null ? rollback.triggeredAt() : rollback.switchedAt();
  }

  /** Whether it happened: {@code switched}, {@code held_back: too_soon}. */
  static String state(RollbackRecord rollback) {
    return rollback.refusal() == null
        ? rollback.status().label()
        : rollback.status().label() + ": " + rollback.refusal().label();
  }

  /** What was seen, or what the operator said. */
  static String because(RollbackRecord rollback) {
    RollbackCause cause = rollback.cause();
    if (cause == null) {
      return rollback.reason();
    }
    String seen = seen(cause);
    return seen.isEmpty() ? cause.rule() : seen;
  }

  /** For example {@code error_rate 12.5% > 5%}; empty if nothing was seen. */
  static String seen(RollbackCause cause) {
    String metric = cause.metric();
    Double value = cause.value();
    return metric == null || value == null
        ? ""
        : MetricText.comparison(metric, value, cause.operator(), cause.threshold());
  }

  /** For example {@code 312 executions, window of 5m}; empty if not known. */
  static String circumstances(RollbackCause cause) {
    List<String> parts = new ArrayList<>();
    String metric = cause.metric();
    Metric known = metric == null ? null : Metric.named(metric);
    if (cause.sampleCount() != null) {
      parts.add(cause.sampleCount() + " " + (known == null ? "samples" : known.sample().plural()));
    }
    if (cause.windowSeconds() != null) {
      parts.add("window of " + DurationText.format(Duration.ofSeconds(cause.windowSeconds())));
    }
    if (metric != null && cause.baseline() != null) {
      parts.add("baseline " + MetricText.value(metric, cause.baseline()));
    }
    return String.join(", ", parts);
  }

  /** What came of it, in a word; empty if it did not happen. */
  static String outcome(RollbackRecord rollback) {
    if (rollback.outcome() != null) {
      return rollback.outcome().label();
    }
    if (rollback.status() != Status.SWITCHED) {
      return "";
    }
    return rollback.watchUntil() == null ? "not watched yet" : "watched";
  }

  /** The evidence in plain words. */
  static String evidence(RollbackEvidence evidence) {
    StringBuilder text = new StringBuilder();
    Double slower = evidence.slowerThanMs();
    text.append("%d of %d executions ".formatted(evidence.counted(), evidence.executions()));
    text.append(
        slower == null ? "failed" : "were slower than " + MetricText.number(slower) + " ms");
    Double reference = evidence.reference();
    if (reference == null) {
      text.append("; what to compare that with is not known");
    } else {
      Long measured = evidence.referenceExecutions();
      text.append("; compared with ").append(percent(reference));
      text.append(
          measured == null ? "" : String.format(Locale.ROOT, " of %,d executions", measured));
      text.append(" (").append(evidence.referenceSource()).append(')');
    }
    Double eValue = evidence.eValue();
    text.append(eValue == null ? "; no e-value" : "; e-value " + MetricText.number(eValue));
    text.append(
        evidence.needed() == null
            ? ", none is asked for"
            : ", " + MetricText.number(evidence.needed()) + " needed");
    return text.toString();
  }

  private static String percent(double share) {
    return MetricText.value(Metric.ERROR_RATE.column(), share);
  }

  /** The rollback lag in a sentence. */
  static String stragglers(Stragglers stragglers, String version) {
    if (stragglers.executions() == 0) {
      return "none: no execution reported " + version + " any more";
    }
    String share =
        stragglers.share() == null ? "" : " (" + percent(stragglers.share()) + " of all)";
    String last =
        stragglers.lastAt() == null ? "" : ", the last one at " + time(stragglers.lastAt());
    String lag =
        stragglers.lagSeconds() == null
            ? ""
            : ", "
                + DurationText.format(Duration.ofSeconds(stragglers.lagSeconds()))
                + " after the switch";
    return (stragglers.executions() == 1 ? "1 execution" : stragglers.executions() + " executions")
        + share
        + " still reported "
        + version
        + last
        + lag;
  }

  /** How much of what is allowed is used up: {@code 2 of 3}. */
  static String used(Allowance allowance) {
    String used = Integer.toString(allowance.counted24h());
    return allowance.maxPerDay() == null ? used : used + " of " + allowance.maxPerDay();
  }

  /** Who last cleared a prompt; empty if nobody did. */
  static String cleared(Allowance allowance) {
    Instant at = allowance.clearedAt();
    return at == null
        ? ""
        : time(at) + " by " + allowance.clearedBy() + ": " + allowance.clearedComment();
  }

  /** The values of a rollback, for JSON; what is not known is left out. */
  static ObjectNode values(RollbackRecord rollback) {
    ObjectNode values = (ObjectNode) RollbackJson.tree(rollback);
    if (rollback.analysis() != null) {
      values.set("analysis", MappingYaml.ordered(rollback.analysis()));
    }
    return values;
  }

  /** The values of an allowance, for JSON. */
  static Map<String, @Nullable Object> values(Allowance allowance) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("prompt_id", allowance.promptId());
    values.put("automatic_24h", allowance.automatic24h());
    values.put("counted_24h", allowance.counted24h());
    values.put("last_at", allowance.lastAt().toString());
    values.put("next_at", text(allowance.nextAt()));
    values.put("intervention_since", text(allowance.interventionSince()));
    values.put("cleared_at", text(allowance.clearedAt()));
    values.put("cleared_by", allowance.clearedBy());
    values.put("cleared_comment", allowance.clearedComment());
    values.put(
        "min_interval_seconds",
        allowance.minInterval() == null ? null : allowance.minInterval().toSeconds());
    values.put("max_per_day", allowance.maxPerDay());
    return values;
  }

  /** The values of a message, for JSON. */
  static Map<String, @Nullable Object> values(Told told) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("created_at", told.createdAt().toString());
    values.put("alert_id", told.alertId());
    values.put("rule", told.rule());
    values.put("reason", told.about());
    values.put("channel", told.channel());
    values.put("status", told.status());
    values.put("attempts", told.attempts());
    values.put("settled_at", text(told.settledAt()));
    values.put("last_error", told.lastError());
    values.put("next_attempt_at", text(told.nextAttemptAt()));
    return values;
  }

  private static @Nullable String text(@Nullable Instant value) {
    return value == null ? null : value.toString();
  }
}
