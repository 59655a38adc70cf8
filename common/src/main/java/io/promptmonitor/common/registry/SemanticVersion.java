package io.promptmonitor.common.registry;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version as Semantic Versioning 2.0.0 defines it (semver.org), for example {@code 1.2.0} or
 * {@code 2.0.0-rc.1+build.5}; at most {@value #MAX_LENGTH} characters.
 *
 * <p>Ordered by precedence; versions that differ only in their build metadata, which has no
 * precedence, are ordered by its text, so that the order agrees with {@code equals}.
 */
public final class SemanticVersion implements Comparable<SemanticVersion>, Serializable {

  private static final long serialVersionUID = 1;

  /** The longest text of a version. */
  public static final int MAX_LENGTH = 64;

  private static final String NUMBER = "(0|[1-9][0-9]*)";
  private static final String PRE_RELEASE_PART = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
  private static final Pattern FORM =
      Pattern.compile(
          NUMBER
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + ("(?:-(" + PRE_RELEASE_PART + "(?:\\." + PRE_RELEASE_PART + ")*))?")
              + "(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?");

  private final String text;

  private SemanticVersion(String text) {
    this.text = text;
  }

  /**
   * Reads a version.
   *
   * @throws IllegalArgumentException if the text is not one; the message says what was expected
   */
  public static SemanticVersion parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a version has at most " + MAX_LENGTH + " characters, this has " + text.length());
    }
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "expected a semantic version such as 1.2.0 or 2.0.0-rc.1, found \"" + text + "\"");
    }
    return new SemanticVersion(text);
  }

  @Override
  public int compareTo(SemanticVersion other) {
    Matcher mine = matched();
    Matcher theirs = other.matched();
    for (int part = 1; part <= 3; part++) {
      int order = compareNumbers(mine.group(part), theirs.group(part));
      if (order != 0) {
        return order;
      }
    }
    int order = comparePreReleases(mine.group(4), theirs.group(4));
    return order != 0 ? order : text.compareTo(other.text);
  }

  private Matcher matched() {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException(text);
    }
    return matcher;
  }

  private static int compareNumbers(String a, String b) {
    return new BigInteger(a).compareTo(new BigInteger(b));
  }

  /** A version without pre-release comes after all its pre-releases. */
  private static int comparePreReleases(@Nullable String a, @Nullable String b) {
    if (a == null || b == null) {
      return Boolean.compare(a == null, b == null);
    }
    String[] as = a.split("\\.", -1);
    String[] bs = b.split("\\.", -1);
    for (int i = 0; i < Math.min(as.length, bs.length); i++) {
      int order = compareIdentifiers(as[i], bs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(as.length, bs.length);
  }

  /** Numbers by value and before texts, texts by their ASCII characters. */
  private static int compareIdentifiers(String a, String b) {
    boolean aIsNumber = isNumber(a);
    boolean bIsNumber = isNumber(b);
    if (aIsNumber && bIsNumber) {
      return compareNumbers(a, b);
    }
    return aIsNumber ? -1 : bIsNumber ? 1 : a.compareTo(b);
  }

  private static boolean isNumber(String identifier) {
    return identifier.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SemanticVersion version && version.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The version as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
