package io.promptmonitor.bench.kernels;

import com.dslplatform.json.BoolConverter;
import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.NumberConverter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The same extraction with dsl-json: one reader for all records, names compared by hash. */
final class DslJsonExtraction {

  private static final int EXECUTION_ID = fnv("execution_id");
  private static final int PROMPT_ID = fnv("prompt_id");
  private static final int PROMPT_VERSION = fnv("prompt_version");
  private static final int TIMESTAMP = fnv("timestamp");
  private static final int LATENCY_MS = fnv("latency_ms");
  private static final int INPUT_TOKENS = fnv("input_tokens");
  private static final int OUTPUT_TOKENS = fnv("output_tokens");
  private static final int TOTAL_TOKENS = fnv("total_tokens");
  private static final int SUCCESS = fnv("success");
  private static final int ERROR_TYPE = fnv("error_type");
  private static final int USER_FEEDBACK = fnv("user_feedback");
  private static final int AUTOMATED_SCORE = fnv("automated_score");
  private static final int INPUT_HASH = fnv("input_hash");
  private static final int OUTPUT_HASH = fnv("output_hash");
  private static final int MODEL_USED = fnv("model_used");
  private static final int TEMPERATURE = fnv("temperature");
  private static final int CONDITIONAL_PATH = fnv("conditional_path");
  private static final int USER_ID = fnv("user_id");

  private final JsonReader<Object> json = new DslJson<>().newReader(new byte[0]);
  private final ExtractedFields fields = new ExtractedFields();

  long extract(byte[] record) throws IOException {
    json.process(record, record.length);
    json.getNextToken();
    object();
    return fields.checksum();
  }

  private void object() throws IOException {
    if (json.getNextToken() == '}') {
      return;
    }
    while (true) {
      int name = json.fillName();
      json.getNextToken();
      if (json.last() == '{') {
        object();
      } else if (!json.wasNull()) {
        value(name);
      }
      if (json.getNextToken() == ',') {
        json.getNextToken();
      } else {
        return;
      }
    }
  }

  private void value(int name) throws IOException {
    if (name == EXECUTION_ID) {
      fields.executionIdHash = fields.hash(json.readString());
    } else if (name == PROMPT_ID) {
      fields.promptId = json.readString();
    } else if (name == PROMPT_VERSION) {
      fields.version = json.readString();
    } else if (name == TIMESTAMP) {
      fields.timestamp = fields.timestamp(json.readString());
    } else if (name == LATENCY_MS) {
      fields.latencyMs = NumberConverter.deserializeInt(json);
    } else if (name == INPUT_TOKENS) {
      fields.inputTokens = NumberConverter.deserializeInt(json);
    } else if (name == OUTPUT_TOKENS) {
      fields.outputTokens = NumberConverter.deserializeInt(json);
    } else if (name == TOTAL_TOKENS) {
      fields.totalTokens = NumberConverter.deserializeInt(json);
    } else if (name == SUCCESS) {
      fields.success = BoolConverter.deserialize(json);
    } else if (name == ERROR_TYPE) {
      fields.errorType = json.readString();
    } else if (name == USER_FEEDBACK) {
      fields.userFeedback = NumberConverter.deserializeInt(json);
    } else if (name == AUTOMATED_SCORE) {
      fields.automatedScore = NumberConverter.deserializeDouble(json);
    } else if (name == INPUT_HASH) {
      fields.inputHash = fields.hash(json.readString());
    } else if (name == OUTPUT_HASH) {
      fields.outputHash = fields.hash(json.readString());
    } else if (name == MODEL_USED) {
      fields.model = json.readString();
    } else if (name == TEMPERATURE) {
      fields.temperature = NumberConverter.deserializeDouble(json);
    } else if (name == CONDITIONAL_PATH) {
      fields.path = json.readString();
    } else if (name == USER_ID) {
      fields.userId = json.readString();
    } else {
      json.skip();
    }
  }

  /** The FNV-1a hash that dsl-json gives for a name. */
  private static int fnv(String name) {
    int hash = 0x811c9dc5;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b) * 0x1000193;
    }
    return hash;
  }
}
