package io.promptmonitor.common.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertRule;
import io.promptmonitor.common.alerts.Severity;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The file {@code examples/deployment.yaml}, with which platform engineers begin. */
class ExampleDeploymentTest {

  private static final Path FILE =
      Path.of(System.getProperty("promptmonitor.root", ".."), "examples", "deployment.yaml");

  @Test
  void everyoneWhoIsToldHasAChannel() {
    DeploymentConfig config = DeploymentConfig.read(FILE);
    assertThat(config.alerting().alertRules())
        .extracting(AlertRule::name)
        .containsExactly("Errors", "Slow for a while", "Quality is not what was predicted");
    for (Severity severity : Severity.values()) {
      assertThat(config.channels().entries().keySet())
          .containsAll(config.alerting().policy(severity).channels());
    }
    assertThat(config.channels().entries())
        .containsKey(config.alerting().policy(Severity.CRITICAL).escalateTo());
  }
}
