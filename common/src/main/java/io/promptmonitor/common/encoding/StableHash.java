package io.promptmonitor.common.encoding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes of texts that stay the same in every release, because they are kept. */
public final class StableHash {

  private StableHash() {}

  /** The parts as one text that no other parts give. */
  public static String join(String... parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(part.length()).append(':').append(part);
    }
    return text.toString();
  }

  /** The first 8 bytes of the text's SHA-256. */
  public static long hash64(String text) {
    return ByteBuffer.wrap(sha256(text)).getLong();
  }

  /** The first 16 bytes of the text's SHA-256 in hexadecimal: 32 characters. */
  public static String hex128(String text) {
    return HexFormat.of().formatHex(sha256(text), 0, 16);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
