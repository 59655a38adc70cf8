package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/**
 * A service of PagerDuty.
 *
 * @param routingKeyVariable the environment variable with the integration key of the service
 * @param url where events are sent to
 */
public record PagerDutySettings(String routingKeyVariable, URI url) implements ChannelSettings {

  /** PagerDuty's own; accounts in the EU have another. */
  private static final URI DEFAULT_URL = URI.create("https://events.pagerduty.com/v2/enqueue");

  public PagerDutySettings {
    Objects.requireNonNull(routingKeyVariable, "routingKeyVariable");
    Objects.requireNonNull(url, "url");
  }

  static PagerDutySettings named(String name) {
    return new PagerDutySettings(variable(name), DEFAULT_URL);
  }

  static PagerDutySettings read(String name, ConfigSection section) {
    SecretVariables.refuse(
        section, "routing_key_env", "routing_key", "integration_key", "service_key", "key");
    String variable = SecretVariables.read(section, "routing_key_env");
    return new PagerDutySettings(
        variable == null ? variable(name) : variable,
        section.get("url", v -> PublicUrl.read(v), DEFAULT_URL));
  }

  private static String variable(String name) {
    return SecretVariables.variable(name, "ROUTING_KEY");
  }

  @Override
  public ChannelType type() {
    return ChannelType.PAGERDUTY;
  }

  @Override
  public List<String> requiredVariables() {
    return List.of(routingKeyVariable);
  }
}
