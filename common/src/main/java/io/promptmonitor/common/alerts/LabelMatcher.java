package io.promptmonitor.common.alerts;

import io.promptmonitor.common.config.Spelling;
import io.promptmonitor.common.metrics.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What an alert must be like for a silence: {@code prompt=checkout-*}, {@code severity!=critical}.
 *
 * @param label what is looked at
 * @param negated whether it must not be like the pattern
 * @param pattern a text in which {@code *} stands for any characters; 1 to {@value #MAX_PATTERN}
 *     characters
 */
public record LabelMatcher(Label label, boolean negated, String pattern) {

  /** What can be looked at. */
  public enum Label {
    /** The rule's name. */
    RULE,
    /** The prompt's identifier. */
    PROMPT,
    /** The version's number. */
    VERSION,
    /** The rule's severity. */
    SEVERITY,
    /** One of the metrics that the rule compares. */
    METRIC;

    /** The name in commands and tables. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final int MAX_PATTERN = 1_200;

  public LabelMatcher {
    Objects.requireNonNull(label, "label");
    // As the database counts them.
    int length = pattern.codePointCount(0, pattern.length());
    if (length < 1 || length > MAX_PATTERN) {
      throw new IllegalArgumentException("a pattern has 1 to " + MAX_PATTERN + " characters");
    }
  }

  /**
   * Reads a matcher: a label, {@code =} or {@code !=}, and a pattern.
   *
   * @throws IllegalArgumentException if it is not one; says what was expected
   */
  public static LabelMatcher parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "expected a matcher such as prompt=checkout-* or severity!=critical, found \""
              + text
              + "\"");
    }
    boolean negated = text.charAt(equals - 1) == '!';
    String name = text.substring(0, negated ? equals - 1 : equals).strip();
    List<String> names = Arrays.stream(Label.values()).map(Label::text).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "unknown label \"" + name + "\"; " + Spelling.hint(name, names));
    }
    return new LabelMatcher(Label.values()[index], negated, text.substring(equals + 1).strip());
  }

  /** Whether an alert is like this. */
  public boolean matches(AlertLabels alert) {
    Stream<String> values =
        switch (label) {
          case RULE -> Stream.of(alert.key().rule());
          case PROMPT -> Stream.of(alert.key().promptVersion().promptId());
          case VERSION -> Stream.of(alert.key().promptVersion().version());
          case SEVERITY -> Stream.of(alert.severity().label());
          case METRIC -> alert.metrics().stream().map(Metric::column);
        };
    return values.anyMatch(value -> like(value, pattern)) != negated;
  }

  /** Takes the product of the lengths at most, whatever the pattern. */
  private static boolean like(String text, String pattern) {
    int t = 0;
    int p = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        // The last star takes one character more.
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public String toString() {
    return label.text() + (negated ? "!=" : "=") + pattern;
  }
}
