package io.promptmonitor.bench;

import io.promptmonitor.common.alerts.AlertRule;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EvidenceTwins;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.simulation.HealthyPrompts;
import io.promptmonitor.common.simulation.PaneTraffic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Counts how often rules alarm on healthy traffic, plainly and with evidence. Exits with 1 if with
 * evidence there are more critical alerts than are allowed.
 */
@Command(
    name = "healthy-traffic",
    mixinStandardHelpOptions = true,
    description = "Counts the alerts of rules on simulated healthy traffic.")
public final class HealthyTrafficSimulation implements Callable<Integer> {

  /** A Monday. */
  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

  private static final double DAYS_A_WEEK = 7;

  @Option(names = "--days", description = "How long. Default: ${DEFAULT-VALUE}")
  private int days = 7;

  @Option(names = "--prompts", description = "How many prompts. Default: ${DEFAULT-VALUE}")
  private int prompts = 200;

  @Option(
      names = "--seed",
      description = "Other seeds give other traffic; may be repeated. Default: ${DEFAULT-VALUE}")
  private List<Long> seeds = List.of(1L);

  @Option(
      names = "--error-rate",
      description = "The error rate of all prompts. Default: spread evenly from 0 to 0.01")
  private double errorRate = Double.NaN;

  @Option(
      names = "--evidence",
      description = "How improbable a false alarm must be. Default: ${DEFAULT-VALUE}")
  private double evidence = 1e-4;

  @Option(
      names = "--allowed",
      description = "Critical alerts with evidence for each seed. Default: ${DEFAULT-VALUE}")
  private int allowed = 2;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "A deployment's configuration, whose rules are taken. Default: the defaults")
  private @Nullable Path rulesFile;

  @Option(names = "--threads", description = "Default: as many as there are processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  private HealthyTrafficSimulation() {}

  /** Runs the simulation and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new HealthyTrafficSimulation()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    if (days < 1 || prompts < 2 || threads < 1) {
      System.err.println("expected at least 1 day, 2 prompts and 1 thread");
      return CommandLine.ExitCode.USAGE;
    }
    DeploymentConfig config;
    try {
      config = rulesFile == null ? DeploymentConfig.defaults() : DeploymentConfig.read(rulesFile);
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    boolean fine = true;
    for (long seed : seeds) {
      fine &= simulate(config, seed);
    }
    return fine ? 0 : 1;
  }

  private boolean simulate(DeploymentConfig config, long seed)
      throws InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    AlertingConfig rules = config.alerting();
    AlertCounts counts = count(config, seed);
    System.out.printf(
        Locale.ROOT,
        "%n%d prompts, %d days, seed %d, error rate %s%n",
        prompts,
        days,
        seed,
        Double.isNaN(errorRate) ? "0 to 0.01" : Double.toString(errorRate));
    print("plain", rules, AlertRule::name, counts);
    long critical =
        print(
            "evidence: " + evidence,
            rules,
            rule -> EvidenceTwins.hasTwin(rule) ? EvidenceTwins.nameOfTwin(rule) : rule.name(),
            counts);
    System.err.printf(
        Locale.ROOT,
        "seed %d: %d critical alerts with evidence, %d allowed; took %d s%n",
        seed,
        critical,
        allowed,
        Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    return critical <= allowed;
  }

  /** Replays all prompts, each on its own. */
  private AlertCounts count(DeploymentConfig rules, long seed)
      throws InterruptedException, ExecutionException {
    // Both on the same windows: what costs most is made only once.
    DeploymentConfig config =
        new DeploymentConfig(
            rules.monitor(),
            EvidenceTwins.of(rules.alerting(), evidence),
            rules.grouping(),
            rules.channels());
    long start = START.toEpochMilli();
    long pane = config.monitor().evaluationInterval().toMillis();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<AlertCounts>> replays = new ArrayList<>();
      for (PaneTraffic traffic : HealthyPrompts.of(prompts, start, pane, seed, errorRate)) {
        replays.add(
            executor.submit(
                () -> {
                  AlertCounts counts = new AlertCounts(TrafficClass.NAMES.size());
                  Replay replay =
                      new Replay(
                          config, start, counts.counting(TrafficClass.of(traffic.ratePerMinute())));
                  traffic.drive(replay, Duration.ofDays(days));
                  return counts;
                }));
      }
      AlertCounts all = new AlertCounts(TrafficClass.NAMES.size());
      for (Future<AlertCounts> replay : replays) {
        all.add(replay.get());
      }
      return all;
    } finally {
      executor.shutdownNow();
    }
  }

  /** Prints a table; returns the number of critical alerts in it. */
  private long print(
      String title, AlertingConfig rules, Function<AlertRule, String> name, AlertCounts counts) {
    System.out.printf(
        "%n| %s | severity | alerts | a prompt-week | %s |%n",
        title, String.join(" | ", TrafficClass.NAMES));
    System.out.println("|---|---|---:|---:|" + "---:|".repeat(TrafficClass.NAMES.size()));
    Map<Severity, long[]> bySeverity = new EnumMap<>(Severity.class);
    Stream.concat(rules.alertRules().stream(), rules.autoRollback().triggers().stream())
        .forEach(
            rule -> {
              long[] ofRule = counts.ofRule(name.apply(rule));
              long[] sums =
                  bySeverity.computeIfAbsent(rule.severity(), s -> new long[ofRule.length]);
              Arrays.setAll(sums, i -> sums[i] + ofRule[i]);
              printRow(rule.name(), rule.severity(), ofRule);
            });
    bySeverity.forEach((severity, sums) -> printRow("all", severity, sums));
    return Arrays.stream(bySeverity.getOrDefault(Severity.CRITICAL, new long[0])).sum();
  }

  private void printRow(String name, Severity severity, long[] counts) {
    long sum = Arrays.stream(counts).sum();
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %d | %.3f | %s |%n",
        name,
        severity.label(),
        sum,
        sum / (prompts * days / DAYS_A_WEEK),
        Arrays.stream(counts).mapToObj(Long::toString).collect(Collectors.joining(" | ")));
  }
}
