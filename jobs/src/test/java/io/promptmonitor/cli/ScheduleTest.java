package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1CronJobSpec;
import io.kubernetes.client.openapi.models.V1JobSpec;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/** What {@code deploy/cron} and {@code deploy/kubernetes} run, and how. */
class ScheduleTest {

  private static final Path DEPLOY = Path.of(System.getProperty("promptmonitor.root"), "deploy");

  private static final Pattern CRON_LINE =
      Pattern.compile("((?:[-0-9*/,]+ ){4}[-0-9*/,]+)\\s+(\\S+)\\s+(.+)");

  private static final Pattern DATE = Pattern.compile("\"\\$\\(date -u -I -d '[^']+'\\)\"");

  private static List<String> cronLines() throws IOException {
    try (Stream<String> lines = Files.lines(DEPLOY.resolve("cron/promptmon"))) {
      return lines.filter(line -> line.matches("[0-9*].*")).toList();
    }
  }

  private static List<Path> manifests() {
    return Stream.of("calibration", "report", "retention")
        .map(name -> DEPLOY.resolve("kubernetes/base/" + name + ".yaml"))
        .toList();
  }

  /** Each document of a file, by Kubernetes' own model, which refuses fields it does not know. */
  private static List<Object> objects(String manifest) throws IOException {
    List<Object> objects = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(manifest)) {
      String json = new ObjectMapper().writeValueAsString(document);
      String kind = String.valueOf(((Map<?, ?>) document).get("kind"));
      objects.add(
          switch (kind) {
            case "CronJob" -> V1CronJob.fromJson(json);
            case "PersistentVolumeClaim" -> V1PersistentVolumeClaim.fromJson(json);
            default -> throw new IllegalArgumentException("a test is missing for " + kind);
          });
    }
    return objects;
  }

  private static List<V1CronJob> cronJobs() throws IOException {
    List<V1CronJob> jobs = new ArrayList<>();
    for (Path manifest : manifests()) {
      for (Object object : objects(Files.readString(manifest))) {
        if (object instanceof V1CronJob job) {
          jobs.add(job);
        }
      }
    }
    return jobs;
  }

  private static V1JobSpec jobSpec(V1CronJob job) {
    return Objects.requireNonNull(job.getSpec().getJobTemplate().getSpec());
  }

  private static V1PodSpec podSpec(V1CronJob job) {
    return Objects.requireNonNull(jobSpec(job).getTemplate().getSpec());
  }

  static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String line : cronLines()) {
      commands.add(line.substring(line.lastIndexOf(" promptmon ") + 1));
    }
    for (V1CronJob job : cronJobs()) {
      for (V1Container container : podSpec(job).getContainers()) {
        assertThat(container.getCommand()).containsExactly("/bin/sh", "-euc");
        commands.addAll(container.getArgs().get(0).lines().toList());
      }
    }
    return commands;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandIsOneThatThereIs(String command) {
    String[] words = DATE.matcher(command).replaceAll("2026-03-01").split(" ");
    assertThat(words[0]).isEqualTo("promptmon");
    CommandLine promptmon = PromptMon.commandLine();
    // Throws if there is no such option, or one that is required is missing.
    CommandLine.ParseResult parsed =
        promptmon.parseArgs(List.of(words).subList(1, words.length).toArray(String[]::new));
    assertThat(parsed.hasSubcommand()).isTrue();
  }

  @Test
  void cronAndKubernetesRunTheSame() throws Exception {
    List<String> commands = new ArrayList<>();
    for (String command : commands()) {
      commands.add(command.replace("--out /reports", "--out reports"));
    }
    int half = commands.size() / 2;
    assertThat(commands.subList(half, commands.size()))
        .hasSize(4)
        .containsExactlyInAnyOrderElementsOf(commands.subList(0, half));
  }

  @Test
  void everyLineOfCronIsOne() throws Exception {
    for (String line : cronLines()) {
      Matcher matcher = CRON_LINE.matcher(line);
      assertThat(matcher.matches()).as(line).isTrue();
      assertThat(matcher.group(2)).isEqualTo("promptmon");
      assertThat(matcher.group(3)).as("cron makes a % the end of the line").doesNotContain("%");
      assertThat(matcher.group(3)).contains(" && flock -");
    }
  }

  @Test
  void everyCronJobIsSafeToRunEveryDay() throws Exception {
    List<V1CronJob> jobs = cronJobs();
    assertThat(jobs)
        .extracting(job -> job.getMetadata().getName())
        .containsExactly("promptmon-calibration", "promptmon-report", "promptmon-retention");
    for (V1CronJob job : jobs) {
      V1CronJobSpec spec = job.getSpec();
      assertThat(job.getApiVersion()).isEqualTo("batch/v1");
      assertThat(spec.getSchedule()).matches("(\\S+ ){4}\\S+");
      assertThat(spec.getTimeZone()).isEqualTo("Etc/UTC");
      assertThat(spec.getConcurrencyPolicy()).isEqualTo("Forbid");
      assertThat(spec.getStartingDeadlineSeconds()).isPositive();
      assertThat(jobSpec(job).getBackoffLimit()).isBetween(1, 3);
      assertThat(jobSpec(job).getActiveDeadlineSeconds()).isPositive();
      V1PodSpec pod = podSpec(job);
      assertThat(pod.getRestartPolicy()).isEqualTo("Never");
      assertThat(pod.getAutomountServiceAccountToken()).isFalse();
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      for (V1Container container : pod.getContainers()) {
        assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
        assertThat(container.getResources().getLimits()).containsKey("memory");
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop())
            .containsExactly("ALL");
        assertThat(container.getEnv())
            .filteredOn(variable -> !variable.getName().equals("PROMPTMON_JAVA_OPTS"))
            .singleElement()
            .satisfies(
                variable -> {
                  assertThat(variable.getName()).isEqualTo("PROMPTMON_DB_URL");
                  assertThat(variable.getValue()).isNull();
                  assertThat(variable.getValueFrom().getSecretKeyRef()).isNotNull();
                });
        assertThat(container.getVolumeMounts())
            .allMatch(
                mount ->
                    pod.getVolumes().stream()
                        .anyMatch(volume -> volume.getName().equals(mount.getName())));
      }
    }
  }

  @Test
  void aMistakeInAManifestIsNoticed() throws Exception {
    String manifest = Files.readString(DEPLOY.resolve("kubernetes/base/retention.yaml"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objects(manifest.replace("backoffLimit", "backofLimit")))
        .withMessageContaining("`backofLimit`");
  }
}
