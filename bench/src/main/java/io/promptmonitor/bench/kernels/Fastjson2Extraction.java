package io.promptmonitor.bench.kernels;

import com.alibaba.fastjson2.JSONReader;
import com.alibaba.fastjson2.util.Fnv;
import java.nio.charset.StandardCharsets;

/** The same extraction with fastjson2: a reader for each record, names compared by hash. */
final class Fastjson2Extraction {

  private static final long EXECUTION_ID = Fnv.hashCode64("execution_id");
  private static final long PROMPT_ID = Fnv.hashCode64("prompt_id");
  private static final long PROMPT_VERSION = Fnv.hashCode64("prompt_version");
  private static final long TIMESTAMP = Fnv.hashCode64("timestamp");
  private static final long LATENCY_MS = Fnv.hashCode64("latency_ms");
  private static final long INPUT_TOKENS = Fnv.hashCode64("input_tokens");
  private static final long OUTPUT_TOKENS = Fnv.hashCode64("output_tokens");
  private static final long TOTAL_TOKENS = Fnv.hashCode64("total_tokens");
  private static final long SUCCESS = Fnv.hashCode64("success");
  private static final long ERROR_TYPE = Fnv.hashCode64("error_type");
  private static final long USER_FEEDBACK = Fnv.hashCode64("user_feedback");
  private static final long AUTOMATED_SCORE = Fnv.hashCode64("automated_score");
  private static final long INPUT_HASH = Fnv.hashCode64("input_hash");
  private static final long OUTPUT_HASH = Fnv.hashCode64("output_hash");
  private static final long MODEL_USED = Fnv.hashCode64("model_used");
  private static final long TEMPERATURE = Fnv.hashCode64("temperature");
  private static final long CONDITIONAL_PATH = Fnv.hashCode64("conditional_path");
  private static final long USER_ID = Fnv.hashCode64("user_id");

  private final ExtractedFields fields = new ExtractedFields();

  long extract(byte[] record) {
    try (JSONReader json = JSONReader.of(record, 0, record.length, StandardCharsets.UTF_8)) {
      json.nextIfObjectStart();
      object(json);
    }
    return fields.checksum();
  }

  private void object(JSONReader json) {
    while (!json.nextIfObjectEnd()) {
      long name = json.readFieldNameHashCode();
      if (json.nextIfObjectStart()) {
        object(json);
      } else if (!json.nextIfNull()) {
        value(json, name);
      }
    }
  }

  private void value(JSONReader json, long name) {
    if (name == EXECUTION_ID) {
      fields.executionIdHash = fields.hash(json.readString());
    } else if (name == PROMPT_ID) {
      fields.promptId = json.readString();
    } else if (name == PROMPT_VERSION) {
      fields.version = json.readString();
    } else if (name == TIMESTAMP) {
      fields.timestamp = fields.timestamp(json.readString());
    } else if (name == LATENCY_MS) {
      fields.latencyMs = json.readInt32Value();
    } else if (name == INPUT_TOKENS) {
      fields.inputTokens = json.readInt32Value();
    } else if (name == OUTPUT_TOKENS) {
      fields.outputTokens = json.readInt32Value();
    } else if (name == TOTAL_TOKENS) {
      fields.totalTokens = json.readInt32Value();
    } else if (name == SUCCESS) {
      fields.success = json.readBoolValue();
    } else if (name == ERROR_TYPE) {
      fields.errorType = json.readString();
    } else if (name == USER_FEEDBACK) {
      fields.userFeedback = json.readInt32Value();
    } else if (name == AUTOMATED_SCORE) {
      fields.automatedScore = json.readDoubleValue();
    } else if (name == INPUT_HASH) {
      fields.inputHash = fields.hash(json.readString());
    } else if (name == OUTPUT_HASH) {
      fields.outputHash = fields.hash(json.readString());
    } else if (name == MODEL_USED) {
      fields.model = json.readString();
    } else if (name == TEMPERATURE) {
      fields.temperature = json.readDoubleValue();
    } else if (name == CONDITIONAL_PATH) {
      fields.path = json.readString();
    } else if (name == USER_ID) {
      fields.userId = json.readString();
    } else {
      json.skipValue();
    }
  }
}
