package io.promptmonitor.common.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a 64-bit hash that cannot be told from random, nor
 * inverted by trial, without its 128-bit key.
 */
final class SipHash24 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private SipHash24() {}

  static long hash(long k0, long k1, byte[] bytes, int offset, int length) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int wordsEnd = offset + (length & ~7);
    int end = offset + length;
    int next = offset;
    // Two rounds for each word, the last one holding the rest and the length; then four rounds.
    int finalRounds = 0;
    while (finalRounds < 2) {
      long word;
      if (next < wordsEnd) {
        word = (long) LONGS.get(bytes, next);
        next += 8;
      } else if (finalRounds == 0) {
        word = (long) length << 56;
        for (int i = next; i < end; i++) {
          word |= (bytes[i] & 0xFFL) << (8 * (i - next));
        }
        finalRounds = 1;
      } else {
        word = 0;
        v2 ^= 0xFF;
        finalRounds = 2;
      }
      v3 ^= word;
      for (int round = finalRounds == 2 ? 4 : 2; round > 0; round--) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
