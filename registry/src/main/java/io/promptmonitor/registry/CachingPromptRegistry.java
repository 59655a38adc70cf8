package io.promptmonitor.registry;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
 * tampered with then, {@link #getActive(String)} throws until that is repaired, which may take a
 * second to be seen.
 *
 * <p>Safe for use by many threads; an application needs one. It has up to three connections: for
 * what the application asks, and two for the thread that follows the registry, which thus never
 * waits for the application.
 */
public final class CachingPromptRegistry implements PromptRegistry, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CachingPromptRegistry.class);

  private static final long TAMPERED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PostgresPromptRegistry registry;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final List<Consumer<ActivePrompt>> listeners = new CopyOnWriteArrayList<>();
  private final ChangeListener changes;
  private volatile boolean closed;

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

  private CachingPromptRegistry(Database database, Options options) {
    this.registry = new PostgresPromptRegistry(database);
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
    CachingPromptRegistry caching = new CachingPromptRegistry(database, options);
    caching.changes.start();
    return caching;
  }

  /**
   * The active version of a prompt, from memory except for the first call.
   *
   * @throws RegistryException if the first call cannot be answered: the prompt is unknown, has no
   *     active version, the database is away or was within the last second; or the active version
   *     was tampered with
   * @throws IllegalArgumentException if no prompt can have that identifier
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
    // First of all: the database cannot even compare what is no identifier.
    LifeCycle.checkedPromptId(promptId);
    // In the map before it is read, so that a switch in between finds it there.
    Entry entry = entries.computeIfAbsent(promptId, Entry::new);
    // The threads that want the same prompt read it once. Who refreshes it does not wait for them.
    synchronized (entry.loading) {
      ActivePrompt present = entry.prompt;
      if (present != null) {
        return present;
      }
      entry.requireNotTampered();
      long read = entry.beginRead();
      try {
        return entry.load(read, ask(() -> registry.getActive(promptId)));
      } catch (RuntimeException e) {
        if (isTampered(e)) {
          entry.tampered(read, e);
          entry.answered();
        } else {
          entries.remove(promptId, entry);
        }
        throw e;
      }
    }
  }

  private static boolean isTampered(RuntimeException failure) {
    return failure instanceof RegistryException e && e.reason() == Reason.TAMPERED;
  }

  /** What the registry answers, unless this is closed. */
  private <T> T ask(Supplier<T> question) {
    if (closed) {
      throw new RegistryException(
          Reason.UNAVAILABLE,
          "this client of the registry is closed; it only serves the prompts in its memory");
    }
    try {
      return question.get();
    } finally {
      if (closed) {
        // In case it was closed before the connection was opened for this question.
        registry.close();
      }
    }
  }

  /**
   * Has {@code listener} called with the new version whenever the active version of a prompt that
   * is in memory has changed, also by {@link #execute} of this object: once for a change, for each
   * prompt in the order of its changes, with the latest only if they follow one another quickly.
   *
   * <p>It is always the thread that follows the registry that calls, after {@link
   * #getActive(String)} has begun to answer with the new version. A listener should return soon,
   * because the thread does nothing else meanwhile; it may {@link #close()} this object.
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
    return ask(
        () -> {
          List<Optional<RegistryEvent>> events = registry.execute(operations);
          // Not to serve, to the very caller, what was active before.
          operations.stream()
              .map(RegistryOperation::promptId)
              .distinct()
              .map(entries::get)
              .filter(Objects::nonNull)
              .forEach(entry -> renew(entry, registry));
          return events;
        });
  }

  @Override
  public ActivePrompt getActive(String promptId, Instant at) {
    return ask(() -> registry.getActive(promptId, at));
  }

  @Override
  public RegistryView view() {
    return ask(registry::view);
  }

  @Override
  public List<String> promptIds() {
    return ask(registry::promptIds);
  }

  @Override
  public List<PromptVersion> versions(String promptId) {
    return ask(() -> registry.versions(promptId));
  }

  @Override
  public PromptVersion version(String promptId, SemanticVersion versionId) {
    return ask(() -> registry.version(promptId, versionId));
  }

  @Override
  public List<RegistryEvent> history(@Nullable String promptId) {
    return ask(() -> registry.history(promptId));
  }

  @Override
  public List<String> verify() {
    return ask(registry::verify);
  }

  /**
   * Ends the thread that follows the registry, and all connections. {@link #getActive(String)}
   * still answers with what is in memory, which no longer changes; everything else is refused.
   */
  @Override
  public void close() {
    closed = true;
    changes.close();
    registry.close();
  }

  /** Reads a prompt in memory anew; whether it could be read. */
  private boolean renew(Entry entry, PromptRegistry from) {
    long read = entry.beginRead();
    try {
      entry.renew(read, from.getActive(entry.promptId));
      return true;
    } catch (RuntimeException e) {
      if (isTampered(e)) {
        LOG.error("{}", e.getMessage());
        entry.tampered(read, e);
        return true;
      }
      if (e instanceof RegistryException refused
          && (refused.reason() == Reason.UNKNOWN_PROMPT
              || refused.reason() == Reason.NO_ACTIVE_VERSION)) {
        entries.remove(entry.promptId, entry);
        return true;
      }
      if (!closed) {
        LOG.warn("{} cannot be read anew: {}", entry.promptId, e.getMessage());
      }
      return false;
    }
  }

  private void tell(ActivePrompt prompt) {
    LOG.info("{} is active now", prompt);
    for (Consumer<ActivePrompt> listener : listeners) {
      try {
        listener.accept(prompt);
      } catch (RuntimeException e) {
        LOG.error("a listener failed with {}", prompt, e);
      }
    }
  }

  /**
   * A prompt in memory. Several threads may read it from the database at once, without a lock; what
   * counts is the read that began last, because it began after every change that is known of.
   */
  private static final class Entry {
    private final String promptId;
    private final Object loading = new Object();

    /** Written only with the entry's lock; null until it is read, and while it is not to be had. */
    private volatile @Nullable ActivePrompt prompt;

    /** What the application knows of, as an answer or by its listeners. */
    private @Nullable ActivePrompt told;

    /** Whether the first call had an answer; until then there is nothing to tell listeners of. */
    private boolean answered;

    private @Nullable RuntimeException tampered;
    private long tamperedAt;
    private long lastRead;
    private long readThatCounts;

    Entry(String promptId) {
      this.promptId = promptId;
    }

    synchronized long beginRead() {
      return ++lastRead;
    }

    private boolean counts(long read) {
      if (read < readThatCounts) {
        return false;
      }
      readThatCounts = read;
      return true;
    }

    /** What is served now that the application's read has found {@code found}. */
    synchronized ActivePrompt load(long read, ActivePrompt found) {
      renew(read, found);
      ActivePrompt served = prompt == null ? found : prompt;
      if (told == null) {
        told = served;
      }
      answered = true;
      return served;
    }

    synchronized void answered() {
      answered = true;
    }

    synchronized void renew(long read, ActivePrompt found) {
      if (counts(read)) {
        tampered = null;
        prompt = found;
      }
    }

    synchronized void tampered(long read, RuntimeException failure) {
      if (counts(read)) {
        tampered = failure;
        tamperedAt = System.nanoTime();
        prompt = null;
      }
    }

    /** Throws if the prompt was found tampered with a moment ago. */
    synchronized void requireNotTampered() {
      if (tampered != null && System.nanoTime() - tamperedAt < TAMPERED_NANOS) {
        throw new RegistryException(
            Reason.TAMPERED, String.valueOf(tampered.getMessage()), tampered);
      }
    }

    /** What listeners are to be told now; null if nothing. */
    synchronized @Nullable ActivePrompt news() {
      if (!answered || prompt == null || prompt.equals(told)) {
        return null;
      }
      told = prompt;
      return prompt;
    }

    /** Null if there is nothing to compare; empty if listeners do not know of what is there. */
    synchronized @Nullable String fingerprint() {
      if (prompt == null) {
        return null;
      }
      return prompt.equals(told)
          ? ChangeListener.fingerprint(prompt.versionId().toString(), prompt.promptHash())
          : "";
    }
  }

  /** What the thread that follows the registry does with what it hears. */
  private final class Memory implements ChangeListener.Memory {

    @Override
    public Map<String, String> fingerprints() {
      Map<String, String> fingerprints = new HashMap<>();
      entries.forEach(
          (promptId, entry) -> {
            String fingerprint = entry.fingerprint();
            if (fingerprint != null) {
              fingerprints.put(promptId, fingerprint);
            }
          });
      return fingerprints;
    }

    @Override
    public boolean refresh(String promptId, PromptRegistry from) {
      Entry entry = entries.get(promptId);
      if (entry == null) {
        return true;
      }
      boolean read = renew(entry, from);
      ActivePrompt news = entry.news();
      if (news != null) {
        tell(news);
      }
      return read;
    }
  }
}
