package io.promptmonitor.common.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.RecordField.Section;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.datasketches.memory.XxHash;
import org.jspecify.annotations.Nullable;

/**
 * Reads execution records and feedback events from JSON, validates them, and drops all text that is
 * not needed.
 *
 * <p>Whatever the bytes are, {@link #parse} returns and never throws: a record that cannot be
 * counted becomes a {@link DeadLetter}. A record has one reason of rejection: first whether it is
 * UTF-8 and one JSON object, then its first field that is wrong, then required fields that are
 * missing, then what contradicts itself. If a field appears twice, its last value counts.
 *
 * <p>Only the result is allocated for a record: prompts, versions, error types, models and paths
 * come from caches of bounded size. {@code outcome.error_message} is read past and never kept,
 * because such messages often quote the call's text. Not thread-safe: one for each task.
 */
public final class RecordParser {

  /** The longest record that is read, in bytes. */
  public static final int MAX_RECORD_LENGTH = 1 << 20;

  /** The most characters (Unicode code points) of the texts. */
  static final int MAX_ID_LENGTH = 256;

  static final int MAX_VERSION_LENGTH = 64;
  static final int MAX_NAME_LENGTH = 128;
  static final int MAX_PATH_LENGTH = 256;
  static final int MAX_HASH_LENGTH = 128;

  /** Fixed for good: hashes are kept in state and compared over years. */
  private static final long HASH_SEED = 0;

  private static final int REQUIRED_IN_EXECUTIONS =
      bits(
          RecordField.EXECUTION_ID,
          RecordField.PROMPT_ID,
          RecordField.PROMPT_VERSION,
          RecordField.TIMESTAMP,
          RecordField.LATENCY_MS,
          RecordField.INPUT_TOKENS,
          RecordField.OUTPUT_TOKENS,
          RecordField.TOTAL_TOKENS,
          RecordField.SUCCESS);
  private static final int REQUIRED_IN_FEEDBACK =
      bits(
          RecordField.EXECUTION_ID,
          RecordField.PROMPT_ID,
          RecordField.PROMPT_VERSION,
          RecordField.EXECUTION_TIMESTAMP,
          RecordField.TIMESTAMP);
  private static final int GIVEN_IN_FEEDBACK =
      bits(RecordField.EVENT_USER_FEEDBACK, RecordField.EVENT_AUTOMATED_SCORE);

  private static final int PROMPT_CACHE_SIZE = 1 << 14;
  private static final int NAME_CACHE_SIZE = 1 << 12;

  /** How many unknown field names are remembered, here and by the JSON parser. */
  private static final int MAX_UNKNOWN_NAMES = 1 << 12;

  private static final boolean[] IN_HASHES = new boolean[128];

  static {
    for (char c = 0; c < IN_HASHES.length; c++) {
      IN_HASHES[c] =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "+/=_:.-".indexOf(c) >= 0;
    }
  }

  private final double scoreMin;
  private final double scoreMax;
  private final long maxFutureSkewMillis;
  private final UserHashKey userHashKey;
  private final LongSupplier nowMillis;

  private final RecordTokens tokens = new RecordTokens(MAX_RECORD_LENGTH);
  private final SymbolCache promptIds = new SymbolCache(PROMPT_CACHE_SIZE);
  private final SymbolCache versions = new SymbolCache(NAME_CACHE_SIZE);
  private final SymbolCache errorTypes = new SymbolCache(NAME_CACHE_SIZE);
  private final SymbolCache models = new SymbolCache(NAME_CACHE_SIZE);
  private final SymbolCache paths = new SymbolCache(NAME_CACHE_SIZE);
  private final PromptVersionCache promptVersions = new PromptVersionCache(PROMPT_CACHE_SIZE);
  private final FieldOrder order = new FieldOrder();
  private final Map<String, Boolean> rawTextByName = new HashMap<>();
  private boolean unknownNamesFull;

  /** UTF-8 of the text that is being hashed: at most four bytes a character. */
  private final byte[] utf8 = new byte[4 * MAX_ID_LENGTH];

  // The text read last: see readText.
  private char[] chars = new char[0];
  private int charsOffset;
  private int charsLength;
  private int charsHash;

