package io.promptmonitor.common.conditions;

import io.promptmonitor.common.conditions.Expression.And;
import io.promptmonitor.common.conditions.Expression.Conjunct;
import io.promptmonitor.common.conditions.Expression.Disjunct;
import io.promptmonitor.common.conditions.Expression.Or;
import io.promptmonitor.common.conditions.Expression.Parenthesized;
import io.promptmonitor.common.conditions.Operand.Baseline;
import io.promptmonitor.common.conditions.Operand.Factor;
import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.conditions.Operand.Offset;
import io.promptmonitor.common.conditions.Token.Kind;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.config.Spelling;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a condition by recursive descent, a method for each rule of the grammar, and checks what it
 * reads while it knows the place:
 *
 * <pre>
 * condition  = or [ "for" duration ]
 * or         = and { "or" and }
 * and        = conjunct { "and" conjunct }
 * conjunct   = comparison | "(" or ")"
 * comparison = metric ( ">" | ">=" | "&lt;" | "&lt;=" ) operand
 * operand    = [ "-" ] literal | baseline
 * baseline   = ( "baseline" [ "*" number ] | number "*" "baseline" ) [ ( "+" | "-" ) literal ]
 * literal    = number [ "ms" | "s" | "%" ]
 * </pre>
 */
final class ConditionParser {

  /** Much more than anyone writes, and little enough to be read at once. */
  static final int MAX_LENGTH = 1_000;

  /** Bounds the recursion. */
  static final int MAX_NESTING = 16;

  /** All of them fit into a double. */
  static final int MAX_DIGITS = 15;

  static final Duration MAX_HOLD = Duration.ofHours(24);

  /** Characters of a wrong token that a message shows. */
  private static final int MAX_SHOWN = 40;

  private static final String AND = "and";
  private static final String OR = "or";
  private static final String FOR = "for";
  private static final List<String> KEYWORDS = List.of(AND, OR, FOR);
  private static final Set<String> RESERVED = Set.of(AND, OR, FOR, Baseline.WORD);

  private static final List<String> TIME_UNITS =
      List.of("ms", "s", "m", "h", "d", "seconds", "minutes", "hours", "days");

  private static final List<String> METRIC_NAMES =
      Stream.of(Metric.values())
          .filter(metric -> metric.quantity() != null)
          .flatMap(metric -> metric.names().stream())
          .toList();

  private final String text;
  private final Tokens tokens;
  private Token token;
  private int lastEnd;
  private int nesting;

  ConditionParser(String text) {
    this.text = text;
    this.tokens = new Tokens(text);
    this.token = tokens.next();
  }

  Condition parse() {
    if (text.length() > MAX_LENGTH) {
      throw error(
          "a condition has at most " + MAX_LENGTH + " characters, found " + text.length(),
          MAX_LENGTH,
          text.length());
    }
    if (token.kind() == Kind.END) {
      throw error("expected a condition such as \"error_rate > 0.05\", found nothing", token);
    }
    Expression expression = or();
    if (!token.isWord(FOR)) {
      if (token.kind() != Kind.END) {
        throw unexpectedAfterComparison();
      }
      return new Condition(expression, null);
    }
    take();
    String hold = duration();
    if (token.kind() != Kind.END) {
      throw expected("the end", "; \"for\" is for the whole condition and comes last");
    }
    return new Condition(expression, hold);
  }

  private Expression or() {
    List<Disjunct> disjuncts = new ArrayList<>();
    disjuncts.add(and());
    while (token.isWord(OR)) {
      take();
      disjuncts.add(and());
    }
    return disjuncts.size() == 1 ? disjuncts.get(0) : new Or(disjuncts);
  }

  private Disjunct and() {
    List<Conjunct> conjuncts = new ArrayList<>();
    conjuncts.add(conjunct());
    while (token.isWord(AND)) {
      take();
      conjuncts.add(conjunct());
    }
    return conjuncts.size() == 1 ? conjuncts.get(0) : new And(conjuncts);
  }

