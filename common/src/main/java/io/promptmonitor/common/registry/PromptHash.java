package io.promptmonitor.common.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash that protects a prompt's text: SHA-256 of its UTF-8 bytes, lower-case hexadecimal. */
public final class PromptHash {

  private PromptHash() {}

  /** The hash of a text. */
  public static String of(String promptText) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(promptText.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
