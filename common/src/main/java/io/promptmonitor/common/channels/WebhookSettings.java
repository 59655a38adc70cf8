package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import java.util.List;
import java.util.Objects;

/**
 * A server that takes notifications as JSON.
 *
 * @param urlVariable the environment variable with the URL
 * @param secretVariable the environment variable with the secret that requests are signed with
 * @param signed whether the secret must be there; otherwise requests are signed if it is
 */
public record WebhookSettings(String urlVariable, String secretVariable, boolean signed)
    implements ChannelSettings {

  public WebhookSettings {
    Objects.requireNonNull(urlVariable, "urlVariable");
    Objects.requireNonNull(secretVariable, "secretVariable");
  }

  static WebhookSettings named(String name) {
    return new WebhookSettings(
        SecretVariables.variable(name, "URL"), SecretVariables.variable(name, "SECRET"), false);
  }

  static WebhookSettings read(String name, ConfigSection section) {
    SecretVariables.refuse(section, "url_env", "url");
    SecretVariables.refuse(section, "secret_env", "secret", "token", "password");
    WebhookSettings defaults = named(name);
    String url = SecretVariables.read(section, "url_env");
    String secret = SecretVariables.read(section, "secret_env");
    return new WebhookSettings(
        url == null ? defaults.urlVariable : url,
        secret == null ? defaults.secretVariable : secret,
        secret != null);
  }

  @Override
  public ChannelType type() {
    return ChannelType.WEBHOOK;
  }

  @Override
  public List<String> requiredVariables() {
    return signed ? List.of(urlVariable, secretVariable) : List.of(urlVariable);
  }
}
