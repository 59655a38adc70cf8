package io.promptmonitor.bench.kernels;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.promptmonitor.common.ingest.IsoTimestamps;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import org.apache.datasketches.memory.XxHash;

/**
 * The same extraction with Jackson as the project's parser uses it: one parser for all records,
 * names compared with the one expected next, texts taken as characters.
 */
final class TunedJacksonExtraction {

  private static final SerializedString[] NAMES =
      Stream.of(
              "execution_id",
              "prompt_id",
              "prompt_version",
              "timestamp",
              "performance",
              "latency_ms",
              "input_tokens",
              "output_tokens",
              "total_tokens",
              "outcome",
              "success",
              "error_type",
              "error_message",
              "quality",
              "user_feedback",
              "automated_score",
              "context",
              "input_hash",
              "output_hash",
              "model_used",
              "temperature",
              "conditional_path",
              "user_id")
          .map(SerializedString::new)
          .toArray(SerializedString[]::new);

  private final Records records = new Records();
  private final JsonParser json;
  private final ExtractedFields fields = new ExtractedFields();
  private final byte[] bytes = new byte[256];
  private int expected;

  TunedJacksonExtraction() {
    try {
      json =
          JsonFactory.builder()
              .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
              .build()
              .createParser(records);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  long extract(byte[] record) throws IOException {
    records.current = new ByteArrayInputStream(record);
    expected = 0;
    json.nextToken();
    object();
    return fields.checksum();
  }

  private void object() throws IOException {
    while (true) {
      SerializedString next = NAMES[expected % NAMES.length];
      int name;
      if (json.nextFieldName(next)) {
        name = expected++;
      } else if (json.currentToken() == JsonToken.FIELD_NAME) {
        throw new IOException("the sample records have all fields in order");
      } else {
        return;
      }
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_OBJECT) {
        object();
      } else if (token != JsonToken.VALUE_NULL) {
        value(name);
      }
    }
  }

  private void value(int name) throws IOException {
    switch (name) {
      case 0 -> fields.executionIdHash = hash();
      case 1 -> fields.promptId = json.getText();
      case 2 -> fields.version = json.getText();
      case 3 ->
          fields.timestamp =
              IsoTimestamps.parse(
                  json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
      case 5 -> fields.latencyMs = json.getIntValue();
      case 6 -> fields.inputTokens = json.getIntValue();
      case 7 -> fields.outputTokens = json.getIntValue();
      case 8 -> fields.totalTokens = json.getIntValue();
      case 10 -> fields.success = json.getBooleanValue();
      case 11 -> fields.errorType = json.getText();
      case 14 -> fields.userFeedback = json.getIntValue();
      case 15 -> fields.automatedScore = json.getDoubleValue();
      case 17 -> fields.inputHash = hash();
      case 18 -> fields.outputHash = hash();
      case 19 -> fields.model = json.getText();
      case 20 -> fields.temperature = json.getDoubleValue();
      case 21 -> fields.path = json.getText();
      case 22 -> fields.userId = json.getText();
      default -> json.skipChildren();
    }
  }

  private long hash() throws IOException {
    char[] text = json.getTextCharacters();
    int offset = json.getTextOffset();
    int length = json.getTextLength();
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) text[offset + i];
    }
    return XxHash.hashByteArr(bytes, 0, length, 0);
  }

  /** One record after the other as one stream; begins with a blank for the encoding's guess. */
  private static final class Records extends InputStream {

    private InputStream current = new ByteArrayInputStream(new byte[] {' ', ' ', ' ', ' '});

    @Override
    public int read() throws IOException {
      return current.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return current.read(target, offset, length);
    }
  }
}
