package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.jobs.sink.RetryPolicy;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log of changes again and again, from where it is.
 *
 * <p>While the log cannot be read it goes on trying, and says so once. With the first read of all,
 * and with the first after each outage, the last change that was sent is read again: if it is no
 * longer there, or another one is in its place, this is another log, and all that was learnt from
 * the old one is void.
 */
final class RegistrySplitReader implements SplitReader<RegistrySignal, RegistrySplit> {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrySplitReader.class);

  private static final int PAGE = 500;

  private static final String ANOTHER =
      "it is another registry, or was restored from an older backup;"
          + " start the job without its old state";

  private final RegistryChanges.Factory factory;
  private final RegistryPolling polling;
  private final boolean bounded;
  private final Semaphore wakeUps = new Semaphore(0);

  /** Opened when it is needed, and anew after each failure. */
  private @Nullable RegistryChanges changes;

  private @Nullable RegistrySplit position;
  private boolean confirmed;
  private boolean everRead;
  private long pauseMillis;
  private int failures;
  private long awaySince;

  RegistrySplitReader(RegistryChanges.Factory factory, RegistryPolling polling, boolean bounded) {
    this.factory = factory;
    this.polling = polling;
    this.bounded = bounded;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<RegistrySplit> change) {
    if (!(change instanceof SplitsAddition) || change.splits().size() != 1 || position != null) {
      throw new IllegalStateException("the registry is one split, but got " + change);
    }
    position = change.splits().get(0);
  }

  @Override
  public RecordsWithSplitIds<RegistrySignal> fetch() throws IOException {
    var signals = new RecordsBySplits.Builder<RegistrySignal>();
    RegistrySplit from = position;
    if (from != null && !wokenUpWithin(pauseMillis)) {
      List<RegistryChange> page = read(from);
      if (page != null) {
        add(from, page, signals);
      }
    }
    return signals.build();
  }

  private boolean wokenUpWithin(long millis) throws IOException {
    try {
      boolean wokenUp = wakeUps.tryAcquire(millis, TimeUnit.MILLISECONDS);
      wakeUps.drainPermits();
      return wokenUp;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for changes of the registry", e);
    }
  }

  /** The next changes, or null if they cannot be read now. */
  private @Nullable List<RegistryChange> read(RegistrySplit from) throws IOException {
    try {
      RegistryChanges log = changes;
      if (log == null) {
        log = factory.open();
        changes = log;
      }
      if (!confirmed) {
        confirm(log, from);
        confirmed = true;
      }
      List<RegistryChange> page = log.after(from.events().id(), PAGE);
      everRead = true;
      if (failures > 0) {
        LOG.info("the registry can be read again, after {} failures", failures);
        failures = 0;
      }
      return page;
    } catch (RegistryException e) {
      if (!mayHelpToTryAgain(e)) {
        // Without the cause: the innermost message is what people are shown.
        throw new IOException("cannot read the registry: " + e.getMessage());
      }
      onFailure(e);
      return null;
    }
  }

  /**
   * What no retry mends, such as a wrong password or a right that is missing, is for a person to
   * know at the start; later a job without end goes on without news of the registry, whatever the
   * failure, rather than not at all.
   */
  private boolean mayHelpToTryAgain(RegistryException failure) {
    if (everRead && !bounded) {
      return true;
    }
    return failure.reason() == RegistryException.Reason.UNAVAILABLE
        && (!(failure.getCause() instanceof SQLException cause) || RetryPolicy.mayHelp(cause));
  }

  private static void confirm(RegistryChanges log, RegistrySplit sent) throws IOException {
    long id = sent.events().id();
    if (id == 0) {
      return;
    }
    List<RegistryChange> found = log.after(id - 1, 1);
    if (found.isEmpty() || found.get(0).event().eventId() != id) {
      throw new IOException(
          "the registry has no event %d, although this job has seen it (%s): %s"
              .formatted(id, sent.events().entry(), ANOTHER));
    }
    String present = RegistrySplit.Position.behind(found.get(0).event()).entry();
    if (!present.equals(sent.events().entry())) {
      throw new IOException(
          "event %d of the registry is not the one that this job has seen (%s, now %s): %s"
              .formatted(id, sent.events().entry(), present, ANOTHER));
    }
  }

  private void onFailure(RegistryException failure) throws IOException {
    close();
    confirmed = false;
    failures++;
    if (failures == 1) {
      awaySince = System.nanoTime();
      LOG.warn("the registry cannot be read, trying again until it can: {}", failure.getMessage());
    }
    pauseMillis = polling.retry().pauseMillis(failures, ThreadLocalRandom.current().nextDouble());
    long away = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - awaySince);
    if (bounded && away + pauseMillis > polling.retry().totalMillis()) {
      throw new IOException(
          "cannot read the registry for %d s now: %s"
              .formatted(TimeUnit.MILLISECONDS.toSeconds(away), failure.getMessage()));
    }
  }

  private void add(
      RegistrySplit from,
      List<RegistryChange> page,
      RecordsBySplits.Builder<RegistrySignal> signals) {
    RegistrySplit next = from;
    for (RegistryChange change : page) {
      RegistrySignal signal = new RegistrySignal(change);
      signals.add(RegistrySplit.ID, signal);
      next = next.after(signal);
    }
    boolean complete = page.size() < PAGE;
    if (complete && !next.caughtUp()) {
      signals.add(RegistrySplit.ID, RegistrySignal.CAUGHT_UP);
      next = next.after(RegistrySignal.CAUGHT_UP);
    }
    position = next;
    pauseMillis = complete ? polling.interval().toMillis() : 0;
    if (complete && bounded) {
      signals.addFinishedSplit(RegistrySplit.ID);
      position = null;
    }
  }

  @Override
  public void wakeUp() {
    wakeUps.release();
  }

  @Override
  public void close() {
    if (changes != null) {
      changes.close();
      changes = null;
    }
  }
}
