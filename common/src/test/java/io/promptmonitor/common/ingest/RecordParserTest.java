package io.promptmonitor.common.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.datasketches.memory.XxHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordParserTest {

  private static final Instant NOW = Instant.parse("2025-06-01T12:00:00Z");

  /** A valid execution; tests change one part of it. */
  private static final String EXECUTION =
      """
      {"execution_id":"e-1","prompt_id":"greeting","prompt_version":"1.2.0",
       "timestamp":"2025-06-01T11:59:58.250Z",
       "performance":{"latency_ms":812,"input_tokens":90,"output_tokens":40,"total_tokens":130},
       "outcome":{"success":false,"error_type":"timeout","error_message":"no answer"},
       "quality":{"user_feedback":4,"automated_score":7.25},
       "context":{"input_hash":"ab12","output_hash":"cd34","model_used":"m-1","temperature":0.7,
                  "conditional_path":"left","user_id":"u-1"}}
      """;

  private static final String FEEDBACK =
      """
      {"execution_id":"e-1","prompt_id":"greeting","prompt_version":"1.2.0",
       "execution_timestamp":"2025-06-01T11:00:00Z","timestamp":"2025-06-01T11:59:00Z",
       "user_feedback":2,"automated_score":3.5}
      """;

  private final RecordParser parser = parser(ParserOptions.defaults());

  @Test
  void readsAnExecution() {
    Ingested ingested = parse(EXECUTION);

    assertThat(ingested.deadLetter()).isNull();
    assertThat(ingested.feedback()).isNull();
    assertThat(ingested.rawTextStripped()).isFalse();
    assertThat(ingested.timestamp())
        .isEqualTo(Instant.parse("2025-06-01T11:59:58.250Z").toEpochMilli());
    assertThat(ingested.execution())
        .isEqualTo(
            new Execution(
                xxHash("e-1"),
                new PromptVersionId("greeting", "1.2.0"),
                ingested.timestamp(),
                812,
                90,
                40,
                false,
                "timeout",
                (byte) 4,
                7_250_000,
                xxHash("ab12"),
                xxHash("cd34"),
                UserHashKey.fromSecret("prompt-monitor").hash(bytes("u-1"), 0, 3),
                "m-1",
                "left"));
  }

  @Test
  void readsFeedback() {
    Ingested ingested = parse(FEEDBACK);

    assertThat(ingested.deadLetter()).isNull();
    assertThat(ingested.execution()).isNull();
    assertThat(ingested.feedback())
        .isEqualTo(
            new Feedback(
                xxHash("e-1"),
                new PromptVersionId("greeting", "1.2.0"),
                Instant.parse("2025-06-01T11:00:00Z").toEpochMilli(),
                Instant.parse("2025-06-01T11:59:00Z").toEpochMilli(),
                (byte) 2,
                3_500_000));
  }

  @Test
  void refersToTheBytesOfAValidRecordForItsHash() {
    byte[] bytes = bytes("junk" + EXECUTION + "junk");
    Ingested ingested = parser.parse("executions-3", 17, bytes, 4, bytes.length - 8);

    assertThat(ingested.source()).isEqualTo("executions-3");
    assertThat(ingested.position()).isEqualTo(17);
    assertThat(ingested.payload()).isSameAs(bytes);
    assertThat(ingested.payloadOffset()).isEqualTo(4);
    assertThat(ingested.length()).isEqualTo(bytes.length - 8);
    DeadLetter late = DeadLetters.late(ingested, 75_250);
    assertThat(late)
        .isEqualTo(
            new DeadLetter(
                "executions-3",
                17,
                RejectionReason.LATE,
                "came 75.25 s after its window had closed for good",
                bytes.length - 8,
                sha256(bytes(EXECUTION)),
                ingested.timestamp()));
  }

  @Test
  void aLateRecordWithoutItsBytesHasNoHash() {
    Ingested read = parse(FEEDBACK);
    Ingested shuffled =
        new Ingested("s", 1, null, read.feedback(), null, false, read.length(), null, 0);
    assertThat(DeadLetters.late(shuffled, 1000).sha256()).isNull();
    assertThatIllegalArgumentException().isThrownBy(() -> DeadLetters.late(parse("[]"), 1));
  }

  @Test
  void everythingInQualityAndContextMayBeAbsent() {
    String required =
        """
        {"outcome":{"success":true},"timestamp":"2025-06-01T11:00:00Z","prompt_version":"1",
         "performance":{"total_tokens":0,"output_tokens":0,"input_tokens":0,"latency_ms":0},
         "prompt_id":"p","execution_id":"e"%s}
        """;
    String nulls =
        """
        ,"quality":{"user_feedback":null,"automated_score":null},
         "context":{"input_hash":null,"output_hash":null,"model_used":null,"temperature":null,
                    "conditional_path":null,"user_id":null}
        """;
    Execution execution =
        new Execution(
            xxHash("e"),
            new PromptVersionId("p", "1"),
            Instant.parse("2025-06-01T11:00:00Z").toEpochMilli(),
            0,
            0,
            0,
            true,
            null,
            Execution.NO_FEEDBACK,
            Execution.NO_SCORE,
            Execution.NO_HASH,
            Execution.NO_HASH,
            Execution.NO_HASH,
            null,
            null);
    for (String rest :
        List.of(
            "", nulls, ",\"quality\":null,\"context\":null", ",\"context\":{},\"quality\":{}")) {
      // After a full record: nothing of it may be left.
      assertThat(parse(EXECUTION).execution()).isNotNull();
      assertThat(parse(required.formatted(rest)).execution()).isEqualTo(execution);
    }
  }

  static Stream<Arguments> rejected() {
    List<Arguments> cases = new ArrayList<>();
    // Not one JSON object
    for (String text :
        List.of(
            "",
            "  \n",
            "null",
            "17",
            "\"text\"",
            "[]",
            "{",
            "{]",
            "{}{}",
            "{} x",
            "nonsense",
            "{'a':1}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":1,}",
            "{\"a\":tru}",
            "{\"a\":\"line\nbreak\"}",
            "// comment\n{}",
            EXECUTION + ",",
            EXECUTION + EXECUTION,
            "{\"a\":" + "[".repeat(501) + "]".repeat(501) + "}",
            EXECUTION.substring(0, EXECUTION.length() / 2),
            EXECUTION.replace("\"prompt_id\":\"greeting\"", "\"prompt_id\":7").trim() + "x")) {
      cases.add(arguments(text, RejectionReason.NOT_JSON, "record: "));
    }

    // Missing
    for (String field : List.of("execution_id", "prompt_id", "prompt_version", "timestamp")) {
      missing(cases, EXECUTION, "", field);
      cases.add(
          arguments(
              EXECUTION.replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"\""),
              RejectionReason.MISSING_FIELD,
              field + ": "));
    }
    for (String field : List.of("latency_ms", "input_tokens", "output_tokens", "total_tokens")) {
      missing(cases, EXECUTION, "performance.", field);
    }
    missing(cases, EXECUTION, "outcome.", "success");
    for (String field :
        List.of(
            "execution_id", "prompt_id", "prompt_version", "execution_timestamp", "timestamp")) {
      if (!field.equals("execution_timestamp")) {
        missing(cases, FEEDBACK, "", field);
      }
    }
    cases.add(
        arguments(
            FEEDBACK.replaceFirst(
                "\"execution_timestamp\":\"[^\"]*\"", "\"execution_timestamp\":null"),
            RejectionReason.MISSING_FIELD,
            "execution_timestamp: "));
    cases.add(
        arguments(
            FEEDBACK.replace(
                "\"user_feedback\":2,\"automated_score\":3.5", "\"user_feedback\":null"),
            RejectionReason.MISSING_FIELD,
            "user_feedback and automated_score: "));
    cases.add(arguments("{}", RejectionReason.MISSING_FIELD, "execution_id: "));
    cases.add(
        arguments(
            EXECUTION.replaceFirst("\"performance\":\\{[^}]*\\}", "\"performance\":null"),
            RejectionReason.MISSING_FIELD,
            "performance.latency_ms: "));

    // Wrong type
    for (String field : List.of("execution_id", "prompt_id", "prompt_version", "timestamp")) {
      for (String value : List.of("7", "true", "[\"x\"]", "{\"x\":{\"y\":[1]}}", "1.5")) {
        wrongType(cases, field, field, value);
      }
    }
    for (String field : List.of("latency_ms", "input_tokens", "output_tokens", "total_tokens")) {
      for (String value : List.of("12.0", "\"12\"", "1e3", "true", "[1]", "{}")) {
        wrongType(cases, "performance." + field, field, value);
      }
    }
    for (String value : List.of("0", "\"true\"", "{}")) {
      wrongType(cases, "outcome.success", "success", value);
    }
    for (String section : List.of("performance", "outcome", "quality", "context")) {
      for (String value : List.of("7", "\"x\"", "[{}]", "false")) {
        cases.add(
            arguments(
                EXECUTION.replaceFirst(
                    "\"" + section + "\":\\{[^}]*\\}", "\"" + section + "\":" + value),
                RejectionReason.WRONG_TYPE,
                section + ": "));
      }
    }
    wrongType(cases, "outcome.error_type", "error_type", "500");
    wrongType(cases, "quality.user_feedback", "user_feedback", "\"4\"");
    wrongType(cases, "quality.automated_score", "automated_score", "\"7.25\"");
    for (String field : List.of("input_hash", "output_hash", "model_used", "conditional_path")) {
      wrongType(cases, "context." + field, field, "12");
    }
    wrongType(cases, "context.user_id", "user_id", "12");
    wrongType(cases, "context.temperature", "temperature", "\"0.7\"");

    // Characters
    for (String text : List.of("\\u0000", "a\\u001fb", "\\t", "\\u007f", "\\u0085", "\u009f")) {
      for (String field : List.of("execution_id", "prompt_id", "prompt_version")) {
        cases.add(
            arguments(
                with(field, quoted(text)), RejectionReason.INVALID_CHARACTER, field + ": control"));
      }
    }
    for (String text : List.of("\\ud83d", "\\ude00\\ud83d", "x\\ude00", "\\ud83dx")) {
      for (String field : List.of("error_type", "model_used", "conditional_path", "user_id")) {
        cases.add(
            arguments(
                with(field, quoted(text)),
                RejectionReason.INVALID_CHARACTER,
                (field.equals("error_type") ? "outcome." : "context.") + field + ": unpaired"));
      }
    }

    // Time stamps
    for (String text :
        List.of("yesterday", "2025-02-29T00:00:00Z", "1748779198", "2025-06-01T11:00Z")) {
      cases.add(
          arguments(
              with("timestamp", quoted(text)),
              RejectionReason.INVALID_TIMESTAMP,
              "timestamp: not a time stamp"));
    }
    cases.add(
        arguments(
            with("timestamp", quoted("2025-06-01T11:00:00")),
            RejectionReason.INVALID_TIMESTAMP,
            "timestamp: without a zone"));
    cases.add(
        arguments(
            FEEDBACK.replace("2025-06-01T11:00:00Z", "2025-06-01T11:00:00"),
            RejectionReason.INVALID_TIMESTAMP,
            "execution_timestamp: without a zone"));
    cases.add(
        arguments(
            with("timestamp", quoted("2025-06-01T12:10:00.001Z")),
            RejectionReason.TIMESTAMP_IN_FUTURE,
            "timestamp: "));
    cases.add(
        arguments(
            FEEDBACK.replace("2025-06-01T11:00:00Z", "2025-06-01T12:10:00.001Z"),
            RejectionReason.TIMESTAMP_IN_FUTURE,
            "execution_timestamp: "));

    // Ranges
    for (String field : List.of("latency_ms", "input_tokens", "output_tokens", "total_tokens")) {
      for (String value :
          List.of(
              "-1",
              "2147483648",
              "9223372036854775808",
              "-9223372036854775809",
              "9".repeat(2000))) {
        cases.add(
            arguments(
                with(field, value), RejectionReason.OUT_OF_RANGE, "performance." + field + ": "));
      }
    }
    for (String value : List.of("-0.01", "-1", "-1e-9", "1e999", "-1e999")) {
      cases.add(
          arguments(
              with("temperature", value), RejectionReason.OUT_OF_RANGE, "context.temperature: "));
    }
    for (String value : List.of("-0.000001", "10.000001", "11", "1e999", "-3")) {
      cases.add(
          arguments(
              with("automated_score", value),
              RejectionReason.OUT_OF_RANGE,
              "quality.automated_score: "));
      cases.add(
          arguments(
              FEEDBACK.replace("3.5", value), RejectionReason.OUT_OF_RANGE, "automated_score: "));
    }
    for (String value : List.of("0", "6", "-1", "4.5", "4.0", "99999999999999999999")) {
      cases.add(
          arguments(
              with("user_feedback", value),
              RejectionReason.INVALID_RATING,
              "quality.user_feedback: "));
      cases.add(
          arguments(
              FEEDBACK.replace("\"user_feedback\":2", "\"user_feedback\":" + value),
              RejectionReason.INVALID_RATING,
              "user_feedback: "));
    }
    for (String value : List.of("129", "131", "0")) {
      cases.add(
          arguments(
              with("total_tokens", value),
              RejectionReason.TOKENS_DO_NOT_ADD_UP,
              "performance.total_tokens: "));
    }
    for (String value :
        List.of("", "two words", "naïve", "a".repeat(129), "what is the answer?", "\\u0000")) {
      for (String field : List.of("input_hash", "output_hash")) {
        cases.add(
            arguments(
                with(field, quoted(value)),
                RejectionReason.INVALID_HASH,
                "context." + field + ": "));
      }
    }
    return cases.stream();
  }

  private static void missing(List<Arguments> cases, String record, String prefix, String field) {
    String value = "(\"[^\"]*\"|[^,\"{}]+)";
    String renamed = record.replaceFirst("\"" + field + "\":", "\"other\":");
    String nulled = record.replaceFirst("\"" + field + "\":" + value, "\"" + field + "\":null");
    cases.add(arguments(renamed, RejectionReason.MISSING_FIELD, prefix + field + ": "));
    cases.add(arguments(nulled, RejectionReason.MISSING_FIELD, prefix + field + ": "));
  }

  private static void wrongType(List<Arguments> cases, String path, String field, String value) {
    cases.add(arguments(with(field, value), RejectionReason.WRONG_TYPE, path + ": "));
  }

  @ParameterizedTest
  @MethodSource
  void rejected(String text, RejectionReason reason, String detailStart) {
    Ingested ingested = parse(text);

    DeadLetter letter = Objects.requireNonNull(ingested.deadLetter(), "not rejected");
    assertThat(ingested.execution()).isNull();
    assertThat(ingested.feedback()).isNull();
    assertThat(ingested.payload()).isNull();
    assertThat(letter.reason()).as(letter.detail()).isEqualTo(reason);
    assertThat(letter.detail()).startsWith(detailStart).contains(", expected ");
    assertThat(letter.length()).isEqualTo(bytes(text).length);
    assertThat(letter.sha256()).isEqualTo(sha256(bytes(text)));
    // Whatever came before, the next record is read as if it were the first.
    assertThat(parse(EXECUTION).execution()).isNotNull();
  }

  @Test
  void theTableOfRejectionsCoversWhatTheParserRejects() {
    Set<RejectionReason> covered = EnumSet.noneOf(RejectionReason.class);
    rejected().forEach(c -> covered.add((RejectionReason) c.get()[1]));
    // Tested below, or not the parser's to find out.
    covered.addAll(
        Set.of(
            RejectionReason.NOT_UTF8,
            RejectionReason.TOO_LARGE,
            RejectionReason.FIELD_TOO_LONG,
            RejectionReason.LATE,
            RejectionReason.FEEDBACK_WITHOUT_WINDOW));
    assertThat(covered).containsExactlyInAnyOrder(RejectionReason.values());
  }

  static Stream<Arguments> lengthLimits() {
    return Stream.of(
        arguments("execution_id", "execution_id", 256),
        arguments("prompt_id", "prompt_id", 256),
        arguments("prompt_version", "prompt_version", 64),
        arguments("error_type", "outcome.error_type", 128),
        arguments("model_used", "context.model_used", 128),
        arguments("conditional_path", "context.conditional_path", 256),
        arguments("user_id", "context.user_id", 256));
  }

  @ParameterizedTest
  @MethodSource("lengthLimits")
  void textsHaveALimit(String field, String path, int limit) {
    for (String character : List.of("x", "\u00e9", "\u6f22", "\ud83d\ude00", "\\u0078")) {
      assertThat(parse(with(field, quoted(character.repeat(limit)))).deadLetter()).isNull();
      DeadLetter letter = parse(with(field, quoted(character.repeat(limit + 1)))).deadLetter();
      assertThat(letter.reason()).isEqualTo(RejectionReason.FIELD_TOO_LONG);
      assertThat(letter.detail()).isEqualTo(path + ": too long, expected " + expected(path));
      assertThat(letter.detail()).contains(" " + limit + " characters");
    }
  }

  private static String expected(String path) {
    return Stream.of(RecordField.values())
        .filter(field -> field.path().equals(path))
        .findAny()
        .orElseThrow()
        .expected();
  }

  @Test
  void hashesHaveALimit() {
    assertThat(parse(with("input_hash", quoted("a".repeat(128)))).deadLetter()).isNull();
    assertThat(parse(with("input_hash", quoted("AZaz09+/=_:.-"))).deadLetter()).isNull();
  }

  @Test
  void recordsHaveALimit() {
    String padded = EXECUTION + " ".repeat(RecordParser.MAX_RECORD_LENGTH - EXECUTION.length());
    assertThat(parse(padded).execution()).isNotNull();
    DeadLetter letter = parse(padded + " ").deadLetter();
    assertThat(letter.reason()).isEqualTo(RejectionReason.TOO_LARGE);
    assertThat(letter.sha256()).isEqualTo(sha256(bytes(padded + " ")));
    assertThat(letter.eventTime()).isEqualTo(Long.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 7_990, 7_999, 8_000, 8_001, 16_000, 70_000, 1_000_000})
  void recordsLongerThanTheJsonBufferAreRead(int length) {
    String unknown = "{\"other\":\"" + "x".repeat(length) + "\"," + EXECUTION.strip().substring(1);
    assertThat(parse(unknown).execution()).isEqualTo(parse(EXECUTION).execution());
    String unknownText = unknown + " ".repeat(length % 9000) + "x";
    assertThat(parse(unknownText).deadLetter().reason()).isEqualTo(RejectionReason.NOT_JSON);
    assertThat(parse(unknown).execution()).isEqualTo(parse(EXECUTION).execution());
  }

  @Test
  void bytesThatAreNotUtf8AreRejected() {
    byte[] bytes = bytes(EXECUTION);
    bytes[40] = (byte) 0xFF;
    DeadLetter letter = parser.parse("test", 1, bytes, 0, bytes.length).deadLetter();
    assertThat(letter.reason()).isEqualTo(RejectionReason.NOT_UTF8);
    assertThat(letter.detail()).isEqualTo("record: not UTF-8 at byte 40, expected UTF-8");
    // Valid for a lenient reader: a surrogate in three bytes, and an overlong slash.
    for (String hex : List.of("22eda0bd22", "22c0af22", "22f490808022")) {
      byte[] lenient = HexFormat.of().parseHex("7b2278223a" + hex + "7d");
      assertThat(parser.parse("test", 1, lenient, 0, lenient.length).deadLetter().reason())
          .isEqualTo(RejectionReason.NOT_UTF8);
    }
  }

  @Test
  void rangesIncludeTheirEnds() {
    assertThat(parse(with("latency_ms", "2147483647")).execution().latencyMs())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(parse(with("latency_ms", "0")).execution().latencyMs()).isZero();
    assertThat(parse(with("latency_ms", "-0")).execution().latencyMs()).isZero();
    assertThat(parse(with("user_feedback", "1")).execution().userFeedback()).isEqualTo((byte) 1);
    assertThat(parse(with("user_feedback", "5")).execution().userFeedback()).isEqualTo((byte) 5);
    assertThat(parse(with("automated_score", "0")).execution().automatedScore()).isZero();
    assertThat(parse(with("automated_score", "10")).execution().automatedScore())
        .isEqualTo(10_000_000);
    assertThat(parse(with("temperature", "0")).deadLetter()).isNull();
    assertThat(parse(with("temperature", "-0.0")).deadLetter()).isNull();
    assertThat(parse(with("temperature", "1e300")).deadLetter()).isNull();
    assertThat(parse(with("timestamp", quoted("2025-06-01T12:10:00Z"))).deadLetter()).isNull();
  }

  @Test
  void tokensThatOverflowDoNotAddUp() {
    String tokens = "\"input_tokens\":2147483647,\"output_tokens\":2147483647,\"total_tokens\":-2";
    String record = EXECUTION.replaceFirst("\"input_tokens\".*\"total_tokens\":130", tokens);
    assertThat(parse(record).deadLetter().reason()).isEqualTo(RejectionReason.OUT_OF_RANGE);
    assertThat(parse(record.replace("-2", "2147483647")).deadLetter().reason())
        .isEqualTo(RejectionReason.TOKENS_DO_NOT_ADD_UP);
  }

  @Test
  void scoresAreMappedFromTheConfiguredScale() {
    RecordParser percent =
        parser(new ParserOptions(-1, 1, Duration.ZERO, UserHashKey.fromSecret("key")));
    assertThat(score(percent, "-1")).isZero();
    assertThat(score(percent, "0")).isEqualTo(5_000_000);
    assertThat(score(percent, "0.5")).isEqualTo(7_500_000);
    assertThat(score(percent, "1.0")).isEqualTo(10_000_000);
    assertThat(score(percent, "1e0")).isEqualTo(10_000_000);
    assertThat(score(parser, "1.2345678")).isEqualTo(1_234_568);
  }

  private static int score(RecordParser parser, String score) {
    byte[] bytes = bytes(with("automated_score", score));
    return parser.parse("test", 1, bytes, 0, bytes.length).execution().automatedScore();
  }

  @Test
  void aRejectedRecordKeepsItsEventTimeWhereItIsKnown() {
    Ingested ingested = parse(with("latency_ms", "-1"));
    assertThat(ingested.deadLetter().eventTime())
        .isEqualTo(Instant.parse("2025-06-01T11:59:58.250Z").toEpochMilli());
    assertThat(parse(with("timestamp", "17")).deadLetter().eventTime()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void theFirstWrongFieldIsTheReason() {
    String record = with("prompt_version", "7").replace("\"latency_ms\":812", "\"latency_ms\":-1");
    assertThat(parse(record).deadLetter().detail())
        .isEqualTo("prompt_version: wrong type, expected text of 1 to 64 characters");
  }

  @Test
  void theLastOfTwoValuesCounts() {
    Ingested twice = parse("{\"prompt_id\":\"first\"," + EXECUTION.strip().substring(1));
    assertThat(twice.execution()).isEqualTo(parse(EXECUTION).execution());
    Ingested nulled =
        parse(
            EXECUTION.replace("\"user_feedback\":4", "\"user_feedback\":4,\"user_feedback\":null"));
    assertThat(nulled.execution().userFeedback()).isEqualTo(Execution.NO_FEEDBACK);
  }

  @Test
  void fieldsOfFeedbackAreUnknownInExecutionsAndTheOtherWayRound() {
    String withRating = "{\"user_feedback\":\"x\"," + EXECUTION.strip().substring(1);
    assertThat(parse(withRating).execution()).isEqualTo(parse(EXECUTION).execution());
    String withPerformance = "{\"performance\":[],\"quality\":7," + FEEDBACK.strip().substring(1);
    assertThat(parse(withPerformance).feedback()).isEqualTo(parse(FEEDBACK).feedback());
  }

  @Test
  void aByteOrderMarkIsSkipped() {
    for (int i = 0; i < 3; i++) {
      assertThat(parse("\ufeff" + EXECUTION).execution()).isNotNull();
    }
    assertThat(parse("\ufeff{} x").deadLetter().detail())
        .isEqualTo("record: text after the object, at byte 7, expected one JSON object");
  }

  static Stream<Arguments> rawText() {
    return Stream.of(
        arguments("\"input\":\"Hello\"", true),
        arguments("\"promptText\":\"Hello\"", true),
        arguments("\"RAW-OUTPUT\":\"Hello\"", true),
        arguments("\"gen_ai.prompt\":\"Hello\"", true),
        arguments("\"messages\":[{\"role\":\"user\"}]", true),
        arguments("\"meta\":{\"list\":[1,{\"deep\":[{\"answer\":\"42\"}]}]}", true),
        arguments("\"input\":790", false),
        arguments("\"output\":null", false),
        arguments("\"text\":\"\"", false),
        arguments("\"prompt_hash\":\"abc\"", false),
        arguments("\"input_size\":\"12 kB\"", false),
        arguments("\"meta\":[\"input\",{\"a\":\"text\"}]", false));
  }

  @ParameterizedTest
  @MethodSource
  void rawText(String field, boolean stripped) {
    Execution expected = parse(EXECUTION).execution();
    for (String before :
        List.of("\"execution_id\"", "\"latency_ms\"", "\"success\"", "\"automated_score\"")) {
      Ingested ingested = parse(EXECUTION.replace(before, field + "," + before));
      assertThat(ingested.rawTextStripped()).isEqualTo(stripped);
      assertThat(ingested.execution()).isEqualTo(expected);
    }
    Ingested atTheEnd = parse(EXECUTION.strip().replaceFirst("}}$", "}," + field + "}"));
    assertThat(atTheEnd.rawTextStripped()).isEqualTo(stripped);
    assertThat(atTheEnd.execution()).isEqualTo(expected);
    assertThat(parse(EXECUTION).rawTextStripped()).isFalse();
  }

  @Test
  void rawTextInARejectedRecordIsNotedToo() {
    Ingested ingested = parse("{\"execution_id\":{\"content\":\"x\"}}");
    assertThat(ingested.rawTextStripped()).isTrue();
    assertThat(ingested.deadLetter().reason()).isEqualTo(RejectionReason.WRONG_TYPE);
  }

  @Test
  void theSameTextsAreTheSameObjects() {
    Execution first = parse(EXECUTION).execution();
    Execution second = parse(with("execution_id", quoted("e-2"))).execution();
    assertThat(second.promptVersion()).isSameAs(first.promptVersion());
    assertThat(second.errorType()).isSameAs(first.errorType());
    assertThat(second.model()).isSameAs(first.model());
    assertThat(second.branch()).isSameAs(first.branch());
  }

  @Test
  void aFloodOfUniqueTextsAndNamesChangesNothing() {
    for (int i = 0; i < 50_000; i++) {
      String id = "prompt-" + i;
      Ingested ingested =
          parse(
              with("prompt_id", quoted(id))
                  .replace("\"context\":{", "\"context\":{\"k" + i + "\":1,"));
      assertThat(ingested.execution().promptVersion()).isEqualTo(new PromptVersionId(id, "1.2.0"));
    }
    readsAnExecution();
  }

  @Test
  void userIdsAreHashedWithTheKey() {
    RecordParser other =
        parser(ParserOptions.withUserHashKey(UserHashKey.fromSecret("another secret")));
    byte[] bytes = bytes(EXECUTION);
    assertThat(other.parse("test", 1, bytes, 0, bytes.length).execution().userHash())
        .isNotEqualTo(parse(EXECUTION).execution().userHash());
    assertThat(ParserOptions.withUserHashKey(UserHashKey.fromSecret("another secret")).toString())
        .doesNotContain("another");
  }

  @Test
  void hashesAreOfTheUtf8Text() {
    assertThat(parse(with("execution_id", quoted("é漢\ud83d\ude00"))).execution().executionIdHash())
        .isEqualTo(xxHash("é漢\ud83d\ude00"));
    assertThat(
            parse(with("execution_id", quoted("\\u00e9\\u6f22\\ud83d\\ude00")))
                .execution()
                .executionIdHash())
        .isEqualTo(xxHash("é漢\ud83d\ude00"));
  }

  @Test
  void optionsAreChecked() {
    UserHashKey key = UserHashKey.fromSecret("key");
    for (double[] scale :
        new double[][] {{1, 1}, {2, 1}, {Double.NaN, 1}, {0, Double.POSITIVE_INFINITY}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ParserOptions(scale[0], scale[1], Duration.ZERO, key))
          .withMessageContaining("automated_score");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ParserOptions(0, 1, Duration.ofMillis(-1), key));
    assertThat(ParserOptions.defaults().maxFutureSkew()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void readsAllRecordsOfThePublishedLogs() throws IOException {
    Path root = Path.of(System.getProperty("promptmonitor.root", ".."));
    Path file = root.resolve("../shared/data/llmdrift-executions.jsonl.gz");
    assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
    int records = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Ingested ingested = parse(line);
        assertThat(ingested.deadLetter()).isNull();
        assertThat(ingested.execution()).isNotNull();
        assertThat(ingested.rawTextStripped()).isFalse();
        records++;
      }
    }
    assertThat(records).isEqualTo(8_224);
  }

  /** The valid execution with another value for one field. */
  private static String with(String field, String value) {
    String old = "\"" + field + "\":(\"[^\"]*\"|[^,\"{}]+)";
    String replacement = "\"" + field + "\":" + value;
    String changed = EXECUTION.replaceFirst(old, Matcher.quoteReplacement(replacement));
    assertThat(changed).contains(replacement);
    return changed;
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private Ingested parse(String text) {
    byte[] bytes = bytes(text);
    return parser.parse("test", 1, bytes, 0, bytes.length);
  }

  private static RecordParser parser(ParserOptions options) {
    return new RecordParser(options, NOW::toEpochMilli);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static long xxHash(String text) {
    byte[] bytes = bytes(text);
    return XxHash.hashByteArr(bytes, 0, bytes.length, 0);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
