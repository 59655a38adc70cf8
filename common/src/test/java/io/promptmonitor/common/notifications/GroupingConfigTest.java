package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupingConfigTest {

  private static GroupingConfig read(String yaml) {
    return ConfigReader.read("c.yaml", yaml, DeploymentConfig::read).grouping();
  }

  @Test
  void defaults() {
    GroupingConfig expected = new GroupingConfig(Duration.ofSeconds(1), Duration.ofMinutes(5));
    assertThat(GroupingConfig.defaults()).isEqualTo(expected);
    assertThat(read("")).isEqualTo(expected);
    assertThat(read("notifications:")).isEqualTo(expected);
    assertThat(read("notifications: {}")).isEqualTo(expected);
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(read("notifications: {group_wait: 0s, group_interval: 2_minutes}"))
        .isEqualTo(new GroupingConfig(Duration.ZERO, Duration.ofMinutes(2)));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> read("notifications: {group_wait: 11m, group_interval: 0s, wait: 1s}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "c.yaml:1:29: notifications.group_wait: must be from 0s to 10m, found 11m\n"
                + "c.yaml:1:50: notifications.group_interval: must be from 1s to 24h, found 0s\n"
                + "c.yaml:1:54: notifications.wait: unknown key; expected one of"
                + " group_wait, group_interval");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupingConfig(Duration.ofHours(1), Duration.ofMinutes(5)))
        .withMessageStartingWith("group_wait must be from 0s to 10m");
  }
}
