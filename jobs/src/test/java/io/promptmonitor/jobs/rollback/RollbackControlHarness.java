package io.promptmonitor.jobs.rollback;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.jobs.alerts.EscalationClock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** {@link RollbackControl} with both inputs and both clocks in the test's hand. */
final class RollbackControlHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        String, RollbackInput, RegistrySignal, RollbackRecord> {

  static final int MAX_PARALLELISM = 8;

  /** That of the harnesses in this JVM: an operator is serialized, and a registry cannot be. */
  private static RollbackRegistry registry;

  RollbackControlHarness(
      RollbackRegistry of,
      AlertingConfig alerting,
      EscalationClock clock,
      int parallelism,
      int subtask)
      throws Exception {
    super(
        new RollbackControl(alerting, clock, factory(of)),
        RollbackInput::promptId,
        null,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask);
  }

  private static RollbackRegistryFactory factory(RollbackRegistry of) {
    registry = of;
    return () -> registry;
  }

  void input(RollbackInput input) throws Exception {
    processElement1(new StreamRecord<>(input));
  }

  void eventTime(long time) throws Exception {
    processWatermark1(new Watermark(time));
  }

  void signal(RegistrySignal signal) throws Exception {
    processElement2(new StreamRecord<>(signal));
  }

  void signals(List<RegistrySignal> signals) throws Exception {
    for (RegistrySignal signal : signals) {
      signal(signal);
    }
  }

  List<RollbackRecord> records() {
    return extractOutputValues();
  }

  RollbackRecord last() {
    List<RollbackRecord> records = records();
    return records.get(records.size() - 1);
  }

  /** What people were told, in the order in which they were. */
  List<String> told() {
    return Objects.requireNonNullElse(
            getSideOutput(RollbackControl.ALERTS),
            new ConcurrentLinkedQueue<StreamRecord<AlertEvent>>())
        .stream()
        .map(StreamRecord::getValue)
        .map(RollbackControlHarness::shown)
        .toList();
  }

  private static String shown(AlertEvent alert) {
    return alert.change()
        + " "
        + alert.key().rule()
        + " "
        + alert.key().promptVersion()
        + (alert.change() == Change.FIRING ? "" : " " + alert.cause());
  }

  int timersLeft() {
    return numEventTimeTimers() + numProcessingTimeTimers();
  }

  /** How many windows of a prompt are kept, and the index of them. */
  int trafficEntries(String promptId) throws Exception {
    KeyedStateBackend<String> backend =
        ((AbstractStreamOperator<?>) getOperator()).getKeyedStateBackend();
    backend.setCurrentKey(promptId);
    MapState<String, byte[]> traffic =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>(
                "traffic", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    int entries = 0;
    for (String key : traffic.keys()) {
      entries += key.isEmpty() ? 0 : 1;
    }
    return entries;
  }
}
