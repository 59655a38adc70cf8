package io.promptmonitor.common.channels;

import io.promptmonitor.common.config.ConfigSection;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The types of channels.
 *
 * <p>To add one: a constant here, its settings in this package, and its channel in {@code
 * io.promptmonitor.notifications.channels}.
 */
public enum ChannelType {
  /** A Slack incoming webhook. */
  SLACK(SlackSettings::read, SlackSettings::named),
  /** A service of PagerDuty, by its Events API v2. */
  PAGERDUTY(PagerDutySettings::read, PagerDutySettings::named),
  /** Mail, by SMTP. */
  EMAIL(EmailSettings::read, EmailSettings::named),
  /** Any HTTP server that takes the notification as JSON. */
  WEBHOOK(WebhookSettings::read, WebhookSettings::named),
  /** A Prometheus Alertmanager, by its API v2. */
  ALERTMANAGER(AlertmanagerSettings::read, AlertmanagerSettings::named),
  /** The standard output of the process. */
  CONSOLE((name, section) -> new ConsoleSettings(), name -> new ConsoleSettings());

  /** Reads a channel's entry. */
  private interface Schema {
    ChannelSettings read(String name, ConfigSection section);
  }

  /** Sets up a channel that has no entry. */
  private interface Defaults {
    ChannelSettings of(String name);
  }

  @SuppressWarnings("ImmutableEnumChecker") // the functions above capture nothing
  private final Schema schema;

  @SuppressWarnings("ImmutableEnumChecker") // the functions above capture nothing
  private final Defaults defaults;

  ChannelType(Schema schema, Defaults defaults) {
    this.schema = schema;
    this.defaults = defaults;
  }

  /** The name in files, and the name of the channel that needs no entry. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(ChannelType::label).toList();
  }

  static ChannelType ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  ChannelSettings read(String name, ConfigSection section) {
    return schema.read(name, section);
  }

  ChannelSettings defaults(String name) {
    return defaults.of(name);
  }
}
