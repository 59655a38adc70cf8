package io.promptmonitor.jobs.source.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.source.registry.RegistrySplit.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RegistrySplitReaderTest {

  private static final RegistryPolling AT_ONCE =
      new RegistryPolling(Duration.ofMillis(1), new RetryPolicy(1, 2, 20));

  private static final RegistrySplit GOLDEN = sent(300, true);

  /** What {@link #fetch} adds to the ids of commands. */
  private static final long COMMAND = 1_000_000;

  private final List<RegistryChange> log = new ArrayList<>();
  private final List<OperatorCommand> commandLog = new ArrayList<>();

  /** Done once, between a read of the commands and that of the changes. */
  private Runnable meanwhile = () -> {};

  private @Nullable RegistryException failure;
  private int opened;
  private int closed;

  /** Logs in memory that can be made to fail. */
  private final class Log implements RegistryChanges {

    @Override
    public List<RegistryChange> changesAfter(long eventId, int limit) {
      if (failure != null) {
        throw failure;
      }
      return log.stream().filter(c -> c.event().eventId() > eventId).limit(limit).toList();
    }

    @Override
    public List<OperatorCommand> commandsAfter(long commandId, int limit) {
      if (failure != null) {
        throw failure;
      }
      List<OperatorCommand> commands =
          commandLog.stream().filter(c -> c.commandId() > commandId).limit(limit).toList();
      meanwhile.run();
      meanwhile = () -> {};
      return commands;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private RegistrySplitReader reader(boolean bounded, RegistrySplit from) {
    return reader(bounded, from, AT_ONCE);
  }

  private RegistrySplitReader reader(boolean bounded, RegistrySplit from, RegistryPolling polling) {
    RegistrySplitReader reader =
        new RegistrySplitReader(
            () -> {
              opened++;
              return new Log();
            },
            polling,
            bounded,
            new Outage());
    reader.handleSplitsChanges(new SplitsAddition<>(List.of(from)));
    return reader;
  }

  private void append(int changes) {
    for (int i = 0; i < changes; i++) {
      log.add(change(log.size() + 1, Instant.EPOCH, "p", "1.0.0", "tester"));
    }
  }

  private void command(int commands) {
    for (int i = 0; i < commands; i++) {
      commandLog.add(ended(commandLog.size() + 1, "tester"));
    }
  }

  private static OperatorCommand ended(long commandId, String actor) {
    return OperatorCommand.silenceEnded(commandId, Instant.EPOCH, actor, "s0");
  }

  private static RegistryChange change(
      long eventId, Instant at, String promptId, String version, String actor) {
    return new RegistryChange(
        new RegistryEvent(
            eventId,
            at,
            RegistryEvent.Kind.STAGED,
            promptId,
            SemanticVersion.parse(version),
            null,
            null,
            actor,
            null,
            null),
        null);
  }

  /** As a checkpoint holds it after one of the changes of {@link #append}. */
  private static RegistrySplit sent(long eventId, boolean caughtUp) {
    return new RegistrySplit(
        new Position(eventId, "1970-01-01T00:00:00Z staged p@1.0.0 by tester"),
        Position.START,
        caughtUp);
  }

  /**
   * What a fetch brings: ids, those of commands with {@link #COMMAND} added; 0 for the news that
   * all have come, -1 for the end of the split.
   */
  private static List<Long> fetch(RegistrySplitReader reader) throws IOException {
    List<Long> ids = new ArrayList<>();
    RecordsWithSplitIds<RegistrySignal> records = reader.fetch();
    while (records.nextSplit() != null) {
      RegistrySignal signal;
      while ((signal = records.nextRecordFromSplit()) != null) {
        if (signal.change() != null) {
          ids.add(signal.change().event().eventId());
        } else {
          ids.add(signal.isCaughtUp() ? 0 : COMMAND + signal.command().commandId());
        }
      }
    }
    if (!records.finishedSplits().isEmpty()) {
      assertThat(records.finishedSplits()).isEqualTo(Set.of(RegistrySplit.ID));
      ids.add(-1L);
    }
    return ids;
  }

  @Test
  void eachChangeComesOnceAndTheNewsOfHavingCaughtUpAfterThoseOfTheStart() throws Exception {
    append(3);
    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    assertThat(fetch(reader)).containsExactly(1L, 2L, 3L, 0L);
    assertThat(fetch(reader)).isEmpty();
    append(2);
    assertThat(fetch(reader)).containsExactly(4L, 5L);
    assertThat(fetch(reader)).isEmpty();
    assertThat(opened).isEqualTo(1);
    reader.close();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void anEmptyRegistryIsCaughtUpWith() throws Exception {
    assertThat(fetch(reader(false, RegistrySplit.START))).containsExactly(0L);
    assertThat(fetch(reader(true, RegistrySplit.START))).containsExactly(0L, -1L);
  }

  @Test
  void aLongLogIsReadInPages() throws Exception {
    append(1_700);
    RegistrySplitReader reader = reader(true, RegistrySplit.START);
    List<Long> ids = new ArrayList<>();
    int fetches = 0;
    while (!ids.contains(-1L)) {
      ids.addAll(fetch(reader));
      fetches++;
    }
    assertThat(fetches).isEqualTo(4);
    assertThat(ids).hasSize(1_702).endsWith(1_700L, 0L, -1L);
    for (int i = 0; i < 1_700; i++) {
      assertThat(ids.get(i)).isEqualTo(i + 1);
    }
  }

  @Test
  void changesAndCommandsComeOnceEachAndTheNewsOfHavingCaughtUpAfterBoth() throws Exception {
    append(2);
    command(2);
    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    assertThat(fetch(reader)).containsExactly(1L, 2L, COMMAND + 1, COMMAND + 2, 0L);
    assertThat(fetch(reader)).isEmpty();
    command(1);
    assertThat(fetch(reader)).containsExactly(COMMAND + 3);
    append(1);
    assertThat(fetch(reader)).containsExactly(3L);
    assertThat(fetch(reader)).isEmpty();
  }

  @Test
  void longLogsAreReadInPagesCommandsLast() throws Exception {
    append(1_200);
    command(700);
    RegistrySplitReader reader = reader(true, RegistrySplit.START);
    List<Long> ids = new ArrayList<>();
    while (!ids.contains(-1L)) {
      ids.addAll(fetch(reader));
    }
    List<Long> expected = new ArrayList<>();
    LongStream.rangeClosed(1, 1_200).forEach(expected::add);
    LongStream.rangeClosed(1, 700).forEach(id -> expected.add(COMMAND + id));
    expected.addAll(List.of(0L, -1L));
    assertThat(ids).isEqualTo(expected);
  }

  @Test
  void aCommandNeverOvertakesAChangeThatWasMadeBefore() throws Exception {
    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    meanwhile =
        () -> {
          append(1);
          command(1);
        };
    assertThat(fetch(reader)).containsExactly(1L, 0L);
    assertThat(fetch(reader)).containsExactly(COMMAND + 1);
  }

  @Test
  void afterARestartAllCommandsCome() throws Exception {
    append(1);
    command(3);
    RegistrySplit sent = sent(1, true).after(new RegistrySignal(ended(2, "tester")));
    assertThat(fetch(reader(false, sent)))
        .containsExactly(1L, COMMAND + 1, COMMAND + 2, COMMAND + 3, 0L);
    RegistrySplit ahead = sent(1, true).after(new RegistrySignal(ended(4, "tester")));
    assertThatThrownBy(() -> fetch(reader(false, ahead)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the registry has no command 4, although this job has seen it (");
    RegistrySplit other = sent(1, true).after(new RegistrySignal(ended(2, "somebody")));
    assertThatThrownBy(() -> fetch(reader(false, other)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "command 2 of the registry is not the one that this job has seen (1970-01-01T00:00:00Z by"
                + " somebody, now 1970-01-01T00:00:00Z by tester): it is another registry");
  }

  @Test
  void commandsThatWereGivenWhileTheDatabaseWasAwayCome() throws Exception {
    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    assertThat(fetch(reader)).containsExactly(0L);
    failure = away(null);
    assertThat(fetch(reader)).isEmpty();
    command(2);
    assertThat(fetch(reader)).isEmpty();
    failure = null;
    assertThat(fetch(reader)).containsExactly(COMMAND + 1, COMMAND + 2);
  }

  @Test
  void afterARestartAllChangesCome() throws Exception {
    append(5);
    RegistrySplitReader reader = reader(false, sent(3, true));
    assertThat(fetch(reader)).containsExactly(1L, 2L, 3L, 4L, 5L, 0L);
    append(1);
    assertThat(fetch(reader)).containsExactly(6L);
  }

  @Test
  void whatIsSentAgainIsNoStepBackInTheCheckpoint() {
    append(2);
    RegistrySplit split = sent(2, true);
    assertThat(split.after(new RegistrySignal(log.get(0)))).isEqualTo(split);
    RegistrySplit commanded = split.after(new RegistrySignal(ended(2, "tester")));
    assertThat(commanded.after(new RegistrySignal(ended(1, "tester")))).isEqualTo(commanded);
  }

  @Test
  void theDatabaseMayBeAwayForAnyTimeInAJobWithoutEnd() throws Exception {
    append(2);
    failure = away(null);
    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    for (int i = 0; i < 50; i++) {
      assertThat(fetch(reader)).isEmpty();
    }
    failure = null;
    assertThat(fetch(reader)).containsExactly(1L, 2L, 0L);
    failure = away(new SQLException("no password", "28P01"));
    append(1);
    for (int i = 0; i < 50; i++) {
      assertThat(fetch(reader)).isEmpty();
    }
    failure = null;
    assertThat(fetch(reader)).containsExactly(3L);
    assertThat(opened).isEqualTo(closed + 1);
  }

  @Test
  void aJobThatEndsGivesUpInTheEnd() {
    failure = away(null);
    RegistrySplitReader reader = reader(true, RegistrySplit.START);
    assertThatThrownBy(
            () -> {
              while (true) {
                fetch(reader);
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read the registry for 0 s now: it is away");
  }

  @Test
  void whatNoRetryMendsIsToldAtTheStart() {
    for (boolean bounded : new boolean[] {true, false}) {
      failure = away(new SQLException("no password", "28P01"));
      assertThatThrownBy(() -> fetch(reader(bounded, RegistrySplit.START)))
          .isInstanceOf(IOException.class)
          .hasMessage("cannot read the registry: it is away")
          .hasNoCause();
      failure = new RegistryException(Reason.NOT_AUTHORIZED, "somebody may not");
      assertThatThrownBy(() -> fetch(reader(bounded, RegistrySplit.START)))
          .isInstanceOf(IOException.class)
          .hasMessage("cannot read the registry: somebody may not");
    }
  }

  private static RegistryException away(@Nullable SQLException cause) {
    return new RegistryException(Reason.UNAVAILABLE, "it is away", cause);
  }

  @Test
  void anotherRegistryIsNoticed() throws Exception {
    append(5);
    assertThatThrownBy(() -> fetch(reader(false, sent(6, true))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the registry has no event 6, although this job has seen it (");

    RegistrySplitReader reader = reader(false, RegistrySplit.START);
    assertThat(fetch(reader)).hasSize(6);
    failure = away(null);
    assertThat(fetch(reader)).isEmpty();
    failure = null;
    log.remove(4);
    assertThatThrownBy(() -> fetch(reader)).hasMessageContaining("restored from an older backup");
  }

  @Test
  void anotherEventWithTheSameIdIsNoticed() throws Exception {
    append(4);
    Instant later = Instant.EPOCH.plusMillis(1);
    for (RegistryChange other :
        List.of(
            change(5, later, "p", "1.0.0", "tester"),
            change(5, Instant.EPOCH, "q", "1.0.0", "tester"),
            change(5, Instant.EPOCH, "p", "1.0.1", "tester"),
            change(5, Instant.EPOCH, "p", "1.0.0", "somebody"))) {
      append(1);
      RegistrySplitReader running = reader(false, RegistrySplit.START);
      assertThat(fetch(running)).hasSize(6);
      failure = away(null);
      assertThat(fetch(running)).isEmpty();
      failure = null;
      log.set(4, other);
      for (RegistrySplitReader reader : List.of(running, reader(false, sent(5, true)))) {
        assertThatThrownBy(() -> fetch(reader))
            .isInstanceOf(IOException.class)
            .hasMessage(
                "event 5 of the registry is not the one that this job has seen"
                    + " (1970-01-01T00:00:00Z staged p@1.0.0 by tester, now %s): it is another"
                    + " registry, or was restored from an older backup; start the job without its"
                    + " old state",
                Position.behind(other.event()).entry());
      }
      log.remove(4);
    }
  }

  @Test
  void onceItHasReadAJobWithoutEndSurvivesEveryFailure() throws Exception {
    append(1);
    RegistrySplitReader running = reader(false, RegistrySplit.START);
    assertThat(fetch(running)).containsExactly(1L, 0L);
    for (Reason reason : Reason.values()) {
      failure = new RegistryException(reason, "it is refused");
      for (int i = 0; i < 10; i++) {
        assertThat(fetch(running)).isEmpty();
      }
    }
    failure = null;
    append(1);
    assertThat(fetch(running)).containsExactly(2L);
  }

  @Test
  void itCanBeWokenUp() throws Exception {
    RegistryPolling seldom = new RegistryPolling(Duration.ofDays(1), new RetryPolicy(1, 2, 20));
    RegistrySplitReader reader = reader(false, RegistrySplit.START, seldom);
    assertThat(fetch(reader)).containsExactly(0L);
    append(1);
    reader.wakeUp();
    // Returns at once, without having read.
    assertThat(fetch(reader)).isEmpty();
  }

  @Test
  void stateIsWrittenAndRead() throws Exception {
    RegistrySplit withCommands =
        new RegistrySplit(GOLDEN.events(), new Position(2, "a command"), true);
    for (RegistrySplit split :
        List.of(RegistrySplit.START, sent(Long.MAX_VALUE / 2, true), withCommands)) {
      byte[] bytes = RegistrySplit.Serializer.INSTANCE.serialize(split);
      assertThat(RegistrySplit.Serializer.INSTANCE.deserialize(2, bytes)).isEqualTo(split);
      assertThat(
              RegistryEnumerator.StateSerializer.INSTANCE.deserialize(
                  2, RegistryEnumerator.StateSerializer.INSTANCE.serialize(Optional.of(split))))
          .contains(split);
    }
    assertThat(
            RegistryEnumerator.StateSerializer.INSTANCE.deserialize(
                2, RegistryEnumerator.StateSerializer.INSTANCE.serialize(Optional.empty())))
        .isEmpty();
    assertThat(HexFormat.of().formatHex(RegistrySplit.Serializer.INSTANCE.serialize(withCommands)))
        .isEqualTo(VERSION_1 + "02" + "0009" + hex("a command"));
    assertThatThrownBy(() -> RegistrySplit.Serializer.INSTANCE.deserialize(3, new byte[2]))
        .hasMessage("state of the registry source has version 3, expected 1 to 2");
  }

  @Test
  void stateOfAJobThatKnewNoCommandsIsRead() throws Exception {
    assertThat(RegistrySplit.Serializer.INSTANCE.deserialize(1, HexFormat.of().parseHex(VERSION_1)))
        .isEqualTo(GOLDEN);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final String VERSION_1 = "ac02" + "002d" + hex(GOLDEN.events().entry()) + "01";
}
