package io.promptmonitor.common.conditions;

/**
 * A word, number or sign of a condition's text.
 *
 * @param text as written; empty at the end
 * @param offset where it begins in the condition's text, from 0
 */
record Token(Kind kind, String text, int offset) {

  /** What a token is, as far as its first character tells. */
  enum Kind {
    /** Letters, digits and underscores, beginning with a letter or underscore. */
    WORD,
    /** Digits, with digits after a point or without. */
    NUMBER,
    /** A run of {@code <}, {@code >}, {@code =} and {@code !}: an operator, or meant as one. */
    COMPARISON,
    /** {@code (} */
    OPEN,
    /** {@code )} */
    CLOSE,
    /** {@code *}, {@code +}, {@code -} or {@code %} */
    SIGN,
    /** What no condition has. */
    STRANGE,
    /** The end of the text, not counting white space. */
    END
  }

  /** The offset of the first character after it. */
  int end() {
    return offset + text.length();
  }

  boolean is(Kind kind, String text) {
    return this.kind == kind && this.text.equals(text);
  }

  boolean isWord(String word) {
    return is(Kind.WORD, word);
  }

  boolean isSign(String sign) {
    return is(Kind.SIGN, sign);
  }
}
