package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.deployment.DeploymentConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The schema of a file of tests. */
final class FileSchema {

  /** The blocks of a configuration, any of which a test file can have itself. */
  private static final List<String> CONFIG_BLOCKS =
      List.of("monitor", "alert_rules", "escalation", "auto_rollback", "notifications", "channels");

  private static final Instant USUAL_START = Instant.parse("2026-01-05T00:00:00Z");
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MAX_INTERVAL = Duration.ofHours(24);
  private static final long MINUTE = 60_000;

  private final @Nullable Path directory;

  FileSchema(@Nullable Path directory) {
    this.directory = directory;
  }

  /**
   * What tests take from their file unless they say otherwise.
   *
   * @param versions null if the file names none
   */
  record Defaults(
      DeploymentConfig config,
      Instant start,
      Duration interval,
      @Nullable List<VersionsSchema.Listed> versions,
      Function<String, Path> paths) {}

  RuleTestFile read(ConfigSection top) {
    // Reads the blocks that are there; the defaults stand in for all others.
    DeploymentConfig inline = DeploymentConfig.read(top);
    List<String> blocks = CONFIG_BLOCKS.stream().filter(top::has).toList();
    return top.need("rule_tests", v -> v.section(s -> read(s, inline, blocks, top)));
  }

  private RuleTestFile read(
      ConfigSection section, DeploymentConfig inline, List<String> blocks, ConfigSection top) {
    DeploymentConfig config = inline;
    if (section.has("config")) {
      for (String block : blocks) {
        top.problem(block, "is there as well as rule_tests.config; expected one of the two");
      }
      config = section.get("config", this::config, inline);
    }
    Defaults defaults =
        new Defaults(
            config,
            section.get("start", FileSchema::start, USUAL_START),
            section.get("interval", FileSchema::interval, config.monitor().evaluationInterval()),
            section.getOrNull("versions", new VersionsSchema(this::resolve)::read),
            this::resolve);
    Map<String, ConfigValue> seen = new HashMap<>();
    List<RuleTest> tests =
        section.need("tests", v -> v.list(test -> readTest(test, defaults, seen)));
    if (tests.isEmpty()) {
      section.problem("tests", "has no test; expected at least one");
    }
    return new RuleTestFile(tests);
  }

  private static RuleTest readTest(
      ConfigValue value, Defaults defaults, Map<String, ConfigValue> seen) {
    return value.section(
        section -> {
          String name = section.require("name", ConfigValue::text, "?");
          ConfigValue earlier = seen.putIfAbsent(name, value);
          if (earlier != null && !name.equals("?")) {
            section.problem("name", "\"" + name + "\" is the name of " + earlier.path() + ", too");
          }
          return new TestSchema(section, defaults, name).read();
        });
  }

  private DeploymentConfig config(ConfigValue value) {
    Path file = resolve(value.text());
    try {
      return DeploymentConfig.read(file);
    } catch (ConfigException e) {
      throw unusable(value, e.problems().stream().map(p -> p.toString()).toList());
    }
  }

  private Path resolve(String path) {
    return directory == null ? Path.of(path) : directory.resolve(path).normalize();
  }

  /** The time at which a test starts. */
  static Instant start(ConfigValue value) {
    Instant start = value.instant();
    if (start.toEpochMilli() % MINUTE != 0) {
      throw value.invalid("must be a whole minute, found " + start);
    }
    return start;
  }

  /** The length of an interval. */
  static Duration interval(ConfigValue value) {
    return value.duration(MIN_INTERVAL, MAX_INTERVAL);
  }

  /** The problems of another file, each at the value that names it. */
  static RuntimeException unusable(ConfigValue value, List<String> problems) {
    List<String> rest = new ArrayList<>(problems);
    String last = rest.remove(rest.size() - 1);
    rest.forEach(value::problem);
    return value.invalid(last);
  }
}
