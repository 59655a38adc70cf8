package io.promptmonitor.common.conditions;

import io.promptmonitor.common.config.DurationText;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What must be the case with the metrics of a window, and for how long, for something to happen.
 *
 * <p>A condition is printed as it was written, up to white space, and conditions are equal if they
 * are printed alike: {@code > 0.1} and {@code > 0.10} mean the same, but are not equal.
 */
public final class Condition implements Serializable {

  private static final long serialVersionUID = 1;

  private final Expression expression;
  private final @Nullable Duration hold;
  private final String text;

  /**
   * A condition of parts that have been checked.
   *
   * @param hold the duration as {@link DurationText} reads it
   */
  Condition(Expression expression, @Nullable String hold) {
    this.expression = expression;
    this.hold = hold == null ? null : DurationText.parse(hold);
    this.text = hold == null ? expression.toString() : expression + " for " + hold;
  }

  /**
   * Reads a condition and checks that it makes sense.
   *
   * @throws ConditionException if it is not one; says where and what was expected
   */
  public static Condition parse(String text) {
    return new ConditionParser(text).parse();
  }

  /** What is compared. */
  public Expression expression() {
    return expression;
  }

  /**
   * How long the expression must have held without a break, or null if once is enough; above 0 and
   * at most 24 hours.
   */
  public @Nullable Duration hold() {
    return hold;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Condition condition && condition.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text it was read from, with single spaces where spaces belong. */
  @Override
  public String toString() {
    return text;
  }
}
