package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Prometheus Alertmanager.
 *
 * @param url where it is; null if {@code urlVariable} says so
 * @param urlVariable the environment variable with its URL
 * @param tokenVariable the environment variable with a bearer token
 * @param authorized whether the token must be there; otherwise it is sent if it is
 */
public record AlertmanagerSettings(
    @Nullable URI url, String urlVariable, String tokenVariable, boolean authorized)
    implements ChannelSettings {

  public AlertmanagerSettings {
    Objects.requireNonNull(urlVariable, "urlVariable");
    Objects.requireNonNull(tokenVariable, "tokenVariable");
  }

  static AlertmanagerSettings named(String name) {
    return new AlertmanagerSettings(
        null,
        SecretVariables.variable(name, "URL"),
        SecretVariables.variable(name, "TOKEN"),
        false);
  }

  static AlertmanagerSettings read(String name, ConfigSection section) {
    SecretVariables.refuse(section, "token_env", "token", "bearer_token", "password");
    AlertmanagerSettings defaults = named(name);
    URI url = section.getOrNull("url", PublicUrl::read);
    String urlVariable = SecretVariables.read(section, "url_env");
    if (section.has("url") && section.has("url_env")) {
      section.problem("url_env", "there is \"url\" already");
    }
    String token = SecretVariables.read(section, "token_env");
    return new AlertmanagerSettings(
        url,
        urlVariable == null ? defaults.urlVariable : urlVariable,
        token == null ? defaults.tokenVariable : token,
        token != null);
  }

  @Override
  public ChannelType type() {
    return ChannelType.ALERTMANAGER;
  }

  @Override
  public List<String> requiredVariables() {
    List<String> required = new ArrayList<>();
    if (url == null) {
      required.add(urlVariable);
    }
    if (authorized) {
      required.add(tokenVariable);
    }
    return List.copyOf(required);
  }
}
