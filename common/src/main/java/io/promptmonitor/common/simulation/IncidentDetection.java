package io.promptmonitor.common.simulation;

import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.rollback.RollbackDecision;
import io.promptmonitor.common.simulation.IncidentClass.Kind;
import io.promptmonitor.common.simulation.IncidentClass.Span;
import io.promptmonitor.common.windows.PaneUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long it takes until a version that begins to fail is rolled back.
 *
 * <p>The version is as good as the one it would go back to until the incident begins, at a random
 * time of a pane and minute.
 */
public final class IncidentDetection {

  /** What is told of an incident that was not found. */
  public static final long MISSED = -1;

  /** How long it may take; then the incident counts as missed. */
  public static final Duration LIMIT = Duration.ofMinutes(60);

  private static final long MINUTE = 60_000;

  /** So long all is well: longer than the rules look back. */
  private static final long BEFORE = 30 * MINUTE;

  private static final long RAMP = IncidentClass.RAMP_MINUTES * MINUTE;
  private static final long RAMP_STEP = 10_000;

  private final DeploymentConfig config;
  private final List<RollbackPolicy> policies;
  private final long start;

  /**
   * Detection.
   *
   * @param config whose rules hold
   * @param policies how it is decided, each on its own
   * @param start when traffic begins, in milliseconds since the epoch; the start of a minute
   */
  public IncidentDetection(DeploymentConfig config, List<RollbackPolicy> policies, long start) {
    this.config = config;
    this.policies = List.copyOf(policies);
    this.start = start;
  }

  /**
   * Simulates an incident.
   *
   * @param seed other seeds give other incidents of the class
   * @param number so do other numbers
   * @return for each policy the time in milliseconds from the first execution that fails, or is too
   *     slow, to the evaluation that leads to the rollback; or {@link #MISSED}
   */
  public long[] delays(IncidentClass incident, long seed, long number) {
    long pane = config.monitor().evaluationInterval().toMillis();
    RandomSequence random =
        new RandomSequence(RandomDraws.seed(RandomDraws.seed(seed, "incident"), number));
    double rate = drawn(incident.traffic(), random);
    double severity = drawn(incident.severity(), random);
    long from = BEFORE + (long) (random.uniform() * MINUTE);
    // What is slow must not be usual.
    boolean noisy = incident.kind() == Kind.ERRORS;
    PaneTraffic healthy = HealthyPrompts.even(rate, noisy, start, pane, random.bits());
    PaneTraffic traffic = healthy.with(incidents(incident, healthy, from, severity));
    long end = start + from + LIMIT.toMillis();

    long firstBad = firstBad(incident.kind(), traffic, start + from, end, pane);
    Watch watch = new Watch(healthy, firstBad, end);
    Replay replay = new Replay(RollbackTrial.config(config), start, watch);
    traffic.deployment().forEach(replay::apply);
    for (long time = start; time < end && watch.waiting > 0; time += pane) {
      PaneUpdate executions = traffic.pane(time);
      if (executions != null && !replay.add(executions)) {
        throw new IllegalStateException("a pane came too late: " + time);
      }
      replay.advance(time + pane);
    }
    return watch.delays;
  }

  private static double drawn(Span span, RandomSequence random) {
    return HealthyPrompts.between(span.from(), span.to(), random.uniform());
  }

  private static List<Incident> incidents(
      IncidentClass incident, PaneTraffic healthy, long from, double severity) {
    List<Incident> incidents = new ArrayList<>();
    long worst = from;
    if (incident.gradual()) {
      worst += RAMP;
      for (long time = 0; time < RAMP; time += RAMP_STEP) {
        double share = (time + RAMP_STEP) / (double) (RAMP + RAMP_STEP);
        incidents.add(
            of(incident.kind(), healthy, from + time, from + time + RAMP_STEP, severity, share));
      }
    }
    incidents.add(
        of(incident.kind(), healthy, worst, from + LIMIT.toMillis() + MINUTE, severity, 1));
    return incidents;
  }

  /**
   * An incident.
   *
   * @param share how far it has come from what is usual to what is worst, 0 to 1
   */
  private static Incident of(
      Kind kind, PaneTraffic healthy, long from, long to, double severity, double share) {
    if (kind == Kind.ERRORS) {
      double usual = healthy.errorRate();
      return Incident.ofErrors(from, to, usual + share * (severity - usual));
    }
    double worst =
        healthy.behaviour().latencyMs().factorForShareAbove(IncidentClass.SLOW_MS, severity);
    return Incident.ofLatency(from, to, 1 + share * (worst - 1));
  }

  private static long firstBad(Kind kind, PaneTraffic traffic, long from, long end, long pane) {
    long[] first = {Long.MAX_VALUE};
    for (long time = Math.floorDiv(from, pane) * pane; time < end; time += pane) {
      traffic.executions(
          time,
          execution -> {
            boolean bad =
                kind == Kind.ERRORS
                    ? !execution.success()
                    : execution.latencyMs() > IncidentClass.SLOW_MS;
            if (bad && execution.timestamp() >= from) {
              first[0] = Math.min(first[0], execution.timestamp());
            }
          });
      if (first[0] < end) {
        break;
      }
    }
    return first[0];
  }

  private final class Watch extends RollbackTrial {

    private final long firstBad;
    private final long end;
    private final long[] delays = new long[policies.size()];
    private int waiting = policies.size();

    Watch(PaneTraffic healthy, long firstBad, long end) {
      super(policies, config.alerting().autoRollback(), healthy.dayOfEqual(start));
      this.firstBad = firstBad;
      this.end = end;
      Arrays.fill(delays, MISSED);
    }

    @Override
    boolean mayRollBack(int policy, long now) {
      return delays[policy] == MISSED && now > firstBad && now <= end;
    }

    @Override
    void rolledBack(int policy, RollbackTrigger trigger, RollbackDecision decision) {
      delays[policy] = trigger.time() - firstBad;
      waiting--;
    }
  }
}
