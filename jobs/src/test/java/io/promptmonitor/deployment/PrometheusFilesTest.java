package io.promptmonitor.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.jobs.metrics.JobMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of deploy/prometheus, and what docs/job-metrics.md says of them and of the metrics. */
class PrometheusFilesTest {

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root"));
  private static final Path PROMETHEUS = ROOT.resolve("deploy/prometheus");

  @Test
  void prometheusTakesThem() throws Exception {
    CommandLineTool.run(PROMETHEUS, "promtool", "check", "config", "prometheus.yml");
  }

  @Test
  void eachAlertFiresWhenItShould() throws Exception {
    CommandLineTool.run(PROMETHEUS, "promtool", "test", "rules", "tests/job.yaml");
    assertThat(named("- name: ", "tests/job.yaml"))
        .containsAll(named("- alert: ", "rules/job.yaml"));
  }

  @Test
  void theJobHasEachMetricThatRulesAskFor() throws IOException {
    List<String> known = Stream.of(JobMetric.values()).map(JobMetric::prometheusName).toList();
    assertThat(
            Files.readString(PROMETHEUS.resolve("rules/job.yaml"))
                .lines()
                .flatMap(line -> Stream.of(line.split("[^a-zA-Z_]+")))
                .filter(word -> word.contains(JobMetric.GROUP + "_"))
                .map(word -> word.replaceFirst("_count$", ""))
                .distinct())
        .isNotEmpty()
        .allMatch(known::contains);
  }

  @Test
  void everyMetricAndAlertIsDocumented() throws IOException {
    String documented = Files.readString(ROOT.resolve("docs/job-metrics.md"));
    for (JobMetric metric : JobMetric.values()) {
      assertThat(documented)
          .contains(
              "| `%s` | %s | %s | %s | %s |"
                  .formatted(
                      metric.prometheusName().substring(JobMetric.PROMETHEUS_PREFIX.length()),
                      JobMetric.label(metric.kind()),
                      metric.label() == null ? "" : "`" + metric.label() + "`",
                      String.join(", ", metric.operators()),
                      Objects.requireNonNull(metric.meaning())));
    }
    assertThat(named("- alert: ", "rules/job.yaml"))
        .isNotEmpty()
        .allMatch(alert -> documented.contains("\n## " + alert + "\n"));
  }

  /** What follows a key in a file. */
  private static List<String> named(String key, String file) throws IOException {
    return Files.readAllLines(PROMETHEUS.resolve(file)).stream()
        .map(String::strip)
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .distinct()
        .toList();
  }
}
