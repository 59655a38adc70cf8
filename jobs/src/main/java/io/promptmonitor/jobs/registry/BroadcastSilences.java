package io.promptmonitor.jobs.registry;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The silences of operators in one subtask of an operator that commands are broadcast to, kept in
 * the operator's broadcast state until they end, or for good in a replay. A silence is in the time
 * of the machine; in a replay it is compared with event time.
 */
public final class BroadcastSilences {

  private static final MapStateDescriptor<String, Silence> SILENCES =
      new MapStateDescriptor<>("silences", Types.STRING, RecordTypeInfo.SILENCE);
  private static final MapStateDescriptor<String, Long> PROGRESS =
      new MapStateDescriptor<>("command-progress", Types.STRING, Types.LONG);

  private static final String LAST_COMMAND_ID = "last-command-id";
  private static final String CAUGHT_UP = "caught-up";

  private final BroadcastState<String, Silence> state;
  private final BroadcastState<String, Long> progress;
  private final Map<String, Silence> silences = new TreeMap<>();
  private final boolean replay;
  private long lastCommandId;
  private boolean caughtUp;

  /**
   * The silences as the checkpoint held them; none without one.
   *
   * @param replay whether the past is looked at, in which silences hold that have ended by now
   */
  public BroadcastSilences(OperatorStateStore store, boolean replay) throws Exception {
    this.replay = replay;
    state = store.getBroadcastState(SILENCES);
    progress = store.getBroadcastState(PROGRESS);
    for (Map.Entry<String, Silence> entry : state.immutableEntries()) {
      silences.put(entry.getKey(), entry.getValue());
    }
    Long last = progress.get(LAST_COMMAND_ID);
    lastCommandId = last == null ? 0 : last;
    caughtUp = progress.contains(CAUGHT_UP);
  }

  /**
   * Applies the next command.
   *
   * @return false if it was applied before: nothing happened
   * @throws IOException if a command before this one is missing
   */
  public boolean apply(OperatorCommand command) throws Exception {
    if (command.commandId() <= lastCommandId) {
      return false;
    }
    if (command.commandId() != lastCommandId + 1) {
      throw new IOException(
          "command %d follows command %d: those in between were missed"
              .formatted(command.commandId(), lastCommandId));
    }
    Silence silence = command.silence();
    String ended = command.silenceId();
    if (silence != null) {
      silences.put(silence.id(), silence);
      state.put(silence.id(), silence);
    } else if (ended != null) {
      silences.remove(ended);
      state.remove(ended);
    }
    lastCommandId = command.commandId();
    progress.put(LAST_COMMAND_ID, lastCommandId);
    if (!replay) {
      forgetEnded(command.at().toEpochMilli());
    }
    return true;
  }

  /**
   * Only commands change this state, so that it is the same in all subtasks: what has ended goes
   * with the next command.
   */
  private void forgetEnded(long now) throws Exception {
    Iterator<Silence> all = silences.values().iterator();
    while (all.hasNext()) {
      Silence silence = all.next();
      if (silence.endsAt() <= now) {
        all.remove();
        state.remove(silence.id());
      }
    }
  }

  /** The silences that begin or last after a time. */
  public List<Silence> at(long now) {
    List<Silence> lasting = new ArrayList<>(0);
    for (Silence silence : silences.values()) {
      if (now < silence.endsAt()) {
        lasting.add(silence);
      }
    }
    return lasting;
  }

  /** Takes note that all commands there were when the stream began have been applied. */
  public void catchUp() throws Exception {
    caughtUp = true;
    progress.put(CAUGHT_UP, lastCommandId);
  }

  /** Whether all commands there were when the stream began have been applied. */
  public boolean isCaughtUp() {
    return caughtUp;
  }
}
