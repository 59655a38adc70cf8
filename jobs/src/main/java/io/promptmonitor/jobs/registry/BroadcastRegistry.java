package io.promptmonitor.jobs.registry;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The registry in one subtask of an operator that its changes are broadcast to, kept in the
 * operator's broadcast state: every subtask has all of it, whatever the parallelism was when the
 * checkpoint was taken.
 */
public final class BroadcastRegistry {

  private static final MapStateDescriptor<PromptVersionId, RegisteredVersion> VERSIONS =
      new MapStateDescriptor<>(
          "registry-versions", RecordTypeInfo.PROMPT_VERSION, RecordTypeInfo.REGISTERED_VERSION);
  private static final MapStateDescriptor<String, Long> PROGRESS =
      new MapStateDescriptor<>("registry-progress", Types.STRING, Types.LONG);

  private static final String LAST_EVENT_ID = "last-event-id";
  private static final String CAUGHT_UP = "caught-up";

  private final BroadcastState<PromptVersionId, RegisteredVersion> versions;
  private final BroadcastState<String, Long> progress;
  private final RegistryView view;
  private boolean caughtUp;

  /** The registry as the checkpoint held it; empty without one. */
  public BroadcastRegistry(OperatorStateStore store) throws Exception {
    versions = store.getBroadcastState(VERSIONS);
    progress = store.getBroadcastState(PROGRESS);
    Map<PromptVersionId, RegisteredVersion> restored = new HashMap<>();
    for (Map.Entry<PromptVersionId, RegisteredVersion> version : versions.immutableEntries()) {
      restored.put(version.getKey(), version.getValue());
    }
    Long lastEventId = progress.get(LAST_EVENT_ID);
    view = new RegistryView(lastEventId == null ? 0 : lastEventId, restored);
    caughtUp = progress.contains(CAUGHT_UP);
  }

  /**
   * Applies the next change.
   *
   * @return false if it was applied before: nothing happened
   * @throws IllegalStateException if a change before this one is missing, see {@link
   *     RegistryView#apply}
   */
  public boolean apply(RegistryChange change) throws Exception {
    if (!view.apply(change)) {
      return false;
    }
    RegistryEvent event = change.event();
    store(event.promptId(), event.versionId());
    SemanticVersion from = event.fromVersion();
    if (from != null) {
      store(event.promptId(), from);
    }
    progress.put(LAST_EVENT_ID, event.eventId());
    return true;
  }

  private void store(String promptId, SemanticVersion versionId) throws Exception {
    PromptVersionId id = RegistryView.id(promptId, versionId);
    RegisteredVersion version = view.version(id);
    if (version != null) {
      versions.put(id, version);
    }
  }

  /** Takes note that all changes there were when the stream began have been applied. */
  public void catchUp() throws Exception {
    caughtUp = true;
    progress.put(CAUGHT_UP, view.lastEventId());
  }

  /** Whether all changes there were when the stream began have been applied. */
  public boolean isCaughtUp() {
    return caughtUp;
  }

  /** What the changes so far say. */
  public RegistryView view() {
    return view;
  }
}
