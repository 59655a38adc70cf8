package io.promptmonitor.common.simulation;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.promptmonitor.common.execution.PromptVersionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes execution records and feedback events in the form that producers send. */
final class ExecutionJson {

  /** Every raw text that a record carries begins with this, so that it can be searched for. */
  static final String RAW_TEXT_MARKER = "RAW TEXT OF A CALL";

  private static final SerializableString EXECUTION_ID = new SerializedString("execution_id");
  private static final SerializableString PROMPT_ID = new SerializedString("prompt_id");
  private static final SerializableString PROMPT_VERSION = new SerializedString("prompt_version");
  private static final SerializableString TIMESTAMP = new SerializedString("timestamp");
  private static final SerializableString EXECUTION_TIMESTAMP =
      new SerializedString("execution_timestamp");
  private static final SerializableString PERFORMANCE = new SerializedString("performance");
  private static final SerializableString LATENCY_MS = new SerializedString("latency_ms");
  private static final SerializableString INPUT_TOKENS = new SerializedString("input_tokens");
  private static final SerializableString OUTPUT_TOKENS = new SerializedString("output_tokens");
  private static final SerializableString TOTAL_TOKENS = new SerializedString("total_tokens");
  private static final SerializableString OUTCOME = new SerializedString("outcome");
  private static final SerializableString SUCCESS = new SerializedString("success");
  private static final SerializableString ERROR_TYPE = new SerializedString("error_type");
  private static final SerializableString ERROR_MESSAGE = new SerializedString("error_message");
  private static final SerializableString QUALITY = new SerializedString("quality");
  private static final SerializableString USER_FEEDBACK = new SerializedString("user_feedback");
  private static final SerializableString AUTOMATED_SCORE = new SerializedString("automated_score");
  private static final SerializableString CONTEXT = new SerializedString("context");
  private static final SerializableString INPUT_HASH = new SerializedString("input_hash");
  private static final SerializableString OUTPUT_HASH = new SerializedString("output_hash");
  private static final SerializableString USER_ID = new SerializedString("user_id");
  private static final SerializableString MODEL_USED = new SerializedString("model_used");
  private static final SerializableString TEMPERATURE = new SerializedString("temperature");
  private static final SerializableString CONDITIONAL_PATH =
      new SerializedString("conditional_path");
  private static final SerializableString INPUT = new SerializedString("input");
  private static final SerializableString OUTPUT = new SerializedString("output");

