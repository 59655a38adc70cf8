package io.promptmonitor.common.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.datasketches.memory.XxHash;

class RecordParserPropertiesTest {

  private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");

  /** Everything that a detail may say, so that nothing of a record can slip in. */
  private static final Pattern DETAIL =
      Pattern.compile(
          "(record|user_feedback and automated_score|"
              + Stream.of(RecordField.values())
                  .map(field -> Pattern.quote(field.path()))
                  .collect(Collectors.joining("|"))
              + "): (not UTF-8|text after the object,|no object|not valid JSON"
              + "|objects or arrays nested more than 500 deep|missing, null or empty"
              + "|both missing or null|wrong type|control character|unpaired surrogate|too long"
              + "|not a time stamp|without a zone \\(Z or an offset\\)|in the future|negative"
              + "|too large|out of range|off the scale|no rating|not a whole number|not a hash"
              + "|not the sum)( at byte \\d+)?, expected ("
              + "one JSON object|UTF-8|at most \\d+ bytes|at least one"
              + "|input_tokens \\+ output_tokens|at most 600 s ahead of this machine's clock|"
              + Stream.of(RecordField.values())
                  .map(field -> Pattern.quote(field.expected()))
                  .collect(Collectors.joining("|"))
              + ")");

  private final RecordParser parser = new RecordParser(ParserOptions.defaults(), NOW::toEpochMilli);

  @Property(tries = 1000, seed = "1")
  void everyValidExecutionIsRead(@ForAll long seed) {
    RandomRecord record = new RandomRecord(new Random(seed));
    byte[] bytes = record.json.getBytes(UTF_8);

    Ingested ingested = parser.parse("test", 1, bytes, 0, bytes.length);

    assertThat(ingested.deadLetter()).as(record.json).isNull();
    assertThat(ingested.execution()).as(record.json).isEqualTo(record.execution);
    assertThat(ingested.rawTextStripped()).isEqualTo(record.rawText);
  }

