package io.promptmonitor.registry;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as an application uses it that calls prompts: {@link #getActive(String)} answers
 * from memory, without waiting, and follows every switch within a fraction of a second.
 *
 * <pre>{@code
 * try (CachingPromptRegistry registry = CachingPromptRegistry.open(Database.of(url))) {
 *   ActivePrompt prompt = registry.getActive("billing/explain-invoice");
 *   // call the model with prompt.promptText(), log prompt.versionId() in the execution record
 * }
 * }</pre>
 *
 * <p>Only the first call for a prompt reads the database. From then on a thread of this object
 * listens to the registry's notifications and replaces what changed; in case a notification is
 * lost, everything in memory is compared with the database once in the {@linkplain
 * Options#timeToLive() time to live}. While the database is away the last known good version is
 * served, however old; {@link #confirmedAt()} tells how old.
 *
 * <p>Every text is verified against its hash when it is read. If the active version turns out to be
 * tampered with then, {@link #getActive(String)} throws until that is repaired.
 *
 * <p>Safe for use by many threads; an application needs one.
 */
public final class CachingPromptRegistry implements PromptRegistry, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CachingPromptRegistry.class);

  private final PromptRegistry registry;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final List<Consumer<ActivePrompt>> listeners = new CopyOnWriteArrayList<>();
  private final ChangeListener changes;

  /**
   * How a cache is kept up to date.
   *
   * @param timeToLive after which time everything in memory is compared with the database, even
   *     without a notification; at least 100 ms
   */
  public record Options(Duration timeToLive) {

    public Options {
      if (timeToLive.compareTo(Duration.ofMillis(100)) < 0) {
        throw new IllegalArgumentException("timeToLive is less than 100 ms: " + timeToLive);
      }
    }

    /** A time to live of 30 seconds. */
    public static Options defaults() {
      return new Options(Duration.ofSeconds(30));
    }
  }

  private CachingPromptRegistry(PromptRegistry registry, Database database, Options options) {
    this.registry = registry;
    this.changes = new ChangeListener(database, options.timeToLive(), new Memory());
  }

  /** A cache of the registry in {@code database}, with the default options. */
  public static CachingPromptRegistry open(Database database) {
    return open(database, Options.defaults());
  }

  /**
   * A cache of the registry in {@code database}. Does not wait for the database, which may be away.
   */
  public static CachingPromptRegistry open(Database database, Options options) {
    CachingPromptRegistry caching =
        new CachingPromptRegistry(new PostgresPromptRegistry(database), database, options);
    caching.changes.start();
    return caching;
  }

  /**
   * The active version of a prompt, from memory except for the first call.
   *
   * @throws RegistryException if the first call cannot be answered: the prompt is unknown, has no
   *     active version, the database is away; or the active version was tampered with
   */
  @Override
  public ActivePrompt getActive(String promptId) {
    Entry entry = entries.get(promptId);
    if (entry != null) {
      ActivePrompt prompt = entry.prompt;
      if (prompt != null) {
        return prompt;
      }
    }
    return load(promptId);
  }

  private ActivePrompt load(String promptId) {
    // In the map before it is read, so that a switch in between finds it there.
    Entry entry = entries.computeIfAbsent(promptId, Entry::new);
    synchronized (entry) {
      ActivePrompt prompt = entry.prompt;
      if (prompt == null) {
        try {
          prompt = registry.getActive(promptId);
        } catch (RegistryException e) {
          entries.remove(promptId, entry);
          throw e;
        }
        entry.prompt = prompt;
      }
      return prompt;
    }
  }

  /**
   * Has {@code listener} called with the new version whenever the active version of a prompt that
   * is in memory has changed, by the thread that follows the registry.
   */
  public void addListener(Consumer<ActivePrompt> listener) {
    listeners.add(listener);
  }

  /**
   * When everything in memory was last known to be what the registry says, by the clock of this
   * machine; empty if it never was. While the database answers this is at most the time to live
   * ago.
   */
  public Optional<Instant> confirmedAt() {
    return Optional.ofNullable(changes.confirmedAt());
  }

  @Override
  public List<Optional<RegistryEvent>> execute(List<RegistryOperation> operations) {
    List<Optional<RegistryEvent>> events = registry.execute(operations);
    // Not to serve, to the very caller, what was active before.
    operations.stream().map(RegistryOperation::promptId).distinct().forEach(this::refresh);
    return events;
  }

  @Override
  public ActivePrompt getActive(String promptId, Instant at) {
    return registry.getActive(promptId, at);
  }

  @Override
  public RegistryView view() {
    return registry.view();
  }

  @Override
  public List<String> promptIds() {
    return registry.promptIds();
  }

  @Override
  public List<PromptVersion> versions(String promptId) {
    return registry.versions(promptId);
  }

  @Override
  public PromptVersion version(String promptId, SemanticVersion versionId) {
    return registry.version(promptId, versionId);
  }

  @Override
  public List<RegistryEvent> history(@Nullable String promptId) {
    return registry.history(promptId);
  }

  @Override
  public List<String> verify() {
    return registry.verify();
  }

  /** Ends the thread that follows the registry. What is in memory is still served. */
  @Override
  public void close() {
    changes.close();
  }

  /** Reads a prompt anew, if it is in memory; whether it could be read. */
  private boolean refresh(String promptId) {
    Entry entry = entries.get(promptId);
    if (entry == null) {
      return true;
    }
    ActivePrompt changed = null;
    boolean read = true;
    synchronized (entry) {
      ActivePrompt before = entry.prompt;
      try {
        ActivePrompt now = registry.getActive(promptId);
        if (!now.equals(before)) {
          entry.prompt = now;
          changed = now;
        }
      } catch (RegistryException e) {
        read = onFailedRefresh(entry, e);
      }
    }
    if (changed != null) {
      LOG.info("{} is active now", changed);
      for (Consumer<ActivePrompt> listener : listeners) {
        tell(listener, changed);
      }
    }
    return read;
  }

  /** Whether the registry gave an answer, if no good one. */
  private boolean onFailedRefresh(Entry entry, RegistryException failure) {
    switch (failure.reason()) {
      case TAMPERED -> {
        LOG.error("{}", failure.getMessage());
        entry.prompt = null;
        return true;
      }
      case UNKNOWN_PROMPT, NO_ACTIVE_VERSION -> {
        entries.remove(entry.promptId, entry);
        return true;
      }
      default -> {
        LOG.warn("{} cannot be read anew: {}", entry.promptId, failure.getMessage());
        return false;
      }
    }
  }

  private static void tell(Consumer<ActivePrompt> listener, ActivePrompt prompt) {
    try {
      listener.accept(prompt);
    } catch (RuntimeException e) {
      LOG.error("a listener failed with {}", prompt, e);
    }
  }

  /** A prompt in memory. */
  private static final class Entry {
    private final String promptId;

    /** Written only with the entry's lock; null until it is read, and while it is not to be had. */
    private volatile @Nullable ActivePrompt prompt;

    Entry(String promptId) {
      this.promptId = promptId;
    }
  }

  /** What the thread that follows the registry does with what it hears. */
  private final class Memory implements ChangeListener.Memory {

    @Override
    public Map<String, String> fingerprints() {
      Map<String, String> fingerprints = new HashMap<>();
      entries.forEach(
          (promptId, entry) -> {
            ActivePrompt prompt = entry.prompt;
            fingerprints.put(
                promptId,
                prompt == null
                    ? ""
                    : ChangeListener.fingerprint(
                        prompt.versionId().toString(), prompt.promptHash()));
          });
      return fingerprints;
    }

    @Override
    public boolean refresh(String promptId) {
      return CachingPromptRegistry.this.refresh(promptId);
    }
  }
}