  private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_HUNDREDTHS = 1_000;
  private static final String[] HUNDREDTHS = hundredths();
  private static final int USER_DIGITS = 6;
  private static final long MILLIS_PER_DAY = 86_400_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final JsonGenerator json;
  private final byte[] text = new byte[64];
  private final byte[] time = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);
  private final Map<String, SerializableString> encoded = new HashMap<>();
  private long day = Long.MIN_VALUE;

  ExecutionJson() {
    JsonFactory factory = new JsonFactoryBuilder().rootValueSeparator((String) null).build();
    try {
      json = factory.createGenerator(bytes, JsonEncoding.UTF8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The record of an execution. */
  byte[] execution(DrawnExecution e) {
    try {
      json.writeStartObject();
      writeIdentity(e.idHigh, e.idLow, e.promptVersion);
      writeTimestamp(TIMESTAMP, e.timestamp);

      json.writeFieldName(PERFORMANCE);
      json.writeStartObject();
      writeInt(LATENCY_MS, e.latencyMs);
      writeInt(INPUT_TOKENS, e.inputTokens);
      writeInt(OUTPUT_TOKENS, e.outputTokens);
      writeInt(TOTAL_TOKENS, e.inputTokens + e.outputTokens);
      json.writeEndObject();

      json.writeFieldName(OUTCOME);
      json.writeStartObject();
      json.writeFieldName(SUCCESS);
      json.writeBoolean(e.errorType == null);
      writeName(ERROR_TYPE, e.errorType);
      writeName(ERROR_MESSAGE, e.errorMessage);
      json.writeEndObject();

      json.writeFieldName(QUALITY);
      json.writeStartObject();
      writeRating(e.rating);
      writeScore(e.scoreHundredths);
      json.writeEndObject();

      json.writeFieldName(CONTEXT);
      json.writeStartObject();
      writeHash(INPUT_HASH, e.inputSeed);
      if (e.hasOutput) {
        writeHash(OUTPUT_HASH, e.outputSeed);
      } else {
        writeNull(OUTPUT_HASH);
      }
      writeUser(e.user);
      writeName(MODEL_USED, e.model);
      json.writeFieldName(TEMPERATURE);
      json.writeNumber(HUNDREDTHS[e.temperatureHundredths]);
      writeName(CONDITIONAL_PATH, e.branch);
      if (e.rawText == DrawnExecution.RawText.IN_CONTEXT) {
        writeRawText(e);
      }
      json.writeEndObject();

      if (e.rawText == DrawnExecution.RawText.AT_TOP_LEVEL) {
        writeRawText(e);
      }
      json.writeEndObject();
      return written();
    } catch (IOException ex) {
      throw new UncheckedIOException(ex);
    }
  }

  /**
   * A feedback event about an execution.
   *
   * @param timestamp when the feedback was given, milliseconds since the epoch (UTC)
   * @param rating 1 to 5, or {@link DrawnExecution#NONE}
   * @param scoreHundredths in hundredths, or {@link DrawnExecution#NONE}
   */
  byte[] feedback(DrawnExecution e, long timestamp, int rating, int scoreHundredths) {
    try {
      json.writeStartObject();
      writeIdentity(e.idHigh, e.idLow, e.promptVersion);
      writeTimestamp(EXECUTION_TIMESTAMP, e.timestamp);
      writeTimestamp(TIMESTAMP, timestamp);
      if (rating != DrawnExecution.NONE) {
        writeRating(rating);
      }
      if (scoreHundredths != DrawnExecution.NONE) {
        writeScore(scoreHundredths);
      }
      json.writeEndObject();
      return written();
    } catch (IOException ex) {
      throw new UncheckedIOException(ex);
    }
  }

  private byte[] written() throws IOException {
    json.flush();
    byte[] record = bytes.toByteArray();
    bytes.reset();
    return record;
  }

  private void writeIdentity(long idHigh, long idLow, PromptVersionId promptVersion)
      throws IOException {
    json.writeFieldName(EXECUTION_ID);
    int end = writeHex(idHigh >>> 32, 8, 0);
    end = writeHex(idHigh >>> 16 & 0xFFFF, 4, dash(end));
    end = writeHex(idHigh & 0xFFFF, 4, dash(end));
    end = writeHex(idLow >>> 48, 4, dash(end));
    end = writeHex(idLow & 0xFFFF_FFFF_FFFFL, 12, dash(end));
    json.writeRawUTF8String(text, 0, end);
    writeName(PROMPT_ID, promptVersion.promptId());
    writeName(PROMPT_VERSION, promptVersion.version());
  }

  private int dash(int at) {
    text[at] = '-';
    return at + 1;
  }

  private int writeHex(long value, int digits, int at) {
    for (int i = digits - 1, shift = 0; i >= 0; i--, shift += 4) {
      text[at + i] = HEX_DIGITS[(int) (value >>> shift) & 15];
    }
    return at + digits;
  }

  private void writeHash(SerializableString field, long seed) throws IOException {
    json.writeFieldName(field);
    int end = 0;
    for (int i = 0; i < 4; i++) {
      end = writeHex(RandomDraws.seed(seed, i), 16, end);
    }
    json.writeRawUTF8String(text, 0, end);
  }

  private void writeUser(int user) throws IOException {
    if (user == DrawnExecution.NONE) {
      writeNull(USER_ID);
      return;
    }
    json.writeFieldName(USER_ID);
    text[0] = 'u';
    text[1] = '-';
    writeDigits(user, USER_DIGITS, text, 2);
    json.writeRawUTF8String(text, 0, 2 + USER_DIGITS);
  }

  /** {@code 2026-01-05T08:00:00.123Z}. */
  private void writeTimestamp(SerializableString field, long timestamp) throws IOException {
    json.writeFieldName(field);
    long newDay = Math.floorDiv(timestamp, MILLIS_PER_DAY);
    int millis = (int) Math.floorMod(timestamp, MILLIS_PER_DAY);
    if (newDay != day) {
      day = newDay;
      LocalDate date = LocalDate.ofEpochDay(newDay);
      writeDigits(date.getYear(), 4, time, 0);
      writeDigits(date.getMonthValue(), 2, time, 5);
      writeDigits(date.getDayOfMonth(), 2, time, 8);
    }
    writeDigits(millis / 3_600_000, 2, time, 11);
    writeDigits(millis / 60_000 % 60, 2, time, 14);
    writeDigits(millis / 1_000 % 60, 2, time, 17);
    writeDigits(millis % 1_000, 3, time, 20);
    json.writeRawUTF8String(time, 0, time.length);
  }

  private static void writeDigits(int value, int digits, byte[] into, int at) {
    int rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      into[at + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private void writeInt(SerializableString field, int value) throws IOException {
    json.writeFieldName(field);
    json.writeNumber(value);
  }

  private void writeRating(int rating) throws IOException {
    if (rating == DrawnExecution.NONE) {
      writeNull(USER_FEEDBACK);
    } else {
      writeInt(USER_FEEDBACK, rating);
    }
  }

  private void writeScore(int hundredths) throws IOException {
    if (hundredths == DrawnExecution.NONE) {
      writeNull(AUTOMATED_SCORE);
    } else {
      json.writeFieldName(AUTOMATED_SCORE);
      json.writeNumber(HUNDREDTHS[hundredths]);
    }
  }

  private void writeRawText(DrawnExecution e) throws IOException {
    json.writeFieldName(INPUT);
    json.writeString(
        RAW_TEXT_MARKER + ": I am user " + e.user + " and my invoice is wrong, please help");
    json.writeFieldName(OUTPUT);
    json.writeString(RAW_TEXT_MARKER + ": I have refunded \"invoice " + e.latencyMs + "\"");
  }

  private void writeNull(SerializableString field) throws IOException {
    json.writeFieldName(field);
    json.writeNull();
  }

  /** Writes a text of which there are few different ones. */
  private void writeName(SerializableString field, @Nullable String name) throws IOException {
    json.writeFieldName(field);
    if (name == null) {
      json.writeNull();
    } else {
      json.writeString(encoded.computeIfAbsent(name, SerializedString::new));
    }
  }

  private static String[] hundredths() {
    String[] texts = new String[MAX_HUNDREDTHS + 1];
    for (int i = 0; i <= MAX_HUNDREDTHS; i++) {
      texts[i] = i / 100 + "." + i % 100 / 10 + (i % 10 == 0 ? "" : i % 10);
    }
    return texts;
  }
}
