package io.promptmonitor.common.alerts;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The blocks {@code alert_rules}, {@code escalation} and {@code auto_rollback} of a deployment's
 * configuration.
 *
 * @param alertRules the rules for all versions
 * @param escalation whom to tell; has every severity
 * @param autoRollback when to roll back
 */
public record AlertingConfig(
    List<AlertRule> alertRules,
    Map<Severity, EscalationPolicy> escalation,
    AutoRollback autoRollback)
    implements Serializable {

  private static final String DEFAULTS_FILE = "default-rules.yaml";

  /** Read once, because nothing about them changes. */
  private static final class Defaults {
    static final AlertingConfig CONFIG =
        ConfigReader.read(DEFAULTS_FILE, defaultsYaml(), top -> new RuleSchema(null).read(top));
  }

  public AlertingConfig {
    alertRules = List.copyOf(alertRules);
    EnumMap<Severity, EscalationPolicy> complete = new EnumMap<>(Severity.class);
    complete.putAll(escalation);
    for (Severity severity : Severity.values()) {
      Objects.requireNonNull(complete.get(severity), severity.label());
    }
    escalation = Collections.unmodifiableMap(complete);
    Objects.requireNonNull(autoRollback, "autoRollback");
  }

  /** What holds where the configuration says nothing. */
  public static AlertingConfig defaults() {
    return Defaults.CONFIG;
  }

  /**
   * Reads the three blocks of a deployment's file. A list that is there replaces the whole default
   * list; a severity that is there replaces that of the defaults.
   *
   * @param pane the evaluation interval, of which windows are multiples
   */
  public static AlertingConfig read(ConfigSection top, Duration pane) {
    return new RuleSchema(pane).read(top, defaults());
  }

  /** The file of the defaults, as one would write them. */
  public static String defaultsYaml() {
    try (InputStream in = AlertingConfig.class.getResourceAsStream(DEFAULTS_FILE)) {
      return new String(
          Objects.requireNonNull(in, DEFAULTS_FILE).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whom to tell of an alert of that severity. */
  public EscalationPolicy policy(Severity severity) {
    return Objects.requireNonNull(escalation.get(severity));
  }
}
