package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.replay.Replay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** One test: what goes in, what is done, and what must come of it. */
public final class RuleTest {

  /** What only the schema knows of a test. */
  record Parts(
      String name,
      DeploymentConfig config,
      long start,
      TestNames names,
      List<RegistryChange> registered,
      List<InputSeries> series,
      List<RecordedInput> records,
      List<TestEvent> events,
      List<Expectation> expectations,
      Never never) {

    Parts {
      registered = List.copyOf(registered);
      series = List.copyOf(series);
      records = List.copyOf(records);
      events = List.copyOf(events);
      expectations = List.copyOf(expectations);
    }
  }

  private final Parts parts;

  RuleTest(Parts parts) {
    this.parts = parts;
  }

  /** The name, which no other test of the file has. */
  public String name() {
    return parts.name();
  }

  /** Drives the test through its time, in memory, and compares what happens with what must. */
  public RuleTestResult run() {
    List<RuleTestResult.Failure> failures = new ArrayList<>();
    Run run = new Run();
    TestDiary diary = run.run();
    DiaryText text = new DiaryText(diary, parts.names());
    for (TestEvent.Acknowledgement ack : run.impossible) {
      failures.add(
          new RuleTestResult.Failure(
              TestTime.format(ack.at()),
              "acknowledge",
              List.of(
                  new RuleTestResult.Line(
                      RuleTestResult.Mark.MISSING,
                      ack.alert().rule() + " firing" + text.where(ack.alert().promptVersion()))),
              List.of(text.history(ack.alert()))));
    }
    for (Expectation expectation : parts.expectations()) {
      new ExpectationCheck(expectation, diary, text, failures).check();
    }
    new NeverCheck(parts.never(), diary, text, failures).check();
    int checks = parts.never().checks();
    for (Expectation expectation : parts.expectations()) {
      checks += expectation.checks();
    }
    return new RuleTestResult(name(), checks, failures);
  }

  /** One run through the time of the test. */
  private final class Run {
    /** Acknowledgements of alerts that did not fire. */
    private final List<TestEvent.Acknowledgement> impossible = new ArrayList<>();

    private final NavigableSet<Long> looks = new TreeSet<>();
    private final TestDiary diary;
    private final Replay replay;
    private final List<InputSeries.Source> sources = new ArrayList<>();
    private final List<RecordCursor> cursors = new ArrayList<>();
    private int nextEvent;
    private long commands;

    private Run() {
      parts.expectations().forEach(expectation -> looks.add(expectation.at()));
      long interval = parts.config().monitor().slidingInterval().toMillis();
      this.diary = new TestDiary(parts.start(), interval, looks);
      this.replay = new Replay(parts.config(), parts.start(), diary);
      for (InputSeries input : parts.series()) {
        sources.add(input.source(parts.start(), sources.size()));
      }
      parts.records().forEach(input -> cursors.add(new RecordCursor(input)));
    }

    private TestDiary run() {
      parts.registered().forEach(replay::apply);
      NavigableSet<Long> stops = new TreeSet<>(looks);
      parts.events().forEach(event -> stops.add(event.at()));
      long end = end(stops);
      long pane = parts.config().monitor().evaluationInterval().toMillis();
      doEvents(0);
      for (long now = 0; now < end; ) {
        Long stop = stops.higher(now);
        long next = Math.min(end, now - now % pane + pane);
        next = stop == null ? next : Math.min(next, stop);
        long time = parts.start() + next;
        sources.forEach(source -> source.makeBefore(time, this::add));
        cursors.forEach(cursor -> cursor.addBefore(time));
        replay.advance(time);
        now = next;
        doEvents(now);
      }
      return diary;
    }

    private long end(NavigableSet<Long> stops) {
      long end = stops.isEmpty() ? 0 : stops.last();
      for (InputSeries input : parts.series()) {
        end = Math.max(end, input.end());
      }
      long pane = parts.config().monitor().evaluationInterval().toMillis();
      for (RecordedInput input : parts.records()) {
        long last = input.end() - parts.start();
        end = Math.max(end, last - Math.floorMod(last, pane) + pane);
      }
      return end;
    }

    private void add(Execution execution) {
      if (!replay.add(execution)) {
        throw new IllegalStateException("an execution came late: " + execution.timestamp());
      }
    }

    private void doEvents(long now) {
      boolean any = false;
      for (; nextEvent < parts.events().size() && parts.events().get(nextEvent).at() <= now; ) {
        happens(parts.events().get(nextEvent++));
        any = true;
      }
      if (any) {
        replay.advance(parts.start() + now);
      }
    }

    private void happens(TestEvent event) {
      Instant at = Instant.ofEpochMilli(parts.start() + event.at());
      if (event instanceof TestEvent.RegistryStep step) {
        step.changes().forEach(replay::apply);
      } else if (event instanceof TestEvent.Silencing silencing) {
        replay.apply(OperatorCommand.silenced(++commands, at, silencing.silence()));
      } else if (event instanceof TestEvent.SilenceEnd end) {
        replay.apply(OperatorCommand.silenceEnded(++commands, at, end.by(), end.silenceId()));
      } else if (event instanceof TestEvent.Acknowledgement ack) {
        acknowledge(ack, at);
      }
    }

    private void acknowledge(TestEvent.Acknowledgement ack, Instant at) {
      String alertId = diary.firingNow(ack.alert());
      if (alertId == null) {
        impossible.add(ack);
        return;
      }
      String promptId = ack.alert().promptVersion().promptId();
      replay.apply(
          OperatorCommand.acknowledged(++commands, at, ack.by(), promptId, alertId, ack.comment()));
    }

    /** How far a file has been read. */
    private final class RecordCursor {
      private final RecordedInput input;
      private final List<RecordedInput.TimedChange> changes;
      private int nextExecution;
      private int nextChange;

      private RecordCursor(RecordedInput input) {
        this.input = input;
        this.changes = input.feedbackChanges();
      }

      private void addBefore(long time) {
        while (nextExecution < input.executions().size()
            && input.executions().get(nextExecution).timestamp() < time) {
          add(input.executions().get(nextExecution++));
        }
        while (nextChange < changes.size() && changes.get(nextChange).time() < time) {
          // What came later than the feedback horizon does not count.
          replay.add(changes.get(nextChange++).update());
        }
      }
    }
  }
}
