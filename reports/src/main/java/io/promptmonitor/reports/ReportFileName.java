package io.promptmonitor.reports;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a prompt's files, without extension: small letters, digits, {@code -}, {@code _} and
 * {@code .} are kept, each other byte of the prompt's id in UTF-8 is {@code @} and two hexadecimal
 * digits: {@code support/Triage} is {@code support@2f@54riage}. So different ids have different
 * names, also where names differ in more than case, and a name is a URL as it stands.
 *
 * <p>What is not safe at the begin of a name, and a name that means something to a file system or
 * is taken, has its first byte written so. A name of more than 150 characters is cut, and ends with
 * {@code @@} and the SHA-256 of the id.
 */
public final class ReportFileName {

  private static final int LONGEST = 150;

  /** Devices of Windows, with any extension, and the overview's own names. */
  private static final Pattern TAKEN =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?|index|overview");

  private ReportFileName() {}

  /** The name of the files of a prompt. */
  public static String of(String promptId) {
    byte[] bytes = promptId.getBytes(StandardCharsets.UTF_8);
    boolean escapeFirst = TAKEN.matcher(promptId).matches();
    StringBuilder name = new StringBuilder(bytes.length + 16);
    for (int i = 0; i < bytes.length; i++) {
      int b = bytes[i] & 0xFF;
      if (isKept(b) && !(i == 0 && (escapeFirst || b == '.' || b == '-'))) {
        name.append((char) b);
      } else {
        name.append('@').append(HexFormat.of().toHexDigits((byte) b));
      }
    }
    if (name.length() <= LONGEST && !name.isEmpty()) {
      return name.toString();
    }
    return name.substring(0, Math.min(name.length(), LONGEST - 66)) + "@@" + sha256(bytes);
  }

  private static boolean isKept(int b) {
    return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_' || b == '.';
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
