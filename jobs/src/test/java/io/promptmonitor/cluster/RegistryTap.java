package io.promptmonitor.cluster;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.jobs.registry.BroadcastRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Listens to the broadcast changes of the registry and commands of operators, and keeps in its
 * state how often it took each: what it knows is skipped. It fails where a test wants it to.
 */
final class RegistryTap extends AbstractStreamOperator<Long>
    implements OneInputStreamOperator<RegistrySignal, Long> {

  /** Stands for the news of having caught up. */
  static final long CAUGHT_UP = 0;

  /** Added to the id of a command. */
  static final long COMMAND = 1_000_000;

  private static final long serialVersionUID = 1L;

  private static final MapStateDescriptor<Long, Integer> TIMES =
      new MapStateDescriptor<>("times", Types.LONG, Types.INT);

  private transient BroadcastState<Long, Integer> times;
  private transient BroadcastRegistry registry;

  /** What one subtask has in its state. */
  record Heard(Map<Long, Integer> times, Map<PromptVersionId, RegisteredVersion> versions) {}

  /**
   * What the copies of the operator share with the test, in this JVM: what they have heard, and
   * where they are to fail.
   */
  static final class Probe {
    private static final TreeSet<Long> FAILURES = new TreeSet<>();
    private static final Map<Integer, Heard> HEARD = new TreeMap<>();
    private static long latest;
    private static long latestCommand;
    private static int restores;

    private Probe() {}

    /** Forgets everything, and plans failures at the first sight of these ids. */
    static synchronized void begin(NavigableSet<Long> failures) {
      FAILURES.clear();
      FAILURES.addAll(failures);
      HEARD.clear();
      latest = 0;
      latestCommand = 0;
      restores = 0;
    }

    /** Forgets what the subtasks heard. */
    static synchronized void forgetSubtasks() {
      HEARD.clear();
    }

    /** What each subtask had in its state when it ended. */
    static synchronized Map<Integer, Heard> heard() {
      return Map.copyOf(HEARD);
    }

    /** How many failures are still to come. */
    static synchronized int failuresLeft() {
      return FAILURES.size();
    }

    /** How often a subtask went on from a checkpoint, with something in its state. */
    static synchronized int restores() {
      return restores;
    }

    private static synchronized void restored() {
      restores++;
    }

    /** Waits until some subtask has come to a change. */
    static synchronized void awaitEvent(long eventId) throws InterruptedException {
      while (latest < eventId) {
        Probe.class.wait();
      }
    }

    /** Waits until some subtask has come to a command. */
    static synchronized void awaitCommand(long commandId) throws InterruptedException {
      while (latestCommand < commandId) {
        Probe.class.wait();
      }
    }

    private static synchronized void hearCommand(long commandId) {
      latestCommand = Math.max(latestCommand, commandId);
      Probe.class.notifyAll();
    }

    private static synchronized void hear(long eventId) {
      if (eventId > latest) {
        latest = eventId;
        Probe.class.notifyAll();
      }
      if (FAILURES.remove(eventId)) {
        throw new IllegalStateException("a failure that a test wants, at event " + eventId);
      }
    }

    private static synchronized void ended(int subtask, Heard heard) {
      HEARD.put(subtask, heard);
    }
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    times = context.getOperatorStateStore().getBroadcastState(TIMES);
    registry = new BroadcastRegistry(context.getOperatorStateStore());
    if (registry.view().lastEventId() > 0) {
      Probe.restored();
    }
  }

  @Override
  public void processElement(StreamRecord<RegistrySignal> element) throws Exception {
    RegistryChange change = element.getValue().change();
    OperatorCommand command = element.getValue().command();
    long id =
        change != null
            ? change.event().eventId()
            : command != null ? COMMAND + command.commandId() : CAUGHT_UP;
    if (command != null && command.commandId() > 1 && times.get(id - 1) == null) {
      throw new IllegalStateException("command " + command.commandId() + " is out of order");
    }
    // After a restart all that is known comes again.
    if (change != null ? !registry.apply(change) : times.contains(id)) {
      return;
    }
    Integer before = times.get(id);
    times.put(id, before == null ? 1 : before + 1);
    if (change != null) {
      Probe.hear(id);
    } else if (command != null) {
      Probe.hearCommand(command.commandId());
    } else {
      registry.catchUp();
      Probe.hear(id);
    }
  }

  @Override
  public void close() throws Exception {
    if (times != null) {
      Map<Long, Integer> all = new HashMap<>();
      times.immutableEntries().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
      Probe.ended(
          getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
          new Heard(all, Map.copyOf(registry.view().versions())));
    }
    super.close();
  }
}
