package io.promptmonitor.common.ingest;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields that are read from a record, in the order of the public format. */
enum RecordField {
  EXECUTION_ID(Section.RECORD, "execution_id", Use.BOTH, "text of 1 to 256 characters"),
  PROMPT_ID(Section.RECORD, "prompt_id", Use.BOTH, "text of 1 to 256 characters"),
  PROMPT_VERSION(Section.RECORD, "prompt_version", Use.BOTH, "text of 1 to 64 characters"),
  EXECUTION_TIMESTAMP(Section.RECORD, "execution_timestamp", Use.FEEDBACK, Text.TIMESTAMP),
  TIMESTAMP(Section.RECORD, "timestamp", Use.BOTH, Text.TIMESTAMP),
  PERFORMANCE(Section.RECORD, "performance", Use.EXECUTION, "an object"),
  OUTCOME(Section.RECORD, "outcome", Use.EXECUTION, "an object"),
  QUALITY(Section.RECORD, "quality", Use.EXECUTION, "an object or null"),
  CONTEXT(Section.RECORD, "context", Use.EXECUTION, "an object or null"),
  EVENT_USER_FEEDBACK(Section.RECORD, "user_feedback", Use.FEEDBACK, Text.RATING),
  EVENT_AUTOMATED_SCORE(Section.RECORD, "automated_score", Use.FEEDBACK, Text.SCORE),

  LATENCY_MS(Section.PERFORMANCE, "latency_ms", Use.EXECUTION, Text.COUNT),
  INPUT_TOKENS(Section.PERFORMANCE, "input_tokens", Use.EXECUTION, Text.COUNT),
  OUTPUT_TOKENS(Section.PERFORMANCE, "output_tokens", Use.EXECUTION, Text.COUNT),
  TOTAL_TOKENS(Section.PERFORMANCE, "total_tokens", Use.EXECUTION, Text.COUNT),

  SUCCESS(Section.OUTCOME, "success", Use.EXECUTION, "true or false"),
  ERROR_TYPE(Section.OUTCOME, "error_type", Use.EXECUTION, "text of at most 128 characters"),
  /** Read past and never kept: such messages often quote the call's text. */
  ERROR_MESSAGE(Section.OUTCOME, "error_message", Use.EXECUTION, "text or null"),

  USER_FEEDBACK(Section.QUALITY, "user_feedback", Use.EXECUTION, Text.RATING),
  AUTOMATED_SCORE(Section.QUALITY, "automated_score", Use.EXECUTION, Text.SCORE),

  INPUT_HASH(Section.CONTEXT, "input_hash", Use.EXECUTION, Text.HASH),
  OUTPUT_HASH(Section.CONTEXT, "output_hash", Use.EXECUTION, Text.HASH),
  MODEL_USED(Section.CONTEXT, "model_used", Use.EXECUTION, "text of at most 128 characters"),
  TEMPERATURE(Section.CONTEXT, "temperature", Use.EXECUTION, "a finite number, 0 or more"),
  CONDITIONAL_PATH(
      Section.CONTEXT, "conditional_path", Use.EXECUTION, "text of at most 256 characters"),
  USER_ID(Section.CONTEXT, "user_id", Use.EXECUTION, "text of at most 256 characters");

  /** The object that a field is in. */
  enum Section {
    RECORD(""),
    PERFORMANCE("performance."),
    OUTCOME("outcome."),
    QUALITY("quality."),
    CONTEXT("context.");

    private final String prefix;

    Section(String prefix) {
      this.prefix = prefix;
    }
  }

  /** The kind of record that a field belongs to; in the other kind it is an unknown field. */
  enum Use {
    EXECUTION,
    FEEDBACK,
    BOTH
  }

  private static final Map<Section, Map<String, RecordField>> BY_SECTION =
      Arrays.stream(values())
          .collect(
              Collectors.groupingBy(
                  field -> field.section,
                  Collectors.toMap(field -> field.serializedName.getValue(), field -> field)));

  private final Section section;

  @SuppressWarnings("ImmutableEnumChecker") // it only caches its bytes, safely
  private final SerializedString serializedName;

  private final Use use;
  private final String expected;

  RecordField(Section section, String name, Use use, String expected) {
    this.section = section;
    this.serializedName = new SerializedString(name);
    this.use = use;
    this.expected = expected;
  }

  /** The field of this name in {@code section}, or null for an unknown one. */
  static @Nullable RecordField find(Section section, String name) {
    return BY_SECTION.getOrDefault(section, Map.of()).get(name);
  }

  Section section() {
    return section;
  }

  SerializableString serializedName() {
    return serializedName;
  }

  /** The name with the object it is in: {@code performance.latency_ms}. */
  String path() {
    return section.prefix + serializedName.getValue();
  }

  /** What the field's value should be, for a person. */
  String expected() {
    return expected;
  }

  boolean belongsToExecutions() {
    return use != Use.FEEDBACK;
  }

  boolean belongsToFeedback() {
    return use != Use.EXECUTION;
  }

  /** A bit of its own for each field. */
  int bit() {
    return 1 << ordinal();
  }

  /** The field whose {@link #bit} is the lowest one set, or null if none is. */
  static @Nullable RecordField lowest(int bits) {
    return bits == 0 ? null : values()[Integer.numberOfTrailingZeros(bits)];
  }

  private static final class Text {
    static final String TIMESTAMP =
        "a time stamp like 2025-01-31T23:59:59.123Z or 2025-01-31T23:59:59+01:00";
    static final String COUNT = "a whole number from 0 to 2147483647";
    static final String RATING = "a whole number from 1 to 5, or null";
    static final String SCORE = "a number on the configured scale, or null";
    static final String HASH = "1 to 128 letters, digits or + / = _ : . -";
  }
}
