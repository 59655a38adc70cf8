package io.promptmonitor.common.config;

import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be used; its message has a line for each problem. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
  private final List<ConfigProblem> problems;

  public ConfigException(List<ConfigProblem> problems) {
    super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems of the file, in the order of their positions. */
  public List<ConfigProblem> problems() {
    return problems;
  }
}