  private Conjunct conjunct() {
    if (token.kind() != Kind.OPEN) {
      return comparison();
    }
    if (nesting == MAX_NESTING) {
      throw error("parentheses are nested more than " + MAX_NESTING + " deep", token);
    }
    nesting++;
    Token open = take();
    Expression inner = or();
    if (token.kind() == Kind.END) {
      throw error("this parenthesis is never closed", open);
    }
    if (token.kind() != Kind.CLOSE) {
      throw unexpectedAfterComparison();
    }
    take();
    nesting--;
    return new Parenthesized(inner);
  }

  private Comparison comparison() {
    Subject subject = subject();
    Token symbol = token;
    Operator operator = symbol.kind() == Kind.COMPARISON ? Operator.ofSymbol(symbol.text()) : null;
    if (operator == null) {
      throw expected(Operator.EXPECTED + " after " + subject.name, operatorHint());
    }
    take();
    Operand operand = operand(subject, operator, symbol);
    return new Comparison(subject.metric, subject.name, operator, operand);
  }

  /** The metric that a comparison is about. */
  private record Subject(Metric metric, String name, Quantity quantity) {}

  private Subject subject() {
    String name = token.text();
    if (token.kind() != Kind.WORD || RESERVED.contains(name)) {
      String hint = token.kind() == Kind.NUMBER ? "; the metric comes first" : "";
      throw expected("a metric such as error_rate", hint);
    }
    Metric metric = Metric.named(name);
    if (metric == null) {
      throw error(
          "unknown metric " + found(token) + "; " + Spelling.hint(name, METRIC_NAMES), token);
    }
    Quantity quantity = metric.quantity();
    if (quantity == null) {
      throw error(name + " is not a number and cannot be compared", token);
    }
    take();
    return new Subject(metric, name, quantity);
  }

  /** Two slips that are common: {@code =>}, and the signs that mathematicians write. */
  private String operatorHint() {
    return switch (token.text()) {
      case "=>", "\u2265" -> "; did you mean \">=\"?";
      case "=<", "\u2264" -> "; did you mean \"<=\"?";
      default -> "";
    };
  }

  private Operand operand(Subject subject, Operator operator, Token symbol) {
    if (token.isWord(Baseline.WORD)) {
      return baseline(subject, null);
    }
    Token start = token;
    boolean negative = token.isSign("-");
    if (negative) {
      take();
    }
    String expected =
        negative
            ? "a number after \"-\""
            : "a number or \"baseline\" after \"" + operator.symbol() + "\"";
    String digits = number(expected, nearest(token.text(), List.of(Baseline.WORD)));
    if (!negative && token.isSign("*")) {
      checkFactor(start);
      take();
      if (!token.isWord(Baseline.WORD)) {
        throw expected("\"baseline\" after \"*\"");
      }
      return baseline(subject, digits);
    }
    Literal literal = literal(subject, (negative ? "-" : "") + digits);
    checkRange(subject, operator, symbol, literal, start);
    return literal;
  }

  /**
   * A baseline with what follows it.
   *
   * @param leadingFactor the factor before it, or null if there was none
   */
  private Baseline baseline(Subject subject, @Nullable String leadingFactor) {
    if (subject.metric.baseline() == null) {
      throw error(subject.name + " has no baseline; only " + withBaseline() + " have one", token);
    }
    take();
    Factor factor = leadingFactor == null ? null : new Factor(leadingFactor, true);
    if (factor == null && token.isSign("*")) {
      take();
      Token start = token;
      factor = new Factor(number("a number after \"*\""), false);
      checkFactor(start);
      if (token.isSign("%") || isUnit(token)) {
        throw error("a factor has no unit, found " + found(token), token);
      }
    }
    Offset offset = null;
    if (token.isSign("+") || token.isSign("-")) {
      boolean subtracted = take().isSign("-");
      Token start = token;
      String digits = number("a number after \"" + (subtracted ? "-" : "+") + "\"");
      Literal amount = literal(subject, digits);
      checkOffset(subject, amount, start);
      offset = new Offset(subtracted, amount);
    }
    if (token.isSign("*") || token.isSign("+") || token.isSign("-")) {
      throw error(
          "a baseline takes one factor and then one offset, as in \"baseline * 1.5 + 0.1\"; found "
              + found(token),
          token);
    }
    return new Baseline(factor, offset);
  }

