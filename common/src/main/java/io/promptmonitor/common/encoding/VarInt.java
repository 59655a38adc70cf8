package io.promptmonitor.common.encoding;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Variable-length whole numbers as in Protocol Buffers: seven bits a byte, least significant first.
 */
public final class VarInt {

  private VarInt() {}

  /** Writes {@code value} as an unsigned number: 1 byte below 128, at most 10 bytes. */
  public static void write(DataOutput out, long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /** Reads what {@link #write} wrote. */
  public static long read(DataInput in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.readByte();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IOException("malformed variable-length number: more than 10 bytes");
  }

  /** Reads a number that was written by {@link #write} and has to lie between 0 and {@code max}. */
  public static int readSize(DataInput in, int max) throws IOException {
    long value = read(in);
    if (value < 0 || value > max) {
      throw new IOException("malformed size: " + value + ", expected 0 to " + max);
    }
    return (int) value;
  }

  /** Writes a number that may be negative, small magnitudes in few bytes (zig-zag). */
  public static void writeSigned(DataOutput out, long value) throws IOException {
    write(out, (value << 1) ^ (value >> 63));
  }

  /** Reads what {@link #writeSigned} wrote. */
  public static long readSigned(DataInput in) throws IOException {
    long value = read(in);
    return (value >>> 1) ^ -(value & 1);
  }
}
