package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import java.util.List;

/**
 * A Slack incoming webhook.
 *
 * @param urlVariable the environment variable with the webhook's URL
 */
public record SlackSettings(String urlVariable) implements ChannelSettings {

  static SlackSettings named(String name) {
    return new SlackSettings(SecretVariables.variable(name, "URL"));
  }

  static SlackSettings read(String name, ConfigSection section) {
    SecretVariables.refuse(section, "url_env", "url", "webhook_url", "api_url");
    String variable = SecretVariables.read(section, "url_env");
    return variable == null ? named(name) : new SlackSettings(variable);
  }

  @Override
  public ChannelType type() {
    return ChannelType.SLACK;
  }

  @Override
  public List<String> requiredVariables() {
    return List.of(urlVariable);
  }
}
