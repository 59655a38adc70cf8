package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertExemplar;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Type information of a record with a serializer of its own, so that it never falls back to Kryo.
 *
 * @param <T> the record
 */
public final class RecordTypeInfo<T> extends TypeInformation<T> {

  /** What sources emit. */
  public static final RecordTypeInfo<Ingested> INGESTED =
      new RecordTypeInfo<>(Ingested.class, IngestedSerializer.INSTANCE);

  /** What goes to the table of dead letters. */
  public static final RecordTypeInfo<DeadLetter> DEAD_LETTER =
      new RecordTypeInfo<>(DeadLetter.class, DeadLetterSerializer.INSTANCE);

  /** The key of all windows. */
  public static final RecordTypeInfo<PromptVersionId> PROMPT_VERSION =
      new RecordTypeInfo<>(PromptVersionId.class, PromptVersionIdSerializer.INSTANCE);

  /** What crosses the shuffle. */
  public static final RecordTypeInfo<PaneUpdate> PANE_UPDATE =
      new RecordTypeInfo<>(PaneUpdate.class, PaneUpdateSerializer.INSTANCE);

  /** What goes to the table of windows. */
  public static final RecordTypeInfo<WindowUpdate> WINDOW_UPDATE =
      new RecordTypeInfo<>(WindowUpdate.class, WindowUpdateSerializer.INSTANCE);

  /** What rules look at. */
  public static final RecordTypeInfo<SlidingWindows> SLIDING_WINDOWS =
      new RecordTypeInfo<>(SlidingWindows.class, SlidingWindowsSerializer.INSTANCE);

  /** What the change stream of the registry carries. */
  public static final RecordTypeInfo<RegistrySignal> REGISTRY_SIGNAL =
      new RecordTypeInfo<>(RegistrySignal.class, RegistrySignalSerializer.INSTANCE);

  /** What operators know of a version of a prompt. */
  public static final RecordTypeInfo<RegisteredVersion> REGISTERED_VERSION =
      new RecordTypeInfo<>(RegisteredVersion.class, RegisteredVersionSerializer.INSTANCE);

  /** What operators silence. */
  public static final RecordTypeInfo<Silence> SILENCE =
      new RecordTypeInfo<>(Silence.class, SilenceSerializer.INSTANCE);

  /** What happens to alerts. */
  public static final RecordTypeInfo<AlertEvent> ALERT_EVENT =
      new RecordTypeInfo<>(AlertEvent.class, AlertEventSerializer.INSTANCE);

  /** What is evidence for alerts. */
  public static final RecordTypeInfo<AlertExemplar> ALERT_EXEMPLAR =
      new RecordTypeInfo<>(AlertExemplar.class, AlertExemplarSerializer.INSTANCE);

  /** What is handed to the rollback protocol. */
  public static final RecordTypeInfo<RollbackTrigger> ROLLBACK_TRIGGER =
      new RecordTypeInfo<>(RollbackTrigger.class, RollbackTriggerSerializer.INSTANCE);

  /** What the rollback protocol takes. */
  public static final RecordTypeInfo<RollbackInput> ROLLBACK_INPUT =
      new RecordTypeInfo<>(RollbackInput.class, RollbackInputSerializer.INSTANCE);

  /** What goes to the table of rollbacks. */
  public static final RecordTypeInfo<RollbackRecord> ROLLBACK_RECORD =
      new RecordTypeInfo<>(RollbackRecord.class, RollbackRecordSerializer.INSTANCE);

  /** What people are told. */
  public static final RecordTypeInfo<Notification> NOTIFICATION =
      new RecordTypeInfo<>(Notification.class, NotificationSerializer.INSTANCE);

  /** What goes to the table of escalations. */
  public static final RecordTypeInfo<EscalationRow> ESCALATION_ROW =
      new RecordTypeInfo<>(EscalationRow.class, EscalationRowSerializer.INSTANCE);

  private final Class<T> type;
  private final TypeSerializer<T> serializer;

  /** Type information of {@code type}, which {@code serializer} (without state) writes. */
  public RecordTypeInfo(Class<T> type, TypeSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer.duplicate();
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof RecordTypeInfo;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecordTypeInfo<?> that
        && type.equals(that.type)
        && serializer.equals(that.serializer);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, serializer);
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
