package io.promptmonitor.bench.kernels;

import io.promptmonitor.common.ingest.IsoTimestamps;
import java.nio.charset.StandardCharsets;
import org.apache.datasketches.memory.XxHash;
import org.jspecify.annotations.Nullable;

/** What each JSON library extracts from an execution record; the same work for all. */
final class ExtractedFields {

  private final char[] chars = new char[256];

  long executionIdHash;
  @Nullable String promptId;
  @Nullable String version;
  long timestamp;
  int latencyMs;
  int inputTokens;
  int outputTokens;
  int totalTokens;
  boolean success;
  @Nullable String errorType;
  int userFeedback;
  double automatedScore;
  long inputHash;
  long outputHash;
  @Nullable String model;
  double temperature;
  @Nullable String path;
  @Nullable String userId;

  long hash(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return XxHash.hashByteArr(utf8, 0, utf8.length, 0);
  }

  long timestamp(String text) {
    text.getChars(0, text.length(), chars, 0);
    return IsoTimestamps.parse(chars, 0, text.length());
  }

  /** Depends on everything that was extracted. */
  long checksum() {
    return executionIdHash
        + (promptId == null ? 0 : promptId.length())
        + (version == null ? 0 : version.length())
        + timestamp
        + latencyMs
        + inputTokens
        + outputTokens
        + totalTokens
        + (success ? 1 : 0)
        + (errorType == null ? 0 : errorType.length())
        + userFeedback
        + (long) automatedScore
        + inputHash
        + outputHash
        + (model == null ? 0 : model.length())
        + (long) temperature
        + (path == null ? 0 : path.length())
        + (userId == null ? 0 : userId.length());
  }
}
