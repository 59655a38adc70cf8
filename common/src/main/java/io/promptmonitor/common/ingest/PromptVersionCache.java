package io.promptmonitor.common.ingest;

import io.promptmonitor.common.execution.PromptVersionId;
import org.jspecify.annotations.Nullable;

/**
 * Gives one {@link PromptVersionId} object for the same prompt and version, as {@link SymbolCache}
 * does for texts.
 */
final class PromptVersionCache {

  private static final int WAYS = 4;

  private final @Nullable PromptVersionId[] entries;
  private int nextVictim;

  /** A cache of {@code size} versions: a power of two, at least {@value #WAYS}. */
  PromptVersionCache(int size) {
    if (size < WAYS || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("size " + size + ": expected a power of two, 4 or more");
    }
    entries = new PromptVersionId[size];
  }

  PromptVersionId get(String promptId, String version) {
    int hash = promptId.hashCode() * 31 + version.hashCode();
    int first = (hash ^ (hash >>> 16)) * WAYS & (entries.length - 1);
    for (int i = first; i < first + WAYS; i++) {
      PromptVersionId entry = entries[i];
      if (entry == null) {
        entry = new PromptVersionId(promptId, version);
        entries[i] = entry;
        return entry;
      }
      if (entry.promptId().equals(promptId) && entry.version().equals(version)) {
        return entry;
      }
    }
    PromptVersionId entry = new PromptVersionId(promptId, version);
    entries[first + (nextVictim++ & (WAYS - 1))] = entry;
    return entry;
  }
}
