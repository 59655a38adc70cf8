package io.promptmonitor.common.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that was probably meant. */
public final class Spelling {

  private Spelling() {}

  /** The end of a message about an unknown name: what was probably meant, or what there is. */
  public static String hint(String unknown, Collection<String> known) {
    String nearest = nearest(unknown, known);
    if (nearest != null) {
      return "did you mean \"" + nearest + "\"?";
    }
    return known.isEmpty()
        ? "expected nothing here"
        : "expected one of " + String.join(", ", known);
  }

  /** The known name nearest to an unknown one, or null if none is near. */
  public static @Nullable String nearest(String unknown, Collection<String> known) {
    String wanted = normal(unknown);
    String nearest = null;
    int least = 1 + Math.max(1, wanted.length() / 3);
    for (String name : known) {
      int distance = distance(wanted, normal(name));
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  private static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /**
   * Insertions, deletions, replacements and swaps of neighbours between two words (the optimal
   * string alignment distance).
   */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
