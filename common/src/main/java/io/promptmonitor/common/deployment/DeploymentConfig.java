package io.promptmonitor.common.deployment;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The one YAML file of a deployment: a component for each of its blocks. To add a block, add a
 * component that reads itself from a section.
 *
 * @param monitor the block {@code monitor}: how executions are read and aggregated
 */
public record DeploymentConfig(MonitorConfig monitor) {

  public DeploymentConfig {
    Objects.requireNonNull(monitor, "monitor");
  }

  /** What holds without a file. */
  public static DeploymentConfig defaults() {
    return new DeploymentConfig(MonitorConfig.defaults());
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
    return new DeploymentConfig(
        top.get("monitor", v -> v.section(MonitorConfig::read), MonitorConfig.defaults()));
  }
}