  // The record being read. A field's value counts only if its bit is set in present.
  private int present;
  private boolean feedbackEvent;
  private boolean rawText;
  private final Problem executionProblem = new Problem();
  private final Problem feedbackProblem = new Problem();
  private long executionIdHash;
  private String promptId = "";
  private String version = "";
  private long timestamp;
  private long executionTimestamp;
  private int latencyMs;
  private int inputTokens;
  private int outputTokens;
  private int totalTokens;
  private boolean success;
  private @Nullable String errorType;
  private byte userFeedback;
  private int automatedScore;
  private byte eventUserFeedback;
  private int eventAutomatedScore;
  private long inputHash;
  private long outputHash;
  private long userHash;
  private @Nullable String model;
  private @Nullable String path;

  /**
   * A parser with empty caches.
   *
   * @param nowMillis the current time in milliseconds since the epoch; decides only {@link
   *     RejectionReason#TIMESTAMP_IN_FUTURE}
   */
  public RecordParser(ParserOptions options, LongSupplier nowMillis) {
    this.scoreMin = options.scoreMin();
    this.scoreMax = options.scoreMax();
    this.maxFutureSkewMillis = options.maxFutureSkew().toMillis();
    this.userHashKey = options.userHashKey();
    this.nowMillis = Objects.requireNonNull(nowMillis, "nowMillis");
  }

  /**
   * What becomes of one record.
   *
   * @param source topic and partition, or file path
   * @param position offset in the partition, or line number in the file
   * @param bytes holds the record; the result of a valid record refers to this array, so it must
   *     not change while the result is in use
   * @param offset where the record begins
   * @param length its length in bytes
   */
  public Ingested parse(String source, long position, byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    clear();
    String malformed = null;
    RejectionReason reason = RejectionReason.NOT_JSON;
    if (length > MAX_RECORD_LENGTH) {
      reason = RejectionReason.TOO_LARGE;
      malformed = "record: too large, expected at most " + MAX_RECORD_LENGTH + " bytes";
    } else {
      int invalid = Utf8.firstInvalid(bytes, offset, length);
      if (invalid >= 0) {
        reason = RejectionReason.NOT_UTF8;
        malformed = "record: not UTF-8 at byte " + (invalid - offset) + ", expected UTF-8";
      } else {
        malformed = readRecord(bytes, offset, length);
      }
    }
    if (malformed != null) {
      DeadLetter letter =
          new DeadLetter(
              source,
              position,
              reason,
              malformed,
              length,
              Sha256.hex(bytes, offset, length),
              Long.MIN_VALUE);
      return rejected(letter);
    }
    Problem problem = feedbackEvent ? feedbackProblem : executionProblem;
    checkWhole(problem);
    RejectionReason fieldReason = problem.reason;
    if (fieldReason != null) {
      DeadLetter letter =
          new DeadLetter(
              source,
              position,
              fieldReason,
              problem.detail(),
              length,
              Sha256.hex(bytes, offset, length),
              has(RecordField.TIMESTAMP) ? timestamp : Long.MIN_VALUE);
      return rejected(letter);
    }
    PromptVersionId promptVersion = promptVersions.get(promptId, version);
    return new Ingested(
        source,
        position,
        feedbackEvent ? null : execution(promptVersion),
        feedbackEvent ? feedback(promptVersion) : null,
        null,
        rawText,
        length,
        bytes,
        offset);
  }

  private Ingested rejected(DeadLetter letter) {
    return new Ingested(
        letter.source(), letter.position(), null, null, letter, rawText, letter.length(), null, 0);
  }

  private Execution execution(PromptVersionId promptVersion) {
    return new Execution(
        executionIdHash,
        promptVersion,
        timestamp,
        latencyMs,
        inputTokens,
        outputTokens,
        success,
        has(RecordField.ERROR_TYPE) ? errorType : null,
        has(RecordField.USER_FEEDBACK) ? userFeedback : Execution.NO_FEEDBACK,
        has(RecordField.AUTOMATED_SCORE) ? automatedScore : Execution.NO_SCORE,
        has(RecordField.INPUT_HASH) ? inputHash : Execution.NO_HASH,
        has(RecordField.OUTPUT_HASH) ? outputHash : Execution.NO_HASH,
        has(RecordField.USER_ID) ? userHash : Execution.NO_HASH,
        has(RecordField.MODEL_USED) ? model : null,
        has(RecordField.CONDITIONAL_PATH) ? path : null);
  }

