package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.channels.AlertmanagerSettings;
import io.promptmonitor.common.channels.ChannelSettings;
import io.promptmonitor.common.channels.ChannelType;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.channels.EmailSettings;
import io.promptmonitor.common.channels.PagerDutySettings;
import io.promptmonitor.common.channels.SlackSettings;
import io.promptmonitor.common.channels.WebhookSettings;
import java.io.PrintStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The channels of a deployment that can be used, and why the others cannot. */
public final class OpenChannels {

  private final ChannelsConfig config;
  private final Map<String, Channel> channels = new LinkedHashMap<>();
  private final Map<String, String> unusable = new LinkedHashMap<>();

  private OpenChannels(ChannelsConfig config) {
    this.config = config;
  }

  /**
   * Sets up the channels of a configuration, and those that need no entry.
   *
   * @param environment where the secrets are
   * @param out what the console is
   * @param colours whether the console has colours
   */
  public static OpenChannels of(
      ChannelsConfig config, Environment environment, Http http, PrintStream out, boolean colours) {
    OpenChannels open = new OpenChannels(config);
    Set<String> names = new LinkedHashSet<>(config.entries().keySet());
    for (ChannelType type : ChannelType.values()) {
      names.add(type.label());
    }
    for (String name : names) {
      ChannelSettings settings = config.settings(name);
      if (settings != null) {
        try {
          Secrets secrets = new Secrets(environment);
          open.channels.put(name, channel(settings, secrets, http, out, colours));
        } catch (UnusableChannelException e) {
          open.unusable.put(name, String.valueOf(e.getMessage()));
        }
      }
    }
    return open;
  }

  private static Channel channel(
      ChannelSettings settings, Secrets secrets, Http http, PrintStream out, boolean colours)
      throws UnusableChannelException {
    if (settings instanceof SlackSettings slack) {
      return new SlackChannel(slack, secrets, http);
    }
    if (settings instanceof PagerDutySettings pagerDuty) {
      return new PagerDutyChannel(pagerDuty, secrets, http);
    }
    if (settings instanceof EmailSettings email) {
      return new EmailChannel(email, secrets);
    }
    if (settings instanceof WebhookSettings webhook) {
      return new WebhookChannel(webhook, secrets, http);
    }
    if (settings instanceof AlertmanagerSettings alertmanager) {
      return new AlertmanagerChannel(alertmanager, secrets, http);
    }
    return new ConsoleChannel(out, colours);
  }

  /** The channels that can be used, by name. */
  public Map<String, Channel> channels() {
    return Collections.unmodifiableMap(channels);
  }

  /** Whether a channel can be used. */
  public boolean has(String name) {
    return channels.containsKey(name);
  }

  /** Those that print, so that nobody else is told anything. */
  public Map<String, Channel> consoles() {
    Map<String, Channel> consoles = new LinkedHashMap<>(channels);
    consoles.values().removeIf(channel -> !(channel instanceof ConsoleChannel));
    return consoles;
  }

  /** Why a channel cannot be used, in one line without secrets; null if it can. */
  public @Nullable String problem(String name) {
    if (channels.containsKey(name)) {
      return null;
    }
    String why = unusable.get(name);
    if (why != null) {
      return why;
    }
    return "the configuration has no such entry in \"channels\"";
  }

  /** Channels that have an entry, but cannot be used. */
  public Set<String> brokenEntries() {
    Set<String> broken = new LinkedHashSet<>(config.entries().keySet());
    broken.removeAll(channels.keySet());
    return broken;
  }
}
