package io.promptmonitor.common.ruletests;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of a test.
 *
 * @param name name of the test
 * @param checks how many expectations were looked at
 * @param failures those that were not met: of events, then at times, then of the whole test; empty
 *     if the test passed
 */
public record RuleTestResult(String name, int checks, List<Failure> failures) {

  public RuleTestResult {
    Objects.requireNonNull(name, "name");
    failures = List.copyOf(failures);
  }

  /** Whether everything was as expected. */
  public boolean passed() {
    return failures.isEmpty();
  }

  /** What a line of a difference is. */
  public enum Mark {
    /** As expected. */
    SAME,
    /** Expected, and not there. */
    MISSING,
    /** There, and not expected. */
    UNEXPECTED
  }

  /** A line of a difference. */
  public record Line(Mark mark, String text) {
    public Line {
      Objects.requireNonNull(mark, "mark");
      Objects.requireNonNull(text, "text");
    }
  }

  /**
   * An expectation that was not met.
   *
   * @param at when, as a time since the start such as {@code 11m20s}; null for the whole test
   * @param what what was looked at: {@code alerts}
   * @param lines what was expected and what there was
   * @param notes what explains it
   */
  public record Failure(@Nullable String at, String what, List<Line> lines, List<String> notes) {
    public Failure {
      Objects.requireNonNull(what, "what");
      lines = List.copyOf(lines);
      notes = List.copyOf(notes);
    }
  }
}
