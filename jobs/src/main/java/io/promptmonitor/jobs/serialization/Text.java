package io.promptmonitor.jobs.serialization;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/** Strings in Flink's compact form: length first, one byte for an ASCII character. */
final class Text {

  private Text() {}

  static void write(DataOutput out, String text) throws IOException {
    StringValue.writeString(text, out);
  }

  static void writeNullable(DataOutput out, @Nullable String text) throws IOException {
    StringValue.writeString(text, out);
  }

  static String read(DataInput in) throws IOException {
    String text = readNullable(in);
    if (text == null) {
      throw new IOException("malformed record: a text is missing");
    }
    return text;
  }

  static @Nullable String readNullable(DataInput in) throws IOException {
    return StringValue.readString(in);
  }
}
