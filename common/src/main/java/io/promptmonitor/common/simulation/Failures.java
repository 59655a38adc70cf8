package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How often executions fail, and how.
 *
 * @param rate share of executions that fail, 0 to 1
 * @param types the ways to fail by name; not empty
 */
record Failures(double rate, Map<String, ErrorType> types) {

  static final Failures USUAL =
      new Failures(
          0.01,
          ordered(
              Map.entry(
                  "timeout",
                  new ErrorType(0.35, "upstream did not answer within 30000 ms", 30_000, false)),
              Map.entry(
                  "rate_limit",
                  new ErrorType(0.3, "429: rate limit of the model reached", 120, false)),
              Map.entry(
                  "server_error",
                  new ErrorType(0.2, "503: the model is overloaded", ErrorType.OWN_LATENCY, false)),
              Map.entry(
                  "invalid_output",
                  new ErrorType(
                      0.1,
                      "the answer is not the JSON that was asked for",
                      ErrorType.OWN_LATENCY,
                      true)),
              Map.entry(
                  "content_filter",
                  new ErrorType(0.05, "the answer was withheld by the filter", 250, false))));

  Failures {
    if (types.isEmpty()) {
      throw new IllegalArgumentException("types must not be empty");
    }
    types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
  }

  Shares shares() {
    Map<String, Double> shares =
        types.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> e.getValue().share(), (a, b) -> a, LinkedHashMap::new));
    return new Shares(shares);
  }

  static Failures read(ConfigSection section, Failures parent) {
    Failures failures =
        new Failures(
            section.get("rate", v -> v.decimal(0, 1), parent.rate),
            section.get(
                "types",
                v ->
                    v.map(
                        ConfigValue::text,
                        (name, type) -> type.section(s -> ErrorType.read(name, s))),
                parent.types));
    failures.shares(); // refuses shares that are all 0
    return failures;
  }

  @SafeVarargs
  private static Map<String, ErrorType> ordered(Map.Entry<String, ErrorType>... entries) {
    Map<String, ErrorType> map = new LinkedHashMap<>();
    for (Map.Entry<String, ErrorType> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }
}
