package io.promptmonitor.common.channels;

import java.util.List;

/** The standard output of the process, which needs no settings. */
public record ConsoleSettings() implements ChannelSettings {

  @Override
  public ChannelType type() {
    return ChannelType.CONSOLE;
  }

  @Override
  public List<String> requiredVariables() {
    return List.of();
  }
}
