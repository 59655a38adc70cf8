package io.promptmonitor.common.windows;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.metrics.QualityCounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What feedback may still correct of the windows of one hour that are no longer kept in full:
 * ratings, scores and revision of its minutes, five-minute windows and the hour itself.
 */
final class QualityHour {

  private static final byte FORMAT = 1;
  private static final int MINUTES = 60;
  private static final int SLOTS = MINUTES + 12 + 1;

  /** What is left of one window. */
  static final class Remainder {
    final QualityCounts quality = new QualityCounts();
    int revision;
  }

  private final Map<Integer, Remainder> remainders = new TreeMap<>();

  @Nullable Remainder find(int level, long start) {
    return remainders.get(slot(level, start));
  }

  void put(int level, long start, QualityCounts quality, int revision) {
    Remainder remainder = new Remainder();
    remainder.quality.add(quality);
    remainder.revision = revision;
    remainders.put(slot(level, start), remainder);
  }

  private static int slot(int level, long start) {
    long within = start - WindowSize.ONE_HOUR.startOf(start);
    if (level == WindowLevel.MINUTE) {
      return (int) (within / WindowSize.ONE_MINUTE.millis());
    }
    return MINUTES
        + (level == WindowLevel.HOUR ? 12 : (int) (within / WindowSize.FIVE_MINUTES.millis()));
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 * remainders.size());
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeByte(remainders.size());
      for (Map.Entry<Integer, Remainder> entry : remainders.entrySet()) {
        out.writeByte(entry.getKey());
        VarInt.write(out, entry.getValue().revision);
        entry.getValue().quality.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static QualityHour fromBytes(byte[] bytes) {
    QualityHour hour = new QualityHour();
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IOException("unknown format of an hour's quality: " + format);
      }
      int n = in.readUnsignedByte();
      if (n > SLOTS) {
        throw new IOException("malformed number of windows of an hour: " + n);
      }
      for (int i = 0; i < n; i++) {
        Remainder remainder = new Remainder();
        int slot = in.readUnsignedByte();
        remainder.revision = VarInt.readSize(in, Integer.MAX_VALUE);
        remainder.quality.read(in);
        hour.remainders.put(slot, remainder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hour;
  }
}
