package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.rollback.PromptTraffic;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.rollback.RollbackControl;
import io.promptmonitor.jobs.rollback.RollbackRegistryFactory;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The part of the streaming job that takes failing versions out of production: windows and demands
 * of rules in, rollbacks and what people are told of them out.
 *
 * <pre>
 * rows of windows (1 min, 1 h)   rollback triggers     registry changes, commands of operators
 *    │                               │                                │
 *    └────────────┬──────────────────┘                                │
 *             keyBy prompt ──► rollback control ◄──── broadcast ──────┘
 *                                │      │    ▲
 *                                │      │    └──► the registry: verifies, switches
 *                                │      └───────► ALERTS ──► sinks of alerts, escalation
 *                                └──────────────► rollbacks
 * </pre>
 */
final class RollbackTopology {

  private final AlertingConfig alerting;
  private final EscalationClock clock;
  private final RollbackRegistryFactory registries;

  /**
   * The streams that leave the topology.
   *
   * @param rollbacks rows of {@code rollback_event}
   * @param alerts what people are told
   */
  record Outputs(DataStream<RollbackRecord> rollbacks, DataStream<AlertEvent> alerts) {}

  RollbackTopology(
      AlertingConfig alerting, EscalationClock clock, RollbackRegistryFactory registries) {
    this.alerting = alerting;
    this.clock = clock;
    this.registries = registries;
  }

  Outputs build(
      DataStream<WindowUpdate> windows,
      DataStream<RollbackTrigger> triggers,
      DataStream<RegistrySignal> registryChanges) {
    DataStream<RollbackInput> ofWindows =
        windows
            .filter(PromptTraffic::takes)
            .name("rollback-windows")
            .uid("rollback-windows")
            .map(RollbackInput::of, RecordTypeInfo.ROLLBACK_INPUT)
            .name("rollback-traffic")
            .uid("rollback-traffic");
    DataStream<RollbackInput> ofTriggers =
        triggers
            .map(RollbackInput::of, RecordTypeInfo.ROLLBACK_INPUT)
            .name("rollback-demands")
            .uid("rollback-demands");
    SingleOutputStreamOperator<RollbackRecord> rollbacks =
        ofWindows
            .union(ofTriggers)
            .keyBy(RollbackInput::promptId, Types.STRING)
            .connect(registryChanges.broadcast())
            .transform(
                "rollback-control",
                RecordTypeInfo.ROLLBACK_RECORD,
                new RollbackControl(alerting, clock, registries))
            .uid("rollback-control");
    return new Outputs(rollbacks, rollbacks.getSideOutput(RollbackControl.ALERTS));
  }
}
