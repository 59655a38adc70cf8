package io.promptmonitor.common.ingest;

import org.jspecify.annotations.Nullable;

/**
 * Turns the same characters into the same String again and again without allocating; of bounded
 * size.
 *
 * <p>A set-associative cache: a text has {@value #WAYS} possible places, and a new text takes one
 * of them in turn. So a flood of unique texts costs what plain new Strings would, and the frequent
 * texts come back once it is over. Not thread-safe.
 */
final class SymbolCache {

  private static final int WAYS = 4;

  private final @Nullable String[] symbols;
  private int nextVictim;

  /** A cache of {@code size} texts: a power of two, at least {@value #WAYS}. */
  SymbolCache(int size) {
    if (size < WAYS || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("size " + size + ": expected a power of two, 4 or more");
    }
    symbols = new String[size];
  }

  /**
   * The String of these characters.
   *
   * @param hash what {@link String#hashCode} gives for them
   */
  String get(char[] text, int offset, int length, int hash) {
    // The low bits of String hashes are weak: mix the high ones in, as HashMap does.
    int first = (hash ^ (hash >>> 16)) * WAYS & (symbols.length - 1);
    for (int i = first; i < first + WAYS; i++) {
      String symbol = symbols[i];
      if (symbol == null) {
        symbol = new String(text, offset, length);
        symbols[i] = symbol;
        return symbol;
      }
      if (symbol.hashCode() == hash && matches(symbol, text, offset, length)) {
        return symbol;
      }
    }
    String symbol = new String(text, offset, length);
    symbols[first + (nextVictim++ & (WAYS - 1))] = symbol;
    return symbol;
  }

  private static boolean matches(String symbol, char[] text, int offset, int length) {
    if (symbol.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (symbol.charAt(i) != text[offset + i]) {
        return false;
      }
    }
    return true;
  }
}
