package io.promptmonitor.common.ingest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every Java platform has. */
final class Sha256 {

  private Sha256() {}

  /** The digest of {@code bytes}. */
  static byte[] digest(byte[] bytes) {
    return newDigest().digest(bytes);
  }

  /** The digest of a range of {@code bytes} in lower-case hexadecimal. */
  static String hex(byte[] bytes, int offset, int length) {
    MessageDigest digest = newDigest();
    digest.update(bytes, offset, length);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }
}
