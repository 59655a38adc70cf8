package io.promptmonitor.jobs.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * A keyed {@link RegistryFollower} that processes nothing before the registry has caught up: in the
 * job's first run, what arrives waits in memory. None of it is in a checkpoint, and none is lost by
 * that: the operators before this one wait for the same news, and barriers are aligned, so whatever
 * they send comes after it in the checkpoint's order.
 *
 * @param <K> the key
 * @param <I> the first input
 * @param <O> the output
 */
public abstract class PatientRegistryFollower<K, I, O> extends RegistryFollower<I, O> {

  private static final long serialVersionUID = 1L;

  private transient @Nullable List<StreamRecord<I>> early;

  /** Processes what came in, under its key. */
  protected abstract void process(I value) throws Exception;

  @Override
  public final void processElement1(StreamRecord<I> element) throws Exception {
    if (isCaughtUp()) {
      process(element.getValue());
    } else {
      if (early == null) {
        early = new ArrayList<>();
      }
      // The runtime reuses the record, not the value.
      early.add(new StreamRecord<>(element.getValue()));
    }
  }

  @Override
  protected final void begin() throws Exception {
    List<StreamRecord<I>> waiting = early;
    early = null;
    if (waiting != null) {
      for (StreamRecord<I> element : waiting) {
        setKeyContextElement1(element);
        process(element.getValue());
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    if (early != null) {
      throw new IllegalStateException("something came before the registry, across a barrier");
    }
    super.snapshotState(context);
  }

  /** Whether the state of a key is kept by this subtask. */
  protected final boolean owns(K key) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  /** The keys of this subtask for which the state {@code name} holds anything. */
  @SuppressWarnings("unchecked") // the backend was made for the keys of this operator
  protected final Set<K> keys(String name) {
    try (Stream<K> keys =
        getKeyedStateBackend().getKeys(name, VoidNamespace.INSTANCE).map(key -> (K) key)) {
      return keys.collect(Collectors.toSet());
    }
  }
}
