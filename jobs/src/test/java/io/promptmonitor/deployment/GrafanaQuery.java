package io.promptmonitor.deployment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes the SQL that PostgreSQL is given out of that of a dashboard, as Grafana and its PostgreSQL
 * data source do: first variables, then macros.
 */
final class GrafanaQuery {

  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{(?<braced>\\w+)(:(?<format>\\w+))?}|\\$(?<plain>\\w+)(?!\\w*\\()");
  private static final Pattern MACRO = Pattern.compile("\\$([_a-zA-Z0-9]+)\\(([^)]*)\\)");

  private static final Map<String, Duration> LENGTHS =
      Map.of(
          "1m", Duration.ofMinutes(1),
          "5m", Duration.ofMinutes(5),
          "1h", Duration.ofHours(1),
          "24h", Duration.ofHours(24));

  private final Instant from;
  private final Instant to;
  private final Map<String, List<String>> variables;

  /** A time range, and the values that are chosen of each variable. */
  GrafanaQuery(Instant from, Instant to, Map<String, List<String>> variables) {
    this.from = from;
    this.to = to;
    this.variables = variables;
  }

  String expand(String sql) {
    String chosen =
        VARIABLE.matcher(sql).replaceAll(match -> Matcher.quoteReplacement(variable(match)));
    return MACRO.matcher(chosen).replaceAll(match -> Matcher.quoteReplacement(macro(match)));
  }

  private String variable(MatchResult match) {
    String plain = match.group(4);
    String name = plain == null ? Objects.requireNonNull(match.group(1)) : plain;
    List<String> values = variables.get(name);
    if (values == null) {
      throw new IllegalArgumentException("no variable " + name);
    }
    String format = match.group(3);
    if ("sqlstring".equals(format)) {
      return values.stream()
          .map(value -> "'" + value.replace("'", "''") + "'")
          .collect(Collectors.joining(","));
    } else if (format != null || values.size() != 1) {
      throw new IllegalArgumentException(match.group() + " is not quoted");
    }
    return values.get(0).replace("'", "''");
  }

  private String macro(MatchResult match) {
    String[] arguments = match.group(2).split("\\s*,\\s*", -1);
    return switch (match.group(1)) {
      case "__timeFilter" -> "%s BETWEEN '%s' AND '%s'".formatted(arguments[0], from, to);
      case "__timeFrom" -> "'" + from + "'";
      case "__timeTo" -> "'" + to + "'";
      case "__timeGroup" -> group(arguments);
      case "__timeGroupAlias" -> group(arguments) + " AS \"time\"";
      default -> throw new IllegalArgumentException("no macro " + match.group(1));
    };
  }

  private static String group(String[] arguments) {
    String length = arguments[1].replace("'", "");
    long seconds = Objects.requireNonNull(LENGTHS.get(length), length).toSeconds();
    if (!List.of("NULL", "0").contains(arguments[2])) {
      throw new IllegalArgumentException("missing windows are made " + arguments[2]);
    }
    return "floor(extract(epoch from %s)/%s)*%s".formatted(arguments[0], seconds, seconds);
  }
}
