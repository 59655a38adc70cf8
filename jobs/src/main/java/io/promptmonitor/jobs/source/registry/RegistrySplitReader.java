package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.source.registry.RegistrySplit.Position;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
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
 * Reads the logs of changes and of commands, and then what comes to them.
 *
 * <p>A reader that goes on after a restart begins with the first entry again: whoever knows it
 * skips it, and an operator that a newer release has added learns it, and that it has caught up.
 *
 * <p>While they cannot be read it goes on trying, and says so once. With the first read of all, and
 * with the first after each outage, the last entry of each that was sent is read again: if it is no
 * longer there, or another one is in its place, this is another registry, and all that was learnt
 * from the old one is void.
 */
final class RegistrySplitReader implements SplitReader<RegistrySignal, RegistrySplit> {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrySplitReader.class);

  private static final int PAGE = 500;

  /** What was read at once: commands, and all changes that were committed before any of them. */
  private record Page(List<RegistryChange> changes, List<OperatorCommand> commands) {

    boolean hasAllChanges() {
      return changes.size() < PAGE;
    }

    boolean isLast() {
      return hasAllChanges() && commands.size() < PAGE;
    }
  }

  private static final String ANOTHER =
      "it is another registry, or was restored from an older backup;"
          + " start the job without its old state";

  private final RegistryChanges.Factory factory;
  private final RegistryPolling polling;
  private final boolean bounded;
  private final Outage outage;
  private final Semaphore wakeUps = new Semaphore(0);

  /** Opened when it is needed, and anew after each failure. */
  private @Nullable RegistryChanges changes;

  /** What this reader has sent. */
  private @Nullable RegistrySplit position;

  /** What this reader or one before it has sent. */
  private RegistrySplit seen = RegistrySplit.START;

  private boolean confirmed;
  private boolean everRead;
  private long pauseMillis;
  private int failures;

  /**
   * Reads the logs that {@code factory} opens.
   *
   * @param bounded whether it ends with what there is
   * @param outage is told while they cannot be read
   */
  RegistrySplitReader(
      RegistryChanges.Factory factory, RegistryPolling polling, boolean bounded, Outage outage) {
    this.factory = factory;
    this.polling = polling;
    this.bounded = bounded;
    this.outage = outage;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<RegistrySplit> change) {
    if (!(change instanceof SplitsAddition) || change.splits().size() != 1 || position != null) {
      throw new IllegalStateException("the registry is one split, but got " + change);
    }
    seen = change.splits().get(0);
    position = RegistrySplit.START;
  }

  @Override
  public RecordsWithSplitIds<RegistrySignal> fetch() throws IOException {
    var signals = new RecordsBySplits.Builder<RegistrySignal>();
    RegistrySplit from = position;
    if (from != null && !wokenUpWithin(pauseMillis)) {
      Page page = read(from);
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

  /** What comes next, or null if it cannot be read now. */
  private @Nullable Page read(RegistrySplit from) throws IOException {
    try {
      RegistryChanges log = changes;
      if (log == null) {
        log = factory.open();
        changes = log;
      }
      if (!confirmed) {
        confirm("event", seen.events(), event(log, seen.events().id()));
        confirm("command", seen.commands(), command(log, seen.commands().id()));
        confirmed = true;
      }
      // Commands first: a change that was committed before one of them is in this page, too.
      List<OperatorCommand> commands = log.commandsAfter(from.commands().id(), PAGE);
      Page page = new Page(log.changesAfter(from.events().id(), PAGE), commands);
      everRead = true;
      if (failures > 0) {
        LOG.info("the registry can be read again, after {} failures", failures);
        failures = 0;
        outage.end();
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

  private static @Nullable Position event(RegistryChanges log, long id) {
    List<RegistryChange> found = id == 0 ? List.of() : log.changesAfter(id - 1, 1);
    return found.isEmpty() ? null : Position.behind(found.get(0).event());
  }

  private static @Nullable Position command(RegistryChanges log, long id) {
    List<OperatorCommand> found = id == 0 ? List.of() : log.commandsAfter(id - 1, 1);
    return found.isEmpty() ? null : Position.behind(found.get(0));
  }

  private static void confirm(String what, Position sent, @Nullable Position present)
      throws IOException {
    if (sent.id() == 0) {
      return;
    }
    if (present == null || present.id() != sent.id()) {
      throw new IOException(
          "the registry has no %s %d, although this job has seen it (%s): %s"
              .formatted(what, sent.id(), sent.entry(), ANOTHER));
    }
    if (!present.equals(sent)) {
      throw new IOException(
          "%s %d of the registry is not the one that this job has seen (%s, now %s): %s"
              .formatted(what, sent.id(), sent.entry(), present.entry(), ANOTHER));
    }
  }

  private void onFailure(RegistryException failure) throws IOException {
    close();
    confirmed = false;
    failures++;
    outage.begin();
    if (failures == 1) {
      LOG.warn("the registry cannot be read, trying again until it can: {}", failure.getMessage());
    }
    pauseMillis = polling.retry().pauseMillis(failures, ThreadLocalRandom.current().nextDouble());
    long away = outage.millis();
    if (bounded && away + pauseMillis > polling.retry().totalMillis()) {
      throw new IOException(
          "cannot read the registry for %d s now: %s"
              .formatted(TimeUnit.MILLISECONDS.toSeconds(away), failure.getMessage()));
    }
  }

  private void add(RegistrySplit from, Page page, RecordsBySplits.Builder<RegistrySignal> signals) {
    List<RegistrySignal> next = new ArrayList<>();
    page.changes().forEach(change -> next.add(new RegistrySignal(change)));
    if (page.hasAllChanges()) {
      page.commands().forEach(command -> next.add(new RegistrySignal(command)));
    }
    if (page.isLast() && !from.caughtUp()) {
      next.add(RegistrySignal.CAUGHT_UP);
    }
    RegistrySplit behind = from;
    for (RegistrySignal signal : next) {
      signals.add(RegistrySplit.ID, signal);
      behind = behind.after(signal);
      seen = seen.after(signal);
    }
    position = behind;
    pauseMillis = page.isLast() ? polling.interval().toMillis() : 0;
    if (page.isLast() && bounded) {
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