  @Property(tries = 3000, seed = "1")
  void noBytesMakeItThrowOrQuoteTheRecord(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = mutated(new RandomRecord(random).json.getBytes(UTF_8), random);
    int offset = random.nextInt(3);
    byte[] padded = new byte[bytes.length + offset + random.nextInt(3)];
    Arrays.fill(padded, (byte) '}');
    System.arraycopy(bytes, 0, padded, offset, bytes.length);

    Ingested ingested = parser.parse("test", 1, padded, offset, bytes.length);

    DeadLetter letter = ingested.deadLetter();
    assertThat(Stream.of(ingested.execution(), ingested.feedback(), letter).filter(x -> x != null))
        .hasSize(1);
    if (letter != null) {
      assertThat(letter.detail()).matches(DETAIL);
    }
    // The next record is read as if nothing had been.
    everyValidExecutionIsRead(seed);
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original;
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length + 1);
      switch (random.nextInt(7)) {
        case 0 -> bytes = Arrays.copyOf(bytes, at);
        case 1 -> {
          if (at < bytes.length) {
            bytes[at] ^= (byte) (1 << random.nextInt(8));
          }
        }
        case 2 -> {
          bytes = new byte[random.nextInt(100)];
          random.nextBytes(bytes);
        }
        case 3 -> bytes = insert(bytes, at, new byte[] {(byte) random.nextInt(256)});
        case 4 ->
            bytes =
                insert(
                    bytes,
                    at,
                    "{}[]\",:\\u0e-.\0".substring(0, 1 + random.nextInt(13)).getBytes(UTF_8));
        case 5 -> {
          String[] values = {
            "null", "-1", "1e9", "\"x\"", "[{\"input\":1}]", "{}", "\"\\ud800\"", "99999999999"
          };
          String value = values[random.nextInt(values.length)];
          String text = new String(bytes, UTF_8);
          int colon = text.indexOf(':', Math.min(at, text.length()));
          int end = colon < 0 ? -1 : text.indexOf(',', colon);
          if (end >= 0) {
            bytes = (text.substring(0, colon + 1) + value + text.substring(end)).getBytes(UTF_8);
          }
        }
        default -> {
          int end = Math.min(bytes.length, at + random.nextInt(30));
          bytes =
              insert(bytes, random.nextInt(bytes.length + 1), Arrays.copyOfRange(bytes, at, end));
        }
      }
    }
    return bytes;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] what) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + what.length);
    System.arraycopy(what, 0, longer, at, what.length);
    System.arraycopy(bytes, at, longer, at + what.length, bytes.length - at);
    return longer;
  }

  /** A valid execution, and one of the many ways to write it. */
  private static final class RandomRecord {

    private final Random random;
    private final String json;
    private final Execution execution;
    private boolean rawText;

    RandomRecord(Random random) {
      this.random = random;
      String executionId = text(256);
      String promptId = text(256);
      String version = text(64);
      long timestamp = NOW.toEpochMilli() + 600_000 - random.nextInt(2_000_000_000);
      int latency = random.nextInt() & Integer.MAX_VALUE;
      int input = random.nextInt(1 << 30);
      int output = random.nextInt(1 << 30);
      boolean success = random.nextBoolean();
      String errorType = optional(text(128));
      byte rating = (byte) random.nextInt(6);
      int score = random.nextInt(3) == 0 ? Execution.NO_SCORE : random.nextInt(10_000_001);
      String inputHash = optional(hashText());
      String outputHash = optional(hashText());
      String model = optional(text(128));
      String path = optional(text(256));
      String userId = optional(text(256));
      String temperature =
          random.nextBoolean() ? null : List.of("0", "0.7", "1e-3", "2").get(random.nextInt(4));

      List<String> performance = new ArrayList<>();
      performance.add(field("latency_ms", "" + latency));
      performance.add(field("input_tokens", "" + input));
      performance.add(field("output_tokens", "" + output));
      performance.add(field("total_tokens", "" + (input + output)));
      List<String> outcome = new ArrayList<>();
      outcome.add(field("success", "" + success));
      addOptional(outcome, "error_type", errorType == null ? null : quoted(errorType));
      addOptional(outcome, "error_message", random.nextBoolean() ? null : quoted(text(300)));
      List<String> quality = new ArrayList<>();
      addOptional(quality, "user_feedback", rating == 0 ? null : "" + rating);
      addOptional(quality, "automated_score", score < 0 ? null : decimal(score));
      List<String> context = new ArrayList<>();
      addOptional(context, "input_hash", inputHash == null ? null : quoted(inputHash));
      addOptional(context, "output_hash", outputHash == null ? null : quoted(outputHash));
      addOptional(context, "model_used", model == null ? null : quoted(model));
      addOptional(context, "temperature", temperature);
      addOptional(context, "conditional_path", path == null ? null : quoted(path));
      addOptional(context, "user_id", userId == null ? null : quoted(userId));
      List<String> record = new ArrayList<>();
      record.add(field("execution_id", quoted(executionId)));
      record.add(field("prompt_id", quoted(promptId)));
      record.add(field("prompt_version", quoted(version)));
      record.add(field("timestamp", quoted(timestampText(timestamp))));
      record.add(field("performance", object(performance)));
      record.add(field("outcome", object(outcome)));
      record.add(field("quality", object(quality)));
      record.add(field("context", object(context)));
      json = space() + object(record) + space();
      execution =
          new Execution(
              xxHash(executionId),
              new PromptVersionId(promptId, version),
              timestamp,
              latency,
              input,
              output,
              success,
              errorType,
              rating,
              score,
              inputHash == null ? Execution.NO_HASH : xxHash(inputHash),
              outputHash == null ? Execution.NO_HASH : xxHash(outputHash),
              userId == null ? Execution.NO_HASH : userHash(userId),
              model,
              path);
    }

    private String timestampText(long timestamp) {
      ZoneOffset zone = ZoneOffset.ofTotalSeconds((random.nextInt(24 * 60) - 720) * 60);
      String text = Instant.ofEpochMilli(timestamp).atOffset(zone).toString();
      // Java leaves out seconds that are zero.
      return text.matches(".*T\\d\\d:\\d\\d(Z|[+-].*)")
          ? text.substring(0, 16) + ":00" + text.substring(16)
          : text;
    }

    private void addOptional(List<String> fields, String name, String value) {
      if (value != null) {
        fields.add(field(name, value));
      } else if (random.nextBoolean()) {
        fields.add(field(name, "null"));
      }
    }

    private String optional(String value) {
      return random.nextInt(3) == 0 ? null : value;
    }

    /** The fields in any order, with unknown ones between them. */
    private String object(List<String> fields) {
      List<String> all = new ArrayList<>(fields);
      while (random.nextInt(4) == 0) {
        all.add(unknownField());
      }
      Collections.shuffle(all, random);
      return "{" + space() + String.join(space() + "," + space(), all) + space() + "}";
    }

    private String unknownField() {
      int kind = random.nextInt(5);
      rawText |= kind <= 1;
      return switch (kind) {
        case 0 -> field("prompt", quoted("raw " + text(20)));
        case 1 -> field("details", "[{" + field("messages", "[" + quoted(text(9)) + "]") + "}]");
        case 2 -> field("x" + random.nextInt(1000), quoted(text(20)));
        case 3 -> field("nested", "[1,{\"a\":[true,null,-1.5e3]}," + quoted(text(5)) + "]");
        default -> field("input", "" + random.nextInt());
      };
    }

    private String field(String name, String value) {
      return quoted(name) + space() + ":" + space() + value;
    }

    private String space() {
      StringBuilder space = new StringBuilder();
      while (random.nextInt(5) == 0) {
        space.append(" \t\r\n".charAt(random.nextInt(4)));
      }
      return space.toString();
    }

    private String quoted(String text) {
      StringBuilder json = new StringBuilder("\"");
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (random.nextInt(40) == 0) {
          json.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
        } else if (c == '"' || c == '\\' || (c == '/' && random.nextBoolean())) {
          json.append('\\').append(c);
        } else {
          json.append(c);
        }
      }
      // Half of a surrogate pair written as itself and half as an escape would not be UTF-8.
      String written = json.append('"').toString();
      return UTF_8.newEncoder().canEncode(written) ? written : quoted(text);
    }

    private String text(int maxLength) {
      int length =
          1 + random.nextInt(random.nextInt(10) == 0 ? maxLength : Math.min(maxLength, 20));
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        switch (random.nextInt(12)) {
          case 0 -> text.appendCodePoint(0xA0 + random.nextInt(0x700));
          case 1 -> text.appendCodePoint(0x3000 + random.nextInt(0x5000));
          case 2 -> text.appendCodePoint(0x1F300 + random.nextInt(0x200));
          default -> text.append((char) (' ' + random.nextInt(0x5F)));
        }
      }
      return text.toString();
    }

    private String hashText() {
      String alphabet = "0123456789abcdefghXYZ+/=_:.-";
      return random
          .ints(1 + random.nextInt(128), 0, alphabet.length())
          .mapToObj(i -> alphabet.substring(i, i + 1))
          .collect(Collectors.joining());
    }

    private String decimal(int millionths) {
      return millionths / 1_000_000
          + String.format(".%06d", millionths % 1_000_000)
          + (random.nextInt(4) == 0 ? "e0" : "");
    }

    private static long xxHash(String text) {
      byte[] bytes = text.getBytes(UTF_8);
      return XxHash.hashByteArr(bytes, 0, bytes.length, 0);
    }

    private static long userHash(String text) {
      byte[] bytes = text.getBytes(UTF_8);
      return UserHashKey.fromSecret("prompt-monitor").hash(bytes, 0, bytes.length);
    }
  }
}
