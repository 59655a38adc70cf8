package io.promptmonitor.bench;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.simulation.FalseRollbacks;
import io.promptmonitor.common.simulation.FalseRollbacks.FalseRollback;
import io.promptmonitor.common.simulation.HealthyPrompts;
import io.promptmonitor.common.simulation.IncidentClass;
import io.promptmonitor.common.simulation.IncidentClass.Kind;
import io.promptmonitor.common.simulation.IncidentDetection;
import io.promptmonitor.common.simulation.PaneTraffic;
import io.promptmonitor.common.simulation.RollbackPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Counts automatic rollbacks on healthy traffic, all of them false, and the incidents that lead to
 * one, with the time it takes. Exits with 1 if there is a false one, or too few incidents are found
 * or too late.
 */
@Command(
    name = "rollback-simulation",
    mixinStandardHelpOptions = true,
    description = "Counts false and missed rollbacks on simulated traffic.")
public final class RollbackSimulation implements Callable<Integer> {

  /** A Monday. */
  private static final long START = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();

  /** The policy that is the configuration. */
  private static final int CONFIGURED = 0;

  /** What is asked of incidents with many errors and enough traffic. */
  private static final double LEAST_FOUND = 0.99;

  private static final double MANY_ERRORS = 0.25;
  private static final double ENOUGH_TRAFFIC = 10;

  /** N of the default triggers, which hold for N minutes. */
  private static final Duration HOLD = Duration.ofMinutes(5);

  @Option(
      names = "--days",
      description = "How long healthy traffic is watched; 0: not at all. Default: ${DEFAULT-VALUE}")
  private int days = 30;

  @Option(names = "--prompts", description = "How many prompts. Default: ${DEFAULT-VALUE}")
  private int prompts = 200;

  @Option(names = "--incidents", description = "How many incidents. Default: ${DEFAULT-VALUE}")
  private int incidents = 2_016;

