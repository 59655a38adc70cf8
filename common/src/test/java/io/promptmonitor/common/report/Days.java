package io.promptmonitor.common.report;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.registry.VersionStatus;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds what is stored of a prompt's day, without chance. */
final class Days {

  static final String PROMPT = "summarize";
  static final LocalDate DATE = LocalDate.of(2026, 3, 4);

  private final List<WindowUpdate> days = new ArrayList<>();
  private final List<WindowUpdate> hours = new ArrayList<>();
  private final Map<String, Double> consistency = new HashMap<>();
  private final Map<String, RegisteredVersion> versions = new HashMap<>();
  private final List<PromptDay.ActivePeriod> activePeriods = new ArrayList<>();
  private final List<AlertsOfDay.Episode> alerts = new ArrayList<>();
  private final List<RollbacksOfDay.Event> rollbacks = new ArrayList<>();
  private final Map<String, Long> deadLetters = new HashMap<>();
  private RollbacksOfDay.Allowance allowance = new RollbacksOfDay.Allowance(0, null, null);
  private Instant asOf = at(DATE.plusDays(3), 0);
  private @Nullable Long previousFeedback;

  static Instant at(LocalDate date, int hour) {
    return date.atTime(hour, 0).toInstant(ZoneOffset.UTC);
  }

  /** Some executions, without chance: their latencies are spread evenly. */
  record Executions(int n, int failures, String errorType, int latency, int rating) {

    static Executions healthy(int n) {
      return new Executions(n, n / 50, "timeout", 800, 4);
    }

    private void addTo(WindowAggregate aggregate, String version, Instant from) {
      PromptVersionId id = new PromptVersionId(PROMPT, version);
      for (int i = 0; i < n; i++) {
        aggregate.add(
            new Execution(
                i + 1,
                id,
                from.toEpochMilli() + i,
                latency / 2 + (int) (i * 7_919L % latency),
                300,
                100 + i * 17 % 50,
                i >= failures,
                i < failures ? errorType : null,
                i % 10 == 0 ? (byte) rating : Execution.NO_FEEDBACK,
                Execution.NO_SCORE,
                Execution.NO_HASH,
                Execution.NO_HASH,
                1 + i % 40,
                null,
                null));
      }
    }
  }

  /** A version's executions on a day, all of them in one hour of it. */
  Days executions(LocalDate date, int hour, String version, Executions executions) {
    WindowAggregate day = new WindowAggregate();
    executions.addTo(day, version, at(date, hour));
    day.close();
    days.add(row(version, WindowSize.ONE_DAY, at(date, 0), true, day));
    if (date.equals(DATE)) {
      WindowAggregate ofHour = new WindowAggregate();
      executions.addTo(ofHour, version, at(date, hour));
      ofHour.close();
      hours.add(row(version, WindowSize.ONE_HOUR, at(date, hour), true, ofHour));
    }
    return this;
  }

  private static WindowUpdate row(
      String version, WindowSize size, Instant start, boolean isFinal, WindowAggregate aggregate) {
    return new WindowUpdate(
        new PromptVersionId(PROMPT, version),
        size,
        start.toEpochMilli(),
        isFinal,
        1,
        false,
        version.equals("1.0.0") ? 8.2 : Double.NaN,
        aggregate);
  }

  Days open() {
    days.replaceAll(
        row ->
            row(
                row.promptVersion().version(),
                row.size(),
                Instant.ofEpochMilli(row.start()),
                false,
                row.aggregate()));
    return this;
  }

  Days registered(String file, LocalDate since, int hour) {
    try (InputStream in = Days.class.getResourceAsStream("/registry/" + file)) {
      VersionFile read = ConfigReader.read(file, in.readAllBytes(), VersionFile::read);
      RegisteredVersion version =
          new RegisteredVersion(
              read.definition(),
              new Deployment(VersionStatus.ACTIVE, null, Instant.EPOCH, "ann"),
              null);
      String id = version.definition().versionId().toString();
      versions.put(id, version);
      return active(id, at(since, hour), null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Days active(String version, Instant from, @Nullable Instant until) {
    activePeriods.add(new PromptDay.ActivePeriod(version, from, until));
    return this;
  }

  Days consistency(String version, double rate) {
    consistency.put(version, rate);
    return this;
  }

  Days alert(AlertsOfDay.Episode episode) {
    alerts.add(episode);
    return this;
  }

  Days rollback(RollbacksOfDay.Event event) {
    rollbacks.add(event);
    return this;
  }

  Days allowance(RollbacksOfDay.Allowance now) {
    allowance = now;
    return this;
  }

  Days deadLetters(String reason, long count) {
    deadLetters.put(reason, count);
    return this;
  }

  Days asOf(Instant time) {
    asOf = time;
    return this;
  }

  Days previousFeedback(long count) {
    previousFeedback = count;
    return this;
  }

  PromptDay build() {
    return new PromptDay(
        PROMPT,
        DATE,
        asOf,
        1,
        days,
        consistency,
        hours,
        versions,
        activePeriods,
        alerts,
        rollbacks,
        allowance,
        deadLetters,
        previousFeedback,
        at(DATE.plusDays(2), 0));
  }

  DailyReport report() {
    return ReportWriter.write(build());
  }
}
