package io.promptmonitor.common.rollback.analysis;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a decision about a prompt, or a failure, has to do with: told by the beginnings of the words
 * that people use of it. Only what both are about connects the two.
 */
enum Topic {
  /** Which way an execution takes. */
  BRANCHING("branch", "condition", "adaptive", "route", "routing", "threshold", "switch", "expan"),
  /** How long or complicated inputs and answers are. */
  COMPLEXITY(
      "complex",
      "ambig",
      "length",
      "long",
      "short",
      "verbos",
      "token",
      "expan",
      "context",
      "truncat",
      "overflow"),
  /** What the prompt forbids. */
  CONSTRAINTS(
      "constrain", "constitution", "safe", "refus", "polic", "guard", "moderat", "filter", "block"),
  /** In what form the answer comes. */
  FORMAT("format", "structur", "schema", "json", "xml", "pars", "template", "valid", "malform"),
  /** How long an answer takes. */
  SPEED("latenc", "slow", "timeout", "timed", "deadline", "speed"),
  /** Whether the same question gets the same answer. */
  CONSISTENCY("consisten", "vote", "voting", "determin", "unstable"),
  /** Which model answers. */
  MODEL("model"),
  /** How good an answer is, or how users like it. */
  QUALITY("quality", "accura", "hallucinat", "factual", "tone", "satisf", "clarity", "helpful");

  /** Between words, also in names such as {@code ContentFilterError}. */
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> beginnings;

  Topic(String... beginnings) {
    this.beginnings = List.of(beginnings);
  }

  /** How words begin that are about it, in lower case. */
  List<String> beginnings() {
    return beginnings;
  }

  /** What a text is about. */
  static Set<Topic> of(String text) {
    Set<Topic> topics = EnumSet.noneOf(Topic.class);
    for (String word : BETWEEN_WORDS.split(text)) {
      String lowerCase = word.toLowerCase(Locale.ROOT);
      for (Topic topic : values()) {
        if (topic.beginnings.stream().anyMatch(lowerCase::startsWith)) {
          topics.add(topic);
        }
      }
    }
    return topics;
  }
}