  @Option(
      names = "--seed",
      description = "Another seed gives other traffic. Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "A deployment's configuration, whose rules are taken. Default: the defaults")
  private @Nullable Path rulesFile;

  @Option(
      names = "--beside",
      paramLabel = "POLICY",
      description =
          "Whose delays are shown beside those of the configuration; may be repeated."
              + " Default: ${DEFAULT-VALUE}")
  private List<String> beside = List.of("plain rule");

  @Option(names = "--threads", description = "Default: ${DEFAULT-VALUE}")
  private int threads = 1;

  private RollbackSimulation() {}

  /** Runs the simulation and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RollbackSimulation()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    if (days < 0 || prompts < 2 || incidents < 0 || threads < 1) {
      System.err.println("expected at least 0 days, 2 prompts, 0 incidents and 1 thread");
      return CommandLine.ExitCode.USAGE;
    }
    DeploymentConfig config;
    try {
      config = rulesFile == null ? DeploymentConfig.defaults() : DeploymentConfig.read(rulesFile);
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    List<RollbackPolicy> policies = RollbackPolicy.compared(config.alerting().autoRollback());
    List<String> names = policies.stream().map(RollbackPolicy::name).toList();
    if (!names.containsAll(beside)) {
      System.err.println("--beside: expected one of " + String.join("; ", names));
      return CommandLine.ExitCode.USAGE;
    }
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      boolean fine = days == 0 || watchHealthyTraffic(config, policies, executor);
      return (incidents == 0 || findIncidents(config, policies, executor)) && fine ? 0 : 1;
    } finally {
      executor.shutdownNow();
    }
  }

  private boolean watchHealthyTraffic(
      DeploymentConfig config, List<RollbackPolicy> policies, ExecutorService executor)
      throws InterruptedException, ExecutionException {
    long pane = config.monitor().evaluationInterval().toMillis();
    List<PaneTraffic> traffic = new ArrayList<>(HealthyPrompts.noisy(prompts, START, pane, seed));
    Collections.reverse(traffic); // Those that take longest first.
    Progress progress =
        new Progress(
            "healthy traffic", traffic.stream().mapToDouble(RollbackSimulation::work).sum());
    List<Future<List<FalseRollback>>> runs = new ArrayList<>();
    for (PaneTraffic prompt : traffic) {
      runs.add(
          executor.submit(
              () -> {
                List<FalseRollback> found =
                    FalseRollbacks.of(prompt, config, policies, START, Duration.ofDays(days));
                progress.add(work(prompt));
                return found;
              }));
    }
    long slow = traffic.stream().filter(RollbackSimulation::isUsuallySlow).count();
    FalseRollbackTables tables = new FalseRollbackTables(policies, (double) prompts * days);
    FalseRollbackTables ofFast =
        new FalseRollbackTables(policies, (double) (prompts - slow) * days);
    for (int i = 0; i < runs.size(); i++) {
      List<FalseRollback> found = runs.get(i).get();
      tables.printEach(found, System.err);
      tables.add(found);
      if (!isUsuallySlow(traffic.get(i))) {
        ofFast.add(found);
      }
    }
    System.out.printf("%n%d prompts, %d days, seed %d%n", prompts, days, seed);
    tables.print(System.out);
    System.out.printf(
        "%n%d of the prompts have a true p99 above %d ms; without them:%n",
        slow, IncidentClass.SLOW_MS);
    ofFast.print(System.out);
    return tables.of(CONFIGURED) == 0;
  }

  /** How long a prompt takes, roughly: there is more to do the more panes have executions. */
  private static double work(PaneTraffic traffic) {
    return 1 + Math.min(4, traffic.ratePerMinute() / 4);
  }

  private static boolean isUsuallySlow(PaneTraffic traffic) {
    return traffic.shareSlowerThan(IncidentClass.SLOW_MS) > 0.01;
  }

  private boolean findIncidents(
      DeploymentConfig config, List<RollbackPolicy> policies, ExecutorService executor)
      throws InterruptedException, ExecutionException {
    IncidentDetection detection = new IncidentDetection(config, policies, START);
    DetectionTables tables = new DetectionTables(policies);
    List<IncidentClass> classes = IncidentClass.all();
    Progress progress = new Progress("incidents", incidents);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < incidents; i++) {
      IncidentClass incident = classes.get(i % classes.size());
      long number = i;
      runs.add(
          executor.submit(
              () -> {
                tables.add(incident, detection.delays(incident, seed, number));
                progress.add(1);
              }));
    }
    for (Future<?> run : runs) {
      run.get();
    }
    System.out.printf(
        "%n%d incidents, seed %d: share found within %d min; median and 95th percentile of the time"
            + " from the first bad execution to the rollback%n",
        incidents, seed, IncidentDetection.LIMIT.toMinutes());
    tables.print(
        System.out,
        IntStream.range(0, policies.size())
            .filter(i -> i == CONFIGURED || beside.contains(policies.get(i).name()))
            .boxed()
            .toList());
    return isSoonEnough(config, policies, tables);
  }

  /** Prints what each policy makes of many errors and enough traffic. */
  private static boolean isSoonEnough(
      DeploymentConfig config, List<RollbackPolicy> policies, DetectionTables tables) {
    Predicate<IncidentClass> clear =
        incident ->
            incident.kind() == Kind.ERRORS
                && incident.severity().from() >= MANY_ERRORS
                && incident.traffic().from() >= ENOUGH_TRAFFIC;
    Predicate<IncidentClass> sudden = clear.and(incident -> !incident.gradual());
    Predicate<IncidentClass> errors = incident -> incident.kind() == Kind.ERRORS;
    System.out.println(
        "\n| policy | errors found | ≥ 25 %, ≥ 10/min: found | sudden: median | gradual: median |");
    System.out.println("|---|---:|---:|---:|---:|");
    for (int i = 0; i < policies.size(); i++) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f %% | %.1f %% | %s | %s |%n",
          policies.get(i).name(),
          100 * tables.found(i, errors),
          100 * tables.found(i, clear),
          DetectionTables.minutes(tables.median(i, sudden)),
          DetectionTables.minutes(tables.median(i, clear.and(incident -> incident.gradual()))));
    }
    long limit = HOLD.plus(config.monitor().evaluationInterval().multipliedBy(2)).toMillis();
    return tables.found(CONFIGURED, clear) >= LEAST_FOUND
        && tables.median(CONFIGURED, sudden) <= limit;
  }
}
