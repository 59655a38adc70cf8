package io.promptmonitor.jobs.source;

import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import java.time.Instant;

/** Records as producers write them, for tests, and a parser whose clock stands still. */
public final class RecordLines {

  /** The event time of the first record of most tests. */
  public static final long START = Instant.parse("2026-03-02T10:00:00Z").toEpochMilli();

  private static final long NOW = Instant.parse("2030-01-01T00:00:00Z").toEpochMilli();

  private RecordLines() {}

  /** Parses as in production, except for the clock. */
  public static IngestParser.Factory parsers() {
    return () -> new RecordParser(ParserOptions.defaults(), () -> NOW)::parse;
  }

  /** An execution at the given time, in milliseconds since the epoch. */
  public static String execution(String id, long timestamp) {
    return """
        {"execution_id":"%s","prompt_id":"greeting","prompt_version":"1.0.0","timestamp":"%s",\
        "performance":{"latency_ms":120,"input_tokens":10,"output_tokens":5,"total_tokens":15},\
        "outcome":{"success":true,"error_type":null,"error_message":null},\
        "quality":{"user_feedback":null,"automated_score":null},\
        "context":{"input_hash":"ab12","output_hash":"cd34","model_used":"m","temperature":0.5,\
        "conditional_path":null}}"""
        .formatted(id, Instant.ofEpochMilli(timestamp));
  }

  /** A rating given at the given time, for an execution an hour before. */
  public static String feedback(String id, long timestamp) {
    return """
        {"execution_id":"%s","prompt_id":"greeting","prompt_version":"1.0.0",\
        "execution_timestamp":"%s","timestamp":"%s","user_feedback":4}"""
        .formatted(
            id, Instant.ofEpochMilli(timestamp - 3_600_000), Instant.ofEpochMilli(timestamp));
  }
}