  /** A number with its unit, whose digits have been read. */
  private Literal literal(Subject subject, String digits) {
    Unit unit = Unit.NONE;
    if (token.isSign("%") || (token.kind() == Kind.WORD && !KEYWORDS.contains(token.text()))) {
      unit = unit(subject);
      take();
    }
    if (token.isSign("*") || token.isSign("+") || token.isSign("-")) {
      throw error(
          "only a baseline can be calculated with, as in \"baseline * 2.0\" or \"baseline + 0.1\";"
              + " found "
              + found(token),
          token);
    }
    return new Literal(digits, unit);
  }

  private Unit unit(Subject subject) {
    String word = token.text();
    List<String> units = Unit.symbolsFor(subject.quantity);
    Unit unit = Unit.ofSymbol(word);
    if (unit == null && (nearest(word, KEYWORDS) != null || Metric.named(word) != null)) {
      throw unexpectedAfterComparison();
    }
    if (unit == null) {
      String near = nearest(word, units);
      throw error(
          "unknown unit "
              + found(token)
              + "; "
              + (near == null ? expectedUnit(units) : didYouMean(near)),
          token);
    }
    if (!unit.fits(subject.quantity)) {
      throw error(
          "the unit "
              + found(token)
              + " does not fit "
              + subject.quantity.noun()
              + " such as "
              + subject.name
              + "; "
              + expectedUnit(units),
          token);
    }
    return unit;
  }

  private static String expectedUnit(List<String> units) {
    return units.isEmpty()
        ? "expected no unit"
        : "expected " + String.join(", ", units) + " or no unit";
  }

  private void checkRange(
      Subject subject, Operator operator, Token symbol, Literal literal, Token start) {
    Quantity quantity = subject.quantity;
    double value = literal.value();
    // 5 for a rate was meant to be 5%, and so was 1 if nothing can be above it.
    String hint =
        quantity == Quantity.RATE && literal.unit() == Unit.NONE && value >= 1 && value <= 100
            ? "; did you mean " + literal.number() + "%?"
            : "";
    String is = subject.name + " is " + quantity.description();
    if (value < quantity.min() || value > quantity.max()) {
      throw error(literal + " is out of range: " + is + hint, start.offset(), lastEnd);
    }
    boolean atMin = value == quantity.min();
    boolean atMax = value == quantity.max();
    boolean never = (atMax && operator == Operator.GREATER) || (atMin && operator == Operator.LESS);
    boolean always =
        (atMax && operator == Operator.LESS_OR_EQUAL)
            || (atMin && operator == Operator.GREATER_OR_EQUAL);
    if (never || always) {
      throw error(
          "this " + (never ? "never" : "always") + " holds: " + is + hint,
          symbol.offset(),
          lastEnd);
    }
  }

  private void checkOffset(Subject subject, Literal amount, Token start) {
    Quantity quantity = subject.quantity;
    if (amount.value() > quantity.max() - quantity.min()) {
      throw error(
          "nothing is "
              + amount
              + " from its baseline: "
              + subject.name
              + " is "
              + quantity.description(),
          start.offset(),
          lastEnd);
    }
  }

  /** Checks the number that was read last. */
  private void checkFactor(Token number) {
    if (Double.parseDouble(number.text()) == 0) {
      throw error("a factor must be above 0", number);
    }
  }

  private String number(String expected) {
    return number(expected, null);
  }

  /**
   * The digits of a number without a sign.
   *
   * @param meant what was probably meant if it is not a number
   */
  private String number(String expected, @Nullable String meant) {
    if (token.kind() != Kind.NUMBER) {
      throw expected(expected, meant == null ? "" : "; " + didYouMean(meant));
    }
    long digits = token.text().chars().filter(c -> c != '.').count();
    if (digits > MAX_DIGITS) {
      throw error("a number has at most " + MAX_DIGITS + " digits, found " + digits, token);
    }
    String number = take().text();
    boolean goesOn = token.kind() == Kind.STRANGE && token.offset() == lastEnd;
    if (goesOn && (token.text().startsWith(".") || token.text().startsWith(","))) {
      throw error(
          "expected a number such as 0.05 or 10000, found \"" + number + token.text() + "\"",
          lastEnd - number.length(),
          token.end());
    }
    return number;
  }

