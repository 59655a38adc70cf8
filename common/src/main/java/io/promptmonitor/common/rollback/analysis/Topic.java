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
  BRANCHING("branch", "condition", "adaptive", "rout", "threshold", "switch", "expan"),
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

  private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");

  private final List<String> beginnings;

  Topic(String... beginnings) {
    this.beginnings = List.of(beginnings);
  }

  /** What a text is about. */
  static Set<Topic> of(String text) {
    Set<Topic> topics = EnumSet.noneOf(Topic.class);
    for (String word : NO_LETTERS.split(text.toLowerCase(Locale.ROOT))) {
      for (Topic topic : values()) {
        if (topic.beginnings.stream().anyMatch(word::startsWith)) {
          topics.add(topic);
        }
      }
    }
    return topics;
  }
}
