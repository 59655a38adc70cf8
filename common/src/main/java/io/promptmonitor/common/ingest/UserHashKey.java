package io.promptmonitor.common.ingest;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The 128-bit secret that user hashes are keyed with; whoever does not have it cannot find out by
 * trial which user a hash stands for.
 *
 * <p>The same key has to be used by all tasks and after each restart, or one user counts as
 * several. Its text form never shows the key.
 */
public final class UserHashKey implements Serializable {

  private static final long serialVersionUID = 1L;

  private final long k0;
  private final long k1;

  private UserHashKey(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** The key derived from a secret text: the first 16 bytes of its SHA-256. */
  public static UserHashKey fromSecret(String secret) {
    Objects.requireNonNull(secret, "secret");
    byte[] digest = Sha256.digest(secret.getBytes(StandardCharsets.UTF_8));
    ByteBuffer words = ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
    return new UserHashKey(words.getLong(), words.getLong());
  }

  /** The key with these two little-endian words. */
  static UserHashKey ofWords(long k0, long k1) {
    return new UserHashKey(k0, k1);
  }

  /** The SipHash-2-4 of {@code length} bytes under this key. */
  long hash(byte[] bytes, int offset, int length) {
    return SipHash24.hash(k0, k1, bytes, offset, length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UserHashKey that && k0 == that.k0 && k1 == that.k1;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(k0 ^ k1);
  }

  @Override
  public String toString() {
    return "UserHashKey[secret]";
  }
}
