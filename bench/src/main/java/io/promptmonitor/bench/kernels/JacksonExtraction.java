package io.promptmonitor.bench.kernels;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Field extraction as one usually writes it with Jackson: a parser for each record, Strings. */
final class JacksonExtraction {

  private final JsonFactory factory = new JsonFactory();
  private final ExtractedFields fields = new ExtractedFields();

  long extract(byte[] record) throws IOException {
    try (JsonParser json = factory.createParser(record, 0, record.length)) {
      json.nextToken();
      object(json);
    }
    return fields.checksum();
  }

  /** What a parser costs before it has read anything. */
  JsonToken createOnly(byte[] record) throws IOException {
    try (JsonParser json = factory.createParser(record, 0, record.length)) {
      return json.nextToken();
    }
  }

  private void object(JsonParser json) throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_OBJECT) {
        object(json);
        continue;
      }
      if (token == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "execution_id" -> fields.executionIdHash = fields.hash(json.getText());
        case "prompt_id" -> fields.promptId = json.getText();
        case "prompt_version" -> fields.version = json.getText();
        case "timestamp" -> fields.timestamp = fields.timestamp(json.getText());
        case "latency_ms" -> fields.latencyMs = json.getIntValue();
        case "input_tokens" -> fields.inputTokens = json.getIntValue();
        case "output_tokens" -> fields.outputTokens = json.getIntValue();
        case "total_tokens" -> fields.totalTokens = json.getIntValue();
        case "success" -> fields.success = json.getBooleanValue();
        case "error_type" -> fields.errorType = json.getText();
        case "user_feedback" -> fields.userFeedback = json.getIntValue();
        case "automated_score" -> fields.automatedScore = json.getDoubleValue();
        case "input_hash" -> fields.inputHash = fields.hash(json.getText());
        case "output_hash" -> fields.outputHash = fields.hash(json.getText());
        case "model_used" -> fields.model = json.getText();
        case "temperature" -> fields.temperature = json.getDoubleValue();
        case "conditional_path" -> fields.path = json.getText();
        case "user_id" -> fields.userId = json.getText();
        default -> json.skipChildren();
      }
    }
  }
}
