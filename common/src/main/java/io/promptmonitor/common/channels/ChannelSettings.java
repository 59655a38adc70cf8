package io.promptmonitor.common.channels;

import java.io.Serializable;
import java.util.List;

/** How one channel is set up: what its entry in the block {@code channels} says. No secrets. */
public sealed interface ChannelSettings extends Serializable
    permits AlertmanagerSettings,
        ConsoleSettings,
        EmailSettings,
        PagerDutySettings,
        SlackSettings,
        WebhookSettings {

  /** The type of the channel. */
  ChannelType type();

  /** Environment variables without which the channel cannot work. */
  List<String> requiredVariables();
}
