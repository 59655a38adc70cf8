package io.promptmonitor.common.conditions;

import io.promptmonitor.common.conditions.Token.Kind;
import java.util.function.IntPredicate;

/** Cuts the text of a condition into tokens. */
final class Tokens {

  private final String text;
  private int position;

  Tokens(String text) {
    this.text = text;
  }

  /** The next token; at the end, the end again and again. */
  Token next() {
    int lastEnd = position;
    skip(Character::isWhitespace);
    if (position == text.length()) {
      // What is missing at the end is missing after the last token, not after white space.
      position = lastEnd;
      return new Token(Kind.END, "", lastEnd);
    }
    int start = position;
    Kind kind = scan(text.charAt(position));
    return new Token(kind, text.substring(start, position), start);
  }

  private Kind scan(char first) {
    if (isWordPart(first) && !isDigit(first)) {
      skip(Tokens::isWordPart);
      return Kind.WORD;
    }
    if (isDigit(first)) {
      skip(Tokens::isDigit);
      if (at(position, '.') && position + 1 < text.length() && isDigit(text.charAt(position + 1))) {
        position++;
        skip(Tokens::isDigit);
      }
      return Kind.NUMBER;
    }
    if (isComparisonPart(first)) {
      skip(Tokens::isComparisonPart);
      return Kind.COMPARISON;
    }
    switch (first) {
      case '(' -> {
        position++;
        return Kind.OPEN;
      }
      case ')' -> {
        position++;
        return Kind.CLOSE;
      }
      case '*', '+', '-', '%' -> {
        position++;
        return Kind.SIGN;
      }
      case '&', '|' -> skip(c -> c == first);
      case '.' -> {
        position++;
        skip(Tokens::isDigit);
      }
      default -> position += Character.charCount(text.codePointAt(position));
    }
    return Kind.STRANGE;
  }

  private void skip(IntPredicate part) {
    while (position < text.length() && part.test(text.charAt(position))) {
      position++;
    }
  }

  private boolean at(int index, char c) {
    return index < text.length() && text.charAt(index) == c;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
  }

  private static boolean isComparisonPart(int c) {
    return c == '<' || c == '>' || c == '=' || c == '!';
  }
}