  /** The duration after {@code for}, as {@link DurationText} reads it. */
  private String duration() {
    Token amount = token;
    String digits = number("a duration such as \"5 minutes\" or 5m after \"for\"");
    if (digits.contains(".")) {
      throw error("expected a whole number, found " + digits, amount);
    }
    if (token.kind() != Kind.WORD) {
      throw expected("a unit of time such as minutes after " + digits);
    }
    String unit = token.text();
    // 5m, 5_minutes and 5 minutes
    String suffix = unit.length() <= 2 || unit.startsWith("_") ? unit : " " + unit;
    Duration one;
    try {
      one = DurationText.parse("1" + suffix);
    } catch (IllegalArgumentException e) {
      String near = nearest(unit, TIME_UNITS);
      throw error(
          "unknown unit of time "
              + found(token)
              + "; "
              + (near == null
                  ? "expected one of " + String.join(", ", TIME_UNITS)
                  : didYouMean(near)),
          token);
    }
    take();
    long count = Long.parseLong(digits);
    if (count == 0 || count > MAX_HOLD.dividedBy(one)) {
      throw error(
          "a duration must be above 0 and at most 24h, found " + digits + suffix,
          amount.offset(),
          lastEnd);
    }
    return digits + suffix;
  }

  private ConditionException unexpectedAfterComparison() {
    String hint = "";
    String near = token.kind() == Kind.WORD ? nearest(token.text(), KEYWORDS) : null;
    if (near != null && !near.equals(token.text())) {
      hint = "; " + didYouMean(near);
    } else if (token.text().startsWith("&")) {
      hint = "; " + didYouMean(AND);
    } else if (token.text().startsWith("|")) {
      hint = "; " + didYouMean(OR);
    } else if (token.kind() == Kind.CLOSE) {
      hint = "; no parenthesis is open";
    } else if (token.isWord(FOR)) {
      hint = "; \"for\" is for the whole condition and comes last";
    }
    return expected(
        nesting > 0 ? "\"and\", \"or\" or \")\"" : "\"and\", \"or\", \"for\" or the end", hint);
  }

  /** Takes the current token and moves on to the next one. */
  private Token take() {
    Token taken = token;
    lastEnd = taken.end();
    token = tokens.next();
    return taken;
  }

  private static boolean isUnit(Token token) {
    return token.kind() == Kind.WORD && Unit.ofSymbol(token.text()) != null;
  }

  private static String withBaseline() {
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.baseline() != null)
        .map(Metric::column)
        .collect(Collectors.joining(", "));
  }

  /** The nearest of some words to one that has enough letters to be near to anything. */
  private static @Nullable String nearest(String word, List<String> words) {
    return word.length() < 2 ? null : Spelling.nearest(word, words);
  }

  private static String didYouMean(String word) {
    return "did you mean \"" + word + "\"?";
  }

  private ConditionException expected(String what) {
    return expected(what, "");
  }

  private ConditionException expected(String what, String hint) {
    return error("expected " + what + ", found " + found(token) + hint, token);
  }

  private static ConditionException error(String message, Token place) {
    return error(message, place.offset(), place.end());
  }

  private static ConditionException error(String message, int start, int end) {
    return new ConditionException(message, start, end - start);
  }

  /** A token for a message: on one line, and not too long. */
  private static String found(Token token) {
    if (token.kind() == Kind.END) {
      return "the end";
    }
    String text = token.text();
    if (token.kind() == Kind.STRANGE && !isVisible(text.codePointAt(0))) {
      return String.format("the character U+%04X", text.codePointAt(0));
    }
    return "\"" + (text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…") + "\"";
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
