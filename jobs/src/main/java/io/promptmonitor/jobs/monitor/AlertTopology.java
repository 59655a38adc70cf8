package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertExemplar;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.alerts.AlertEscalation;
import io.promptmonitor.jobs.alerts.AlertEvaluation;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.rollback.RollbackRegistryFactory;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;

/**
 * The part of the streaming job that follows alerts: evaluations of sliding windows in, what
 * happens to alerts and what people are told out.
 *
 * <pre>
 * evaluations of sliding windows        registry changes, commands of operators
 *    │                                       │
 *    └──keyBy version──► alert evaluation ◄──┤ broadcast
 *                          │   │  │          │
 *                          │   │  └──► ROLLBACKS ──► RollbackTopology ──► rollbacks
 *                          │   │                         │ its alerts
 *                          │   └──────────► events of alerts, exemplars
 *                          └──keyBy prompt──►│
 *                                    alert escalation ──► ESCALATIONS
 *                                            └─────────► notifications
 * </pre>
 */
public final class AlertTopology {

  private final DeploymentConfig config;
  private final EscalationClock clock;
  private final RollbackRegistryFactory registries;

  /**
   * The streams that leave the topology.
   *
   * @param events transitions of alerts, each an episode's, without news of data
   * @param statuses where rules are: the events, and news of data
   * @param exemplars executions as evidence
   * @param escalations where escalations are
   * @param notifications what is to be sent
   * @param rollbacks what became of what rules demand of the rollback protocol
   */
  public record Outputs(
      DataStream<AlertEvent> events,
      DataStream<AlertEvent> statuses,
      DataStream<AlertExemplar> exemplars,
      DataStream<EscalationRow> escalations,
      DataStream<Notification> notifications,
      DataStream<RollbackRecord> rollbacks) {}

  /**
   * The topology for a configuration.
   *
   * @param registries where versions are switched
   */
  public AlertTopology(
      DeploymentConfig config, EscalationClock clock, RollbackRegistryFactory registries) {
    this.config = config;
    this.clock = clock;
    this.registries = registries;
  }

  /** Adds the topology behind the rows of windows and the evaluations of sliding ones. */
  public Outputs build(
      DataStream<WindowUpdate> windows,
      DataStream<SlidingWindows> evaluations,
      DataStream<RegistrySignal> registryChanges) {
    SingleOutputStreamOperator<AlertEvent> statuses =
        evaluations
            .keyBy(SlidingWindows::promptVersion, RecordTypeInfo.PROMPT_VERSION)
            .connect(registryChanges.broadcast())
            .transform(
                "alert-evaluation",
                RecordTypeInfo.ALERT_EVENT,
                new AlertEvaluation(
                    RuleSet.of(config.alerting()), config.monitor().slidingInterval().toMillis()))
            .uid("alert-evaluation");
    RollbackTopology.Outputs rollbacks =
        new RollbackTopology(config.alerting(), clock, registries)
            .build(windows, statuses.getSideOutput(AlertEvaluation.ROLLBACKS), registryChanges);
    DataStream<AlertEvent> events =
        statuses
            .filter(event -> event.change() != Change.DATA)
            .returns(RecordTypeInfo.ALERT_EVENT)
            .name("alert-events")
            .uid("alert-events")
            .union(rollbacks.alerts());
    SingleOutputStreamOperator<Notification> notifications =
        events
            .keyBy(event -> event.key().promptVersion().promptId(), Types.STRING)
            .connect(registryChanges.broadcast())
            .transform(
                "alert-escalation",
                RecordTypeInfo.NOTIFICATION,
                new AlertEscalation(config.alerting(), config.grouping(), clock))
            .uid("alert-escalation");
    SingleOutputStreamOperator<AlertExemplar> exemplars =
        events
            .flatMap(new ExemplarsOfEvent())
            .returns(RecordTypeInfo.ALERT_EXEMPLAR)
            .name("alert-exemplars")
            .uid("alert-exemplars");
    return new Outputs(
        events,
        statuses,
        exemplars,
        notifications.getSideOutput(AlertEscalation.ESCALATIONS),
        notifications,
        rollbacks.rollbacks());
  }

  /** An element for each execution that an event has as evidence. */
  private static final class ExemplarsOfEvent
      implements FlatMapFunction<AlertEvent, AlertExemplar> {
    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(AlertEvent event, Collector<AlertExemplar> out) {
      String alertId = event.alertId();
      if (alertId != null) {
        event.exemplars().forEach(exemplar -> out.collect(new AlertExemplar(alertId, exemplar)));
      }
    }
  }
}
