package io.promptmonitor.common.deployment;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.retention.RetentionPolicy;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The one YAML file of a deployment: a component for each of its blocks. To add a block, add a
 * component that reads itself from a section.
 *
 * @param monitor the block {@code monitor}: how executions are read and aggregated
 * @param alerting the blocks {@code alert_rules}, {@code escalation} and {@code auto_rollback}
 * @param grouping the block {@code notifications}: how messages are grouped
 * @param channels the block {@code channels}: how messages are sent
 * @param retention the block {@code retention}: how long what was found out is kept
 */
public record DeploymentConfig(
    MonitorConfig monitor,
    AlertingConfig alerting,
    GroupingConfig grouping,
    ChannelsConfig channels,
    RetentionPolicy retention) {

  public DeploymentConfig {
    Objects.requireNonNull(monitor, "monitor");
    Objects.requireNonNull(alerting, "alerting");
    Objects.requireNonNull(grouping, "grouping");
    Objects.requireNonNull(channels, "channels");
    Objects.requireNonNull(retention, "retention");
  }

  /** With the default periods of retention, which no job depends on. */
  public DeploymentConfig(
      MonitorConfig monitor,
      AlertingConfig alerting,
      GroupingConfig grouping,
      ChannelsConfig channels) {
    this(monitor, alerting, grouping, channels, RetentionPolicy.defaults());
  }

  /** What holds without a file. */
  public static DeploymentConfig defaults() {
    return new DeploymentConfig(
        MonitorConfig.defaults(),
        AlertingConfig.defaults(),
        GroupingConfig.defaults(),
        ChannelsConfig.defaults());
  }

  /**
   * Reads a deployment's file.
   *
   * @throws ConfigException if the file cannot be read, or has any problem
   */
  public static DeploymentConfig read(Path file) {
    return ConfigReader.read(file, DeploymentConfig::read);
  }

  /** The schema of the file. */
  public static DeploymentConfig read(ConfigSection top) {
    MonitorConfig monitor =
        top.get("monitor", v -> v.section(MonitorConfig::read), MonitorConfig.defaults());
    return new DeploymentConfig(
        monitor,
        AlertingConfig.read(top, monitor.evaluationInterval()),
        top.get("notifications", v -> v.section(GroupingConfig::read), GroupingConfig.defaults()),
        top.get("channels", ChannelsConfig::read, ChannelsConfig.defaults()),
        top.get(
            "retention",
            v -> v.section(s -> RetentionPolicy.read(s, monitor.feedbackHorizon())),
            RetentionPolicy.defaults()));
  }
}
