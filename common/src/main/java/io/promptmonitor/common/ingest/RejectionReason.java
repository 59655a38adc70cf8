package io.promptmonitor.common.ingest;

/**
 * Why a record was not counted; the constant's {@link #code} is what {@code dead_letter.reason}
 * holds.
 */
public enum RejectionReason {
  /** The bytes are not valid UTF-8. */
  NOT_UTF8("not_utf8"),
  /** The text is not one JSON object. */
  NOT_JSON("not_json"),
  /** The record is longer than the limit. */
  TOO_LARGE("too_large"),
  /** A required field is absent, null or empty. */
  MISSING_FIELD("missing_field"),
  /** A field has another JSON type than expected. */
  WRONG_TYPE("wrong_type"),
  /** A text field is longer than its limit. */
  FIELD_TOO_LONG("field_too_long"),
  /** A text field has a control character or an unpaired surrogate. */
  INVALID_CHARACTER("invalid_character"),
  /** A time stamp is not ISO-8601 with a zone. */
  INVALID_TIMESTAMP("invalid_timestamp"),
  /** A time stamp lies further in the future than clocks may differ. */
  TIMESTAMP_IN_FUTURE("timestamp_in_future"),
  /** A number lies outside its range, for example a negative latency. */
  OUT_OF_RANGE("out_of_range"),
  /** {@code total_tokens} is not the sum of input and output tokens. */
  TOKENS_DO_NOT_ADD_UP("tokens_do_not_add_up"),
  /** A rating is not a whole number from 1 to 5. */
  INVALID_RATING("invalid_rating"),
  /** A hash field does not look like a hash, so it may be raw text. */
  INVALID_HASH("invalid_hash"),
  /** The record came after its window had closed for good. */
  LATE("late"),
  /** Feedback came after the feedback horizon, or for an execution that was never counted. */
  FEEDBACK_WITHOUT_WINDOW("feedback_without_window");

  private final String code;

  RejectionReason(String code) {
    this.code = code;
  }

  /** The stable name used in tables, counters and summaries. */
  public String code() {
    return code;
  }
}