  private Feedback feedback(PromptVersionId promptVersion) {
    return new Feedback(
        executionIdHash,
        promptVersion,
        executionTimestamp,
        timestamp,
        has(RecordField.EVENT_USER_FEEDBACK) ? eventUserFeedback : Execution.NO_FEEDBACK,
        has(RecordField.EVENT_AUTOMATED_SCORE) ? eventAutomatedScore : Execution.NO_SCORE);
  }

  private void clear() {
    present = 0;
    feedbackEvent = false;
    rawText = false;
    executionProblem.reason = null;
    feedbackProblem.reason = null;
    if (unknownNamesFull) {
      rawTextByName.clear();
      tokens.renew();
      unknownNamesFull = false;
    }
  }

  /** Reads all fields; returns what makes the record something else than one JSON object. */
  private @Nullable String readRecord(byte[] bytes, int offset, int length) {
    int mark = hasByteOrderMark(bytes, offset, length) ? 3 : 0;
    JsonParser json = tokens.begin(bytes, offset + mark, length - mark);
    String wrong;
    try {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        readObject(json, Section.RECORD);
        if (tokens.endIsBlank()) {
          return null;
        }
        wrong = "text after the object, at byte " + (tokens.position() + mark);
      } else {
        wrong = "no object";
      }
    } catch (StreamConstraintsException e) {
      wrong = "objects or arrays nested more than " + RecordTokens.MAX_NESTING + " deep";
    } catch (IOException e) {
      // The exception's message quotes the record.
      wrong = "not valid JSON at byte " + Math.min(tokens.position() + mark, length);
    }
    tokens.renew();
    return "record: " + wrong + ", expected one JSON object";
  }

  private static boolean hasByteOrderMark(byte[] bytes, int offset, int length) {
    return length >= 3
        && bytes[offset] == (byte) 0xEF
        && bytes[offset + 1] == (byte) 0xBB
        && bytes[offset + 2] == (byte) 0xBF;
  }

  /** Reads the fields of an object up to and with its closing brace. */
  private void readObject(JsonParser json, Section section) throws IOException {
    RecordField previous = null;
    RecordField next = order.first(section);
    while (true) {
      RecordField field;
      if (json.nextFieldName(next.serializedName())) {
        field = next;
      } else if (json.currentToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        field = RecordField.find(section, name);
        if (field == null) {
          skipUnknown(json, name);
          continue;
        }
        order.learn(section, previous, field);
      } else {
        return;
      }
      readField(json, field, json.nextToken());
      previous = field;
      next = order.after(field);
    }
  }

  private void readField(JsonParser json, RecordField field, JsonToken token) throws IOException {
    switch (field) {
      case EXECUTION_ID -> {
        if (readText(json, field, token, MAX_ID_LENGTH)) {
          executionIdHash = xxHash(encodeUtf8());
        }
      }
      case PROMPT_ID -> {
        if (readText(json, field, token, MAX_ID_LENGTH)) {
          promptId = promptIds.get(chars, charsOffset, charsLength, charsHash);
        }
      }
      case PROMPT_VERSION -> {
        if (readText(json, field, token, MAX_VERSION_LENGTH)) {
          version = versions.get(chars, charsOffset, charsLength, charsHash);
        }
      }
      case EXECUTION_TIMESTAMP -> {
        feedbackEvent = true;
        executionTimestamp = readTimestamp(json, field, token);
      }
      case TIMESTAMP -> timestamp = readTimestamp(json, field, token);
      case PERFORMANCE -> readSection(json, field, token, Section.PERFORMANCE);
      case OUTCOME -> readSection(json, field, token, Section.OUTCOME);
      case QUALITY -> readSection(json, field, token, Section.QUALITY);
      case CONTEXT -> readSection(json, field, token, Section.CONTEXT);
      case LATENCY_MS -> latencyMs = readCount(json, field, token);
      case INPUT_TOKENS -> inputTokens = readCount(json, field, token);
      case OUTPUT_TOKENS -> outputTokens = readCount(json, field, token);
      case TOTAL_TOKENS -> totalTokens = readCount(json, field, token);
      case SUCCESS -> {
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
          success = token == JsonToken.VALUE_TRUE;
          present |= field.bit();
        } else {
          withoutValue(json, field, token);
        }
      }
      case ERROR_TYPE -> {
        if (readText(json, field, token, MAX_NAME_LENGTH)) {
          errorType = errorTypes.get(chars, charsOffset, charsLength, charsHash);
        }
      }
      case ERROR_MESSAGE -> skipValue(json, token);
      case USER_FEEDBACK -> userFeedback = readRating(json, field, token);
      case AUTOMATED_SCORE -> automatedScore = readScore(json, field, token);
      case EVENT_USER_FEEDBACK -> eventUserFeedback = readRating(json, field, token);
      case EVENT_AUTOMATED_SCORE -> eventAutomatedScore = readScore(json, field, token);
      case INPUT_HASH -> inputHash = readHash(json, field, token);
      case OUTPUT_HASH -> outputHash = readHash(json, field, token);
      case MODEL_USED -> {
        if (readText(json, field, token, MAX_NAME_LENGTH)) {
          model = models.get(chars, charsOffset, charsLength, charsHash);
        }
      }
      case TEMPERATURE -> {
        double temperature = readNumber(json, field, token);
        if (temperature < 0 || Double.isInfinite(temperature)) {
          problem(field, RejectionReason.OUT_OF_RANGE, "out of range");
        }
      }
      case CONDITIONAL_PATH -> {
        if (readText(json, field, token, MAX_PATH_LENGTH)) {
          path = paths.get(chars, charsOffset, charsLength, charsHash);
        }
      }
      case USER_ID -> {
        if (readText(json, field, token, MAX_ID_LENGTH)) {
          userHash = notZero(userHashKey.hash(utf8, 0, encodeUtf8()));
        }
      }
    }
  }

  private void readSection(JsonParser json, RecordField field, JsonToken token, Section section)
      throws IOException {
    if (token == JsonToken.START_OBJECT) {
      readObject(json, section);
    } else {
      withoutValue(json, field, token);
    }
  }

  /**
   * Makes {@link #chars} and so on the text of the value; false if there is none or it is invalid.
   * Empty text counts as absent.
   */
  private boolean readText(JsonParser json, RecordField field, JsonToken token, int maxLength)
      throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      withoutValue(json, field, token);
      return false;
    }
    char[] text = json.getTextCharacters();
    int start = json.getTextOffset();
    int length = json.getTextLength();
    int hash = 0;
    int surrogatePairs = 0;
    for (int i = start, end = start + length; i < end; i++) {
      char c = text[i];
      hash = 31 * hash + c;
      if (c >= ' ' && c < 0x7F) {
        continue;
      }
      if (Character.isISOControl(c)) {
        problem(field, RejectionReason.INVALID_CHARACTER, "control character");
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (i + 1 == end || !Character.isSurrogatePair(c, text[i + 1])) {
          problem(field, RejectionReason.INVALID_CHARACTER, "unpaired surrogate");
          return false;
        }
        i++;
        hash = 31 * hash + text[i];
        surrogatePairs++;
      }
    }
    if (length - surrogatePairs > maxLength) {
      problem(field, RejectionReason.FIELD_TOO_LONG, "too long");
      return false;
    }
    if (length == 0) {
      present &= ~field.bit();
      return false;
    }
    chars = text;
    charsOffset = start;
    charsLength = length;
    charsHash = hash;
    present |= field.bit();
    return true;
  }

  private long readTimestamp(JsonParser json, RecordField field, JsonToken token)
      throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      withoutValue(json, field, token);
      return Long.MIN_VALUE;
    }
    char[] text = json.getTextCharacters();
    int length = json.getTextLength();
    if (length == 0) {
      present &= ~field.bit();
      return Long.MIN_VALUE;
    }
    long millis = IsoTimestamps.parse(text, json.getTextOffset(), length);
    if (millis == IsoTimestamps.INVALID) {
      problem(field, RejectionReason.INVALID_TIMESTAMP, "not a time stamp");
    } else if (millis == IsoTimestamps.NO_ZONE) {
      problem(field, RejectionReason.INVALID_TIMESTAMP, "without a zone (Z or an offset)");
    } else {
      present |= field.bit();
    }
    return millis;
  }

  private int readCount(JsonParser json, RecordField field, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT) {
      withoutValue(json, field, token);
      return 0;
    }
    long value = wholeNumber(json);
    if (value < 0 || value > Integer.MAX_VALUE) {
      problem(field, RejectionReason.OUT_OF_RANGE, value < 0 ? "negative" : "too large");
      return 0;
    }
    present |= field.bit();
    return (int) value;
  }

  private byte readRating(JsonParser json, RecordField field, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      long value = wholeNumber(json);
      if (value >= 1 && value <= 5) {
        present |= field.bit();
        return (byte) value;
      }
      problem(field, RejectionReason.INVALID_RATING, "no rating");
    } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      problem(field, RejectionReason.INVALID_RATING, "not a whole number");
    } else {
      withoutValue(json, field, token);
    }
    return Execution.NO_FEEDBACK;
  }

  private int readScore(JsonParser json, RecordField field, JsonToken token) throws IOException {
    double score = readNumber(json, field, token);
    if (Double.isNaN(score)) {
      return Execution.NO_SCORE;
    }
    if (score < scoreMin || score > scoreMax) {
      problem(field, RejectionReason.OUT_OF_RANGE, "off the scale");
      return Execution.NO_SCORE;
    }
    present |= field.bit();
    double share = (score - scoreMin) / (scoreMax - scoreMin);
    return (int) Math.round(share * 10 * Execution.SCORE_UNIT);
  }

  private long readHash(JsonParser json, RecordField field, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      withoutValue(json, field, token);
      return Execution.NO_HASH;
    }
    char[] text = json.getTextCharacters();
    int start = json.getTextOffset();
    int length = json.getTextLength();
    boolean valid = length > 0 && length <= MAX_HASH_LENGTH;
    for (int i = 0; valid && i < length; i++) {
      char c = text[start + i];
      valid = c < IN_HASHES.length && IN_HASHES[c];
      utf8[i] = (byte) c;
    }
    if (!valid) {
      problem(field, RejectionReason.INVALID_HASH, "not a hash");
      return Execution.NO_HASH;
    }
    present |= field.bit();
    return xxHash(length);
  }

  /** The value, or NaN if there is none; infinite if it is too large for a double. */
  private double readNumber(JsonParser json, RecordField field, JsonToken token)
      throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      withoutValue(json, field, token);
      return Double.NaN;
    }
    double value =
        ShortDecimals.parse(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
    return Double.isNaN(value) ? json.getDoubleValue() : value;
  }

  /** A whole number; one that no long can hold becomes the least or the greatest long. */
  private static long wholeNumber(JsonParser json) throws IOException {
    try {
      return json.getLongValue();
    } catch (InputCoercionException e) {
      boolean negative = json.getTextCharacters()[json.getTextOffset()] == '-';
      return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** A value that is null, which is as good as absent, or has another type than it should. */
  private void withoutValue(JsonParser json, RecordField field, JsonToken token)
      throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      present &= ~field.bit();
    } else {
      problem(field, RejectionReason.WRONG_TYPE, "wrong type");
      skipValue(json, token);
    }
  }

  private void skipUnknown(JsonParser json, String name) throws IOException {
    boolean rawTextName = usuallyCarriesRawText(name);
    JsonToken token = json.nextToken();
    if (rawTextName) {
      rawText |= carriesText(json, token);
    }
    skipValue(json, token);
  }

  /** Reads past a value and looks for names of raw text in it. */
  private void skipValue(JsonParser json, JsonToken token) throws IOException {
    int depth = token.isStructStart() ? 1 : 0;
    boolean rawTextName = false;
    while (depth > 0) {
      JsonToken next = json.nextToken();
      if (next == JsonToken.FIELD_NAME) {
        rawTextName = usuallyCarriesRawText(json.currentName());
        continue;
      }
      if (rawTextName) {
        rawText |= carriesText(json, next);
        rawTextName = false;
      }
      if (next.isStructStart()) {
        depth++;
      } else if (next.isStructEnd()) {
        depth--;
      }
    }
  }

  private static boolean carriesText(JsonParser json, JsonToken token) throws IOException {
    return token.isStructStart() || (token == JsonToken.VALUE_STRING && json.getTextLength() > 0);
  }

  private boolean usuallyCarriesRawText(String name) {
    Boolean known = rawTextByName.get(name);
    if (known == null) {
      if (rawTextByName.size() >= MAX_UNKNOWN_NAMES) {
        rawTextByName.clear();
        unknownNamesFull = true;
      }
      known = RawTextFields.contains(name);
      rawTextByName.put(name, known);
    }
    return known;
  }

  private boolean has(RecordField field) {
    return (present & field.bit()) != 0;
  }

  private void problem(RecordField field, RejectionReason reason, String wrong) {
    if (field.belongsToExecutions()) {
      executionProblem.set(field, reason, wrong);
    }
    if (field.belongsToFeedback()) {
      feedbackProblem.set(field, reason, wrong);
    }
  }

  /** What can only be said of the whole record, unless there is a problem already. */
  private void checkWhole(Problem problem) {
    if (problem.reason != null) {
      return;
    }
    RecordField missing =
        RecordField.lowest(
            (feedbackEvent ? REQUIRED_IN_FEEDBACK : REQUIRED_IN_EXECUTIONS) & ~present);
    if (missing != null) {
      problem.set(missing, RejectionReason.MISSING_FIELD, "missing, null or empty");
      return;
    }
    if (feedbackEvent && (present & GIVEN_IN_FEEDBACK) == 0) {
      problem.set(
          RejectionReason.MISSING_FIELD,
          "user_feedback and automated_score: both missing or null, expected at least one");
      return;
    }
    if (!feedbackEvent && (long) inputTokens + outputTokens != totalTokens) {
      problem.set(
          RejectionReason.TOKENS_DO_NOT_ADD_UP,
          "performance.total_tokens: not the sum, expected input_tokens + output_tokens");
      return;
    }
    long latest = nowMillis.getAsLong() + maxFutureSkewMillis;
    if (timestamp > latest || (feedbackEvent && executionTimestamp > latest)) {
      RecordField field =
          timestamp > latest ? RecordField.TIMESTAMP : RecordField.EXECUTION_TIMESTAMP;
      problem.set(
          RejectionReason.TIMESTAMP_IN_FUTURE,
          field.path()
              + ": in the future, expected at most "
              + maxFutureSkewMillis / 1000
              + " s ahead of this machine's clock");
    }
  }

  /** Writes the text read last to {@link #utf8} and returns its length in bytes. */
  private int encodeUtf8() {
    int length = 0;
    for (int i = charsOffset, end = charsOffset + charsLength; i < end; i++) {
      char c = chars[i];
      if (c < 0x80) {
        utf8[length++] = (byte) c;
      } else if (c < 0x800) {
        utf8[length++] = (byte) (0xC0 | c >> 6);
        utf8[length++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)) {
        int codePoint = Character.toCodePoint(c, chars[++i]);
        utf8[length++] = (byte) (0xF0 | codePoint >> 18);
        utf8[length++] = (byte) (0x80 | (codePoint >> 12 & 0x3F));
        utf8[length++] = (byte) (0x80 | (codePoint >> 6 & 0x3F));
        utf8[length++] = (byte) (0x80 | (codePoint & 0x3F));
      } else {
        utf8[length++] = (byte) (0xE0 | c >> 12);
        utf8[length++] = (byte) (0x80 | (c >> 6 & 0x3F));
        utf8[length++] = (byte) (0x80 | (c & 0x3F));
      }
    }
    return length;
  }

  /** The XXH64 of the first {@code length} bytes of {@link #utf8}. */
  private long xxHash(int length) {
    return notZero(XxHash.hashByteArr(utf8, 0, length, HASH_SEED));
  }

  private static long notZero(long hash) {
    return hash == Execution.NO_HASH ? 1 : hash;
  }

  private static int bits(RecordField... fields) {
    int bits = 0;
    for (RecordField field : fields) {
      bits |= field.bit();
    }
    return bits;
  }

  /** The first thing that is wrong with a record read as one of the two kinds. */
  private static final class Problem {

    private @Nullable RejectionReason reason;
    private @Nullable RecordField field;
    private String wrong = "";

    void set(RecordField field, RejectionReason reason, String wrong) {
      if (this.reason == null) {
        this.reason = reason;
        this.field = field;
        this.wrong = wrong;
      }
    }

    void set(RejectionReason reason, String detail) {
      this.reason = reason;
      this.field = null;
      this.wrong = detail;
    }

    String detail() {
      return field == null ? wrong : field.path() + ": " + wrong + ", expected " + field.expected();
    }
  }
}
