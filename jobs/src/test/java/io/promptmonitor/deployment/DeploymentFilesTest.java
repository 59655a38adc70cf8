package io.promptmonitor.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.cli.PromptMon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What docker-compose.yml, deploy/docker and deploy/kubernetes hold, as far as no engine is needed
 * to know.
 */
class DeploymentFilesTest {

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root"));
  private static final Path KUBERNETES = ROOT.resolve("deploy/kubernetes");

  /** Services without a health check, and why. */
  private static final Map<String, String> NO_HEALTH_CHECK =
      Map.of(
          "topic", "runs once",
          "migrate", "runs once",
          "promptmon", "a command of an operator",
          "report", "runs once",
          "calibration", "runs once",
          "retention", "runs once",
          "simulator", "ends with an error if it cannot send");

  /** Settings of Flink that Kubernetes has otherwise, and why. */
  private static final Map<String, String> OTHERWISE_ON_KUBERNETES =
      Map.of(
          "jobmanager.memory.process.size", "jobManager.resource",
          "taskmanager.memory.process.size", "taskManager.resource",
          "parallelism.default", "job.parallelism",
          "high-availability.type", "there is something to keep it in",
          "high-availability.storageDir", "there is something to keep it in");

  private static final Pattern PINNED =
      Pattern.compile("[a-z0-9./-]+:v?\\d+\\.\\d+(\\.\\d+)?(-.+)?");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)[^}]*}");

  @TempDir private Path directory;

  @Test
  void composeAcceptsItsFile() throws Exception {
    Path secrets =
        Files.writeString(
            directory.resolve("env"),
            Files.readString(ROOT.resolve(".env.example")).replaceAll("(?m)=$", "=x"));
    CommandLineTool.run(
        ROOT,
        "docker-compose",
        "-f",
        "docker-compose.yml",
        "--env-file",
        secrets.toString(),
        "config",
        "-q");
  }

  @Test
  void everyServiceIsPinnedWatchedAndBound() throws Exception {
    Set<String> withoutHealthCheck = new TreeSet<>();
    for (Map.Entry<String, Object> entry : services().entrySet()) {
      Map<String, Object> service = map(entry.getValue());
      assertThat((String) service.get("image")).as(entry.getKey()).matches(PINNED);
      assertThat(service)
          .as(entry.getKey())
          .containsKeys("restart", "networks", "deploy", "security_opt");
      assertThat(map(map(map(service.get("deploy")).get("resources")).get("limits")))
          .as(entry.getKey())
          .containsOnlyKeys("cpus", "memory");
      for (Object port : list(service.get("ports"))) {
        assertThat((String) port).startsWith("127.0.0.1:");
      }
      if (!service.containsKey("healthcheck")) {
        withoutHealthCheck.add(entry.getKey());
      }
    }
    assertThat(withoutHealthCheck).isEqualTo(new TreeSet<>(NO_HEALTH_CHECK.keySet()));
  }

  @Test
  void secretsComeFromTheEnvironment() throws Exception {
    for (Map.Entry<String, Object> entry : services().entrySet()) {
      Object environment = map(entry.getValue()).getOrDefault("environment", Map.of());
      map(environment)
          .forEach(
              (name, value) -> {
                if (name.matches(".*(PASSWORD|SECRET|SMTP_URL)")) {
                  assertThat((String) value).as(name).matches("\\$\\{[A-Z_]+:\\?.+}");
                }
              });
    }
    Set<String> used = new TreeSet<>();
    Matcher matcher = VARIABLE.matcher(Files.readString(ROOT.resolve("docker-compose.yml")));
    while (matcher.find()) {
      used.add(matcher.group(1));
    }
    Set<String> examples = new TreeSet<>();
    for (String line : Files.readAllLines(ROOT.resolve(".env.example"))) {
      if (!line.startsWith("#")) {
        examples.add(line.substring(0, line.indexOf('=')));
        assertThat(line).matches("[A-Z_]+=(smtp://mail:1025\\?tls=off)?");
      }
    }
    assertThat(examples).isEqualTo(used);
  }

  @Test
  void whatIsMountedIsThere() throws Exception {
    for (Map.Entry<String, Object> entry : services().entrySet()) {
      for (Object volume : list(map(entry.getValue()).get("volumes"))) {
        String[] parts = ((String) volume).split(":");
        if (parts[0].startsWith("./")) {
          assertThat(ROOT.resolve(parts[0])).exists();
          assertThat(parts[parts.length - 1]).as("read-only").isEqualTo("ro");
        }
      }
    }
  }

  @Test
  void everyCommandIsOneThatThereIs() throws Exception {
    int commands = 0;
    for (Object value : services().values()) {
      Map<String, Object> service = map(value);
      List<Object> entrypoint = list(service.get("entrypoint"));
      List<String> arguments = new ArrayList<>();
      list(service.get("command")).forEach(word -> arguments.add((String) word));
      if (entrypoint.equals(List.of("keep-job"))) {
        arguments.add(0, "monitor");
      } else if (!entrypoint.equals(List.of("promptmon")) || arguments.contains("--help")) {
        continue;
      }
      // Throws if there is no such option, or one that is required is missing.
      PromptMon.commandLine().parseArgs(arguments.toArray(String[]::new));
      commands++;
    }
    assertThat(commands).isEqualTo(6);
    for (Path file :
        List.of(
            KUBERNETES.resolve("base/job.yaml"),
            KUBERNETES.resolve("overlays/production/job.yaml"))) {
      Map<String, Object> job = map(map(documents(file).get(0).get("spec")).get("job"));
      PromptMon.commandLine()
          .parseArgs(list(job.get("args")).stream().map(String.class::cast).toArray(String[]::new));
    }
  }

  @Test
  void kustomizationsNameWhatIsThere() throws Exception {
    for (String name : List.of("base", "overlays/staging", "overlays/production")) {
      Path folder = KUBERNETES.resolve(name);
      Map<String, Object> kustomization = documents(folder.resolve("kustomization.yaml")).get(0);
      Set<String> named = new TreeSet<>(Set.of("kustomization.yaml"));
      for (String key : List.of("resources", "configurations")) {
        for (Object resource : list(kustomization.get(key))) {
          assertThat(folder.resolve((String) resource)).exists();
          named.add((String) resource);
        }
      }
      for (Object patch : list(kustomization.get("patches"))) {
        Map<String, Object> target = map(map(patch).getOrDefault("target", Map.of()));
        if (map(patch).get("path") instanceof String path) {
          named.add(path);
          Map<String, Object> document = documents(folder.resolve(path)).get(0);
          target =
              Map.of(
                  "kind", document.get("kind"), "name", map(document.get("metadata")).get("name"));
        }
        assertThat(base())
            .as("%s patches", name)
            .containsKey(target.get("kind") + "/" + target.get("name"));
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(named).containsAll(files.map(f -> f.getFileName().toString()).toList());
      }
    }
  }

  @Test
  void manifestsAreOfKubernetesModel() throws Exception {
    KubernetesModel model = new KubernetesModel();
    for (Map<String, Object> object : base().values()) {
      model.assertValid(object);
    }
    assertThat(map(map(map(base().get("FlinkDeployment/promptmon")).get("spec")).get("job")))
        .containsEntry("upgradeMode", "savepoint")
        .containsEntry("entryClass", PromptMon.class.getName());
  }

  @Test
  void theModelRefusesWhatItDoesNotKnow() throws Exception {
    KubernetesModel model = new KubernetesModel();
    Map<String, Object> deployment = base().get("FlinkDeployment/promptmon");
    map(map(deployment.get("spec")).get("job")).put("upgradMode", "savepoint");
    assertThatThrownBy(() -> model.assertValid(deployment)).hasMessageContaining("upgradMode");
    map(map(deployment.get("spec")).get("job")).remove("upgradMode");
    map(map(deployment.get("spec")).get("job")).put("parallelism", "many");
    assertThatThrownBy(() -> model.assertValid(deployment)).hasMessageContaining("parallelism");
  }

  /** What is applied: the overlays as kustomize renders them. */
  @ParameterizedTest
  @CsvSource({"staging, promptmon-staging", "production, promptmon"})
  void overlaysAreRendered(String overlay, String namespace) throws Exception {
    String rendered =
        CommandLineTool.run(KUBERNETES, "kubectl", "kustomize", "overlays/" + overlay);
    KubernetesModel model = new KubernetesModel();
    Map<String, Map<String, Object>> objects = byKindAndName(documents(rendered));
    Set<String> named = new TreeSet<>();
    for (Map<String, Object> object : objects.values()) {
      model.assertValid(object);
      assertThat(map(object.get("metadata"))).containsEntry("namespace", namespace);
      named.add(object.get("kind") + "/" + map(object.get("metadata")).get("name"));
    }
    Set<String> expected = new TreeSet<>(base().keySet());
    if (overlay.equals("production")) {
      // Its state is in S3.
      expected.remove("PersistentVolumeClaim/promptmon-flink-state");
      assertThat(rendered).doesNotContain("promptmon-flink-state", "name: state");
    }
    assertThat(objects.keySet()).containsAll(expected);
    // The name of a ConfigMap ends with a hash of its content: all that refer to it must follow.
    Matcher reference = Pattern.compile("configMap:\\s+name: (\\S+)").matcher(rendered);
    int references = 0;
    while (reference.find()) {
      assertThat(named).contains("ConfigMap/" + reference.group(1));
      references++;
    }
    assertThat(references).isPositive();
    // Patches have taken effect.
    Map<String, Object> base = map(base().get("FlinkDeployment/promptmon").get("spec"));
    Map<String, Object> spec = map(objects.get("FlinkDeployment/promptmon").get("spec"));
    assertThat(map(spec.get("taskManager"))).isNotEqualTo(map(base.get("taskManager")));
    assertThat(map(spec.get("flinkConfiguration")).keySet())
        .isEqualTo(map(base.get("flinkConfiguration")).keySet());
  }

  /** As docs/operations.md says: an image of one's own. */
  @Test
  void anOverlayChoosesTheImageOfAll() throws Exception {
    for (String part : List.of("kubernetes", "config")) {
      copy(ROOT.resolve("deploy").resolve(part), directory.resolve("deploy").resolve(part));
    }
    Path overlay = directory.resolve("deploy/kubernetes/overlays/production");
    Files.writeString(
        overlay.resolve("kustomization.yaml"),
        "images:\n  - {name: promptmon, newName: example.org/promptmon, newTag: 9.9.9}\n",
        StandardOpenOption.APPEND);
    String rendered = CommandLineTool.run(overlay, "kubectl", "kustomize", ".");
    Matcher image = Pattern.compile("(?m)^\\s*image: (.+)$").matcher(rendered);
    int images = 0;
    while (image.find()) {
      assertThat(image.group(1)).isEqualTo("example.org/promptmon:9.9.9");
      images++;
    }
    assertThat(images).isEqualTo(5);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /** Nobody sees without an engine that a heap is larger than what a container may take. */
  @Test
  void heapsFitTheirContainers() throws Exception {
    int heaps = 0;
    for (Map.Entry<String, Object> entry : services().entrySet()) {
      Map<String, Object> service = map(entry.getValue());
      Object environment = service.getOrDefault("environment", Map.of());
      if (list(service.get("entrypoint")).equals(List.of("promptmon"))) {
        Object limit =
            map(map(map(service.get("deploy")).get("resources")).get("limits")).get("memory");
        assertHeapFits(
            entry.getKey(), map(environment).get("PROMPTMON_JAVA_OPTS"), String.valueOf(limit));
        heaps++;
      }
    }
    for (Map.Entry<String, Map<String, Object>> entry : base().entrySet()) {
      if (entry.getKey().startsWith("CronJob/")) {
        Map<String, Object> job = map(map(entry.getValue().get("spec")).get("jobTemplate"));
        Map<String, Object> pod = map(map(map(job.get("spec")).get("template")).get("spec"));
        Map<String, Object> container = map(list(pod.get("containers")).get(0));
        Object options =
            list(container.get("env")).stream()
                .map(DeploymentFilesTest::map)
                .filter(variable -> "PROMPTMON_JAVA_OPTS".equals(variable.get("name")))
                .map(variable -> variable.get("value"))
                .findFirst()
                .orElse(null);
        Object limit = map(map(container.get("resources")).get("limits")).get("memory");
        assertHeapFits(entry.getKey(), options, String.valueOf(limit));
        heaps++;
      }
    }
    assertThat(heaps).isEqualTo(9);
  }

  /** Without an option the command line takes 2 GiB. A quarter is for what is not on the heap. */
  private static void assertHeapFits(String name, @Nullable Object options, String limit) {
    Matcher heap = Pattern.compile("-Xmx(\\d+)m").matcher(String.valueOf(options));
    long megabytes = heap.find() ? Long.parseLong(heap.group(1)) : 2_048;
    Matcher most = Pattern.compile("(\\d+)(m|g|Mi|Gi)").matcher(limit);
    assertThat(most.matches()).as(limit).isTrue();
    long available =
        Long.parseLong(most.group(1))
            * (most.group(2).toLowerCase(Locale.ROOT).startsWith("g") ? 1_024 : 1);
    assertThat(megabytes).as(name).isLessThanOrEqualTo(available * 4 / 5);
  }

  /** Docker mounts memory so that nothing in it can be executed, unless it is told to. */
  @Test
  void flinkCanLoadItsLibraries() throws Exception {
    for (Map.Entry<String, Object> entry : services().entrySet()) {
      for (Object mount : list(map(entry.getValue()).get("tmpfs"))) {
        if (((String) mount).startsWith("/tmp:")
            && entry.getKey().matches(".*manager|job|promptmon")) {
          assertThat((String) mount).as(entry.getKey()).contains("exec");
        }
      }
    }
    assertThat(list(map(services().get("taskmanager")).get("volumes")))
        .contains("/var/lib/promptmon/tmp");
    assertThat(Files.readString(ROOT.resolve("deploy/docker/Dockerfile")))
        .contains("/var/lib/promptmon/tmp");
  }

  @Test
  void flinkIsSetUpOnKubernetesAsElsewhere() throws Exception {
    Map<String, Object> spec = map(map(base().get("FlinkDeployment/promptmon")).get("spec"));
    Map<String, String> here = texts(map(spec.get("flinkConfiguration")));
    Map<String, String> elsewhere =
        texts(documents(ROOT.resolve("deploy/flink/config.yaml")).get(0));
    Set<String> differences = new TreeSet<>(here.keySet());
    differences.addAll(elsewhere.keySet());
    differences.removeIf(key -> here.containsKey(key) && here.get(key).equals(elsewhere.get(key)));
    assertThat(differences).isEqualTo(new TreeSet<>(OTHERWISE_ON_KUBERNETES.keySet()));
    assertThat(((String) map(spec.get("logConfiguration")).get("log4j-console.properties")).strip())
        .isEqualTo(Files.readString(ROOT.resolve("deploy/flink/log4j-console.properties")).strip());
    assertThat(map(map(spec.get("jobManager")).get("resource")))
        .containsEntry("memory", elsewhere.get("jobmanager.memory.process.size"));
    assertThat(map(map(spec.get("taskManager")).get("resource")))
        .containsEntry("memory", elsewhere.get("taskmanager.memory.process.size"));
  }

  @Test
  void theImageIsMadeOfWhatIsThere() throws Exception {
    List<String> users = new ArrayList<>();
    String file = Files.readString(ROOT.resolve("deploy/docker/Dockerfile")).replace("\\\n", " ");
    for (String line : file.lines().filter(l -> !l.startsWith("#")).toList()) {
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "FROM" -> assertThat(words[1]).matches(PINNED);
        case "USER" -> users.add(words[1]);
        case "COPY" -> {
          if (!words[1].startsWith("--from=")) {
            for (String source : List.of(words).subList(1, words.length - 1)) {
              assertThat(ROOT.resolve(source)).exists();
              assertThat(Files.readAllLines(ROOT.resolve(".dockerignore")))
                  .contains("!" + source.split("/")[0]);
            }
          }
        }
        default -> assertThat(words[0]).isNotEqualTo("ADD");
      }
    }
    assertThat(users).last().asString().matches("[1-9]\\d*:[1-9]\\d*");
  }

  @Test
  void scriptsPassShellcheck() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("shellcheck", "-x", "promptmon", "bench/run", ".ci/run"));
    try (Stream<Path> files = Files.walk(ROOT.resolve("deploy"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.toString().contains("/target/") && isScript(file)) {
          command.add(ROOT.relativize(file).toString());
        }
      }
    }
    assertThat(command).contains("deploy/docker/keep-job");
    CommandLineTool.run(ROOT, command.toArray(String[]::new));
  }

  @Test
  void yamlPassesYamllint() throws Exception {
    CommandLineTool.run(
        ROOT,
        "yamllint",
        "--strict",
        "docker-compose.yml",
        "deploy/config",
        "deploy/flink",
        "deploy/grafana",
        "deploy/kubernetes",
        "deploy/prometheus");
  }

  private static boolean isScript(Path file) throws IOException {
    byte[] start = new byte[64];
    try (var in = Files.newInputStream(file)) {
      int read = in.readNBytes(start, 0, start.length);
      return new String(start, 0, read, StandardCharsets.ISO_8859_1)
          .matches("(?s)#!.*\\b(ba)?sh\\n.*");
    }
  }

  private static Map<String, Object> services() throws IOException {
    return map(documents(ROOT.resolve("docker-compose.yml")).get(0).get("services"));
  }

  /** What the base holds, by kind and name. */
  private static Map<String, Map<String, Object>> base() throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    Path folder = KUBERNETES.resolve("base");
    for (Object resource :
        list(documents(folder.resolve("kustomization.yaml")).get(0).get("resources"))) {
      if (((String) resource).endsWith(".yaml")) {
        objects.addAll(documents(folder.resolve((String) resource)));
      }
    }
    return byKindAndName(objects);
  }

  private static Map<String, Map<String, Object>> byKindAndName(List<Map<String, Object>> objects) {
    Map<String, Map<String, Object>> byName = new LinkedHashMap<>();
    for (Map<String, Object> object : objects) {
      byName.put(object.get("kind") + "/" + map(object.get("metadata")).get("name"), object);
    }
    return byName;
  }

  private static List<Map<String, Object>> documents(Path file) throws IOException {
    return documents(Files.readString(file));
  }

  private static List<Map<String, Object>> documents(String text) {
    List<Map<String, Object>> documents = new ArrayList<>();
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    yaml.loadAll(text).forEach(document -> documents.add(map(document)));
    return documents;
  }

  private static Map<String, String> texts(Map<String, Object> values) {
    Map<String, String> texts = new TreeMap<>();
    values.forEach((key, value) -> texts.put(key, String.valueOf(value)));
    return texts;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }
}
