package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rollback protocol of one prompt: triggers of rules in, the switch in the registry, and then
 * the watch over the version that is active since. Rollbacks by operators, and those that an
 * earlier run of the job carried out without living to know it, are watched just as well: they come
 * in as changes of the registry.
 *
 * <p>The switch itself is a transaction of the registry, with the safeguards; a decision has the id
 * of the alert's episode and is carried out once, so everything here may be done again after a
 * crash. What the registry cannot do now, because it is away, is tried again with the next
 * evaluation at which the rule still holds.
 *
 * <p>A state machine on event time. It needs {@link #wake} at {@link #wakeUpAt} of event time, and
 * at {@link #wakeUpAtWallClock} by the clock of the machine. Not thread-safe.
 */
public final class PromptRollbacks {

  /** After how long a trigger is forgotten that says nothing any more. */
  static final long TRIGGER_MEMORY = 15 * 60_000;

  /**
   * How old what a trigger saw may be for a version to be switched, by the clock of the machine.
   */
  static final long MAX_AGE = 10 * 60_000;

  /** How long after a switch somebody may still begin to watch it. */
  private static final long MAX_ADOPTION_AGE = Duration.ofHours(24).toMillis();

  private static final long RETRY = 5_000;

  private static final String MORE = " — promptmon rollbacks show ";

  /** What happens to what the protocol has to say. */
  public interface Output {

    /** A row of {@code rollback_event}. */
    void rollback(RollbackRecord record);

    /** Something people are told. */
    void alert(AlertEvent event);

    /** The registry could not be asked; it will be again. */
    void registryUnavailable(RegistryException problem);
  }

  /**
   * A trigger that goes on and has not led to a switch.
   *
   * @param detectedAt when the first demand came, by the clock of the machine
   * @param lastDemand event time of the last one
   * @param refusal why it did not; null if the registry could not be asked
   * @param settled whether there is no use in trying again before something changes
   * @param triedAt event time of the last try
   * @param held what was written of it; null if nothing was
   */
  private record Attempt(
      String triggerId,
      String version,
      long detectedAt,
      long lastDemand,
      @Nullable Refusal refusal,
      boolean settled,
      long triedAt,
      @Nullable RollbackRecord held) {

    Attempt demanded(long time) {
      return new Attempt(triggerId, version, detectedAt, time, refusal, settled, triedAt, held);
    }

    Attempt refused(Refusal why, long time, @Nullable RollbackRecord record) {
      return new Attempt(
          triggerId, version, detectedAt, lastDemand, why, why.settles(), time, record);
    }

    Attempt unsettled() {
      return new Attempt(triggerId, version, detectedAt, lastDemand, refusal, false, triedAt, held);
    }
  }

  /** A switch that this protocol made and the registry's changes may not have told yet. */
  private record LastSwitch(String to, long registryEventId) {}

  /** All that is kept. */
  private record State(
      List<Attempt> attempts,
      List<RollbackWatch> watches,
      List<AlertEvent> alerts,
      @Nullable LastSwitch lastSwitch,
      List<String> heardOf,
      long retryAt) {}

  private final String promptId;
  private final AutoRollback config;
  private final List<String> escalateTo;
  private final Map<String, Attempt> attempts = new TreeMap<>();
  private final List<RollbackWatch> watches = new ArrayList<>();

  /** Alerts that fire, in the order in which they began. */
  private final List<AlertEvent> alerts = new ArrayList<>();

  private @Nullable LastSwitch lastSwitch;

  /** Rollbacks that were heard of and not yet read. */
  private final List<String> heardOf = new ArrayList<>();

  private long retryAt = Long.MAX_VALUE;

  /**
   * Of a prompt with which nothing is going on.
   *
   * @param escalateTo channels that are told at once if a rollback did not help
   */
  public PromptRollbacks(String promptId, AutoRollback config, List<String> escalateTo) {
    this.promptId = promptId;
    this.config = config;
    this.escalateTo = List.copyOf(escalateTo);
  }

  // Triggers

  /** Takes the demand of a rule. */
  public void take(RollbackTrigger trigger, RollbackContext context, Output output) {
    String version = trigger.promptVersion().version();
    if (!version.equals(activeVersion(context))) {
      // What is left of it in the windows; or a replay that began anew after it had switched.
      if (!context.live() && (trigger.isFirst() || attempts.containsKey(trigger.triggerId()))) {
        attempts.remove(trigger.triggerId());
        heardOf.add(trigger.triggerId());
        readWhatWasHeardOf(context, output);
      }
      return;
    }
    Attempt before = attempts.get(trigger.triggerId());
    Attempt attempt =
        before == null
            ? new Attempt(
                trigger.triggerId(),
                version,
                context.wallClock(),
                trigger.time(),
                null,
                false,
                trigger.time(),
                null)
            : before.demanded(trigger.time());
    attempts.put(trigger.triggerId(), attempt);
    if (!attempt.settled) {
      attempt(trigger, attempt, context, output);
    }
  }

  private void attempt(
      RollbackTrigger trigger, Attempt attempt, RollbackContext context, Output output) {
    RegisteredVersion failing = Objects.requireNonNull(registered(trigger, context));
    SemanticVersion reference = failing.rollbackReference();
    String target = reference == null ? null : reference.toString();
    RollbackDecision decision =
        RollbackDecision.of(
            trigger,
            config,
            context.traffic().lastDay(target == null ? "" : target, trigger.time()));
    Draft draft = new Draft(new RollbackDraft(trigger, decision), attempt, context, output);
    String stale = stale(trigger, failing, context);
    if (stale != null) {
      hold(draft, Refusal.STALE, stale, target);
      return;
    }
    Refusal refusal = decision.refusal();
    if (refusal != null) {
      hold(draft, refusal, decision.reason(), target);
      return;
    }
    draft.rollback.detected(attempt.detectedAt, context.wallClock());
    try {
      String verified = context.registry().verifiedTarget(promptId, attempt.version);
      draft.rollback.verified(verified, context.wallClock());
      draft.rollback.taken(
          RollbackSnapshot.of(context.traffic(), attempt.version, verified, trigger.time()),
          context.wallClock());
      if (!config.enabled() || !failing.definition().rollback().autoRollbackEnabled()) {
        hold(draft, Refusal.DISABLED, disabled(verified), verified);
        return;
      }
      RollbackOrder order =
          new RollbackOrder(
              draft.rollback.toSwitch(verified), config.minInterval(), config.maxPerDay());
      begin(context.registry().switchBack(order), context, output);
    } catch (RegistryException e) {
      refused(draft, e, target);
    } catch (IllegalArgumentException e) {
      output.registryUnavailable(
          new RegistryException(
              RegistryException.Reason.UNAVAILABLE, "the registry: " + e.getMessage(), e));
    }
  }

  /** A rollback that is being tried. */
  private record Draft(
      RollbackDraft rollback, Attempt attempt, RollbackContext context, Output output) {}

  private @Nullable RegisteredVersion registered(RollbackTrigger trigger, RollbackContext context) {
    return context.versions().version(trigger.promptVersion());
  }

  /** The version that is active, as far as is known here; null if the prompt is not registered. */
  private @Nullable String activeVersion(RollbackContext context) {
    LastSwitch own = lastSwitch;
    if (own != null && own.registryEventId > context.versions().lastEventId()) {
      return own.to;
    }
    SemanticVersion active = context.versions().activeVersion(promptId);
    return active == null ? null : active.toString();
  }

  /**
   * Why what was seen says nothing about the version as it is served now; null if it does. The
   * window must lie in the time in which the version has been active: before, it may have been
   * tried out, or have been active and rolled back. In a replay, where the registry's times mean
   * nothing, a version is active from its first execution on.
   */
  private @Nullable String stale(
      RollbackTrigger trigger, RegisteredVersion failing, RollbackContext context) {
    long age = context.wallClock() - trigger.time();
    if (context.live() && age > MAX_AGE) {
      return "what the rule saw is " + age / 60_000 + " minutes old";
    }
    AlertReading reading = trigger.reading();
    long window = reading == null ? 0 : reading.window();
    Instant deployed = failing.deployment().deployedAt();
    long activeSince =
        !context.live()
            ? context.traffic().begins(trigger.promptVersion().version())
            : deployed == null ? Long.MIN_VALUE : deployed.toEpochMilli();
    return trigger.time() - window < activeSince
        ? "the version has not been active for as long as the rule's window, "
            + window / 60_000
            + " min"
        : null;
  }

  private String disabled(String target) {
    return "it would have been rolled back to "
        + target
        + "; automatic rollback is switched off "
        + (config.enabled()
            ? "for this version (auto_rollback_enabled: false)"
            : "(auto_rollback.enabled: false)");
  }

  private void refused(Draft draft, RegistryException problem, @Nullable String target) {
    String said = Objects.requireNonNullElse(problem.getMessage(), problem.reason().toString());
    switch (problem.reason()) {
      case ILLEGAL_TRANSITION, NO_ACTIVE_VERSION, UNKNOWN_PROMPT ->
          // Somebody was faster; what they did comes as a change of the registry.
          attempts.remove(draft.attempt.triggerId);
      case INVALID_ROLLBACK_TARGET, UNKNOWN_VERSION ->
          hold(draft, target == null ? Refusal.NO_TARGET : Refusal.INVALID_TARGET, said, target);
      case TAMPERED -> hold(draft, Refusal.TAMPERED_TARGET, said, target);
      case ROLLBACK_LIMIT -> hold(draft, Refusal.TOO_SOON, said, target);
      case INTERVENTION_REQUIRED -> hold(draft, Refusal.MANUAL_INTERVENTION_REQUIRED, said, target);
      case AUTO_ROLLBACK_DISABLED -> hold(draft, Refusal.DISABLED, said, target);
      case NOT_AUTHORIZED -> hold(draft, Refusal.NOT_AUTHORIZED, said, target);
      default -> draft.output.registryUnavailable(problem);
    }
  }

  /** Takes note that a trigger does not lead to a switch now, and says so once. */
  private void hold(Draft draft, Refusal refusal, String reason, @Nullable String target) {
    Attempt attempt = draft.attempt;
    RollbackTrigger trigger = draft.rollback.trigger();
    if (attempt.refusal == refusal) {
      attempts.put(attempt.triggerId, attempt.refused(refusal, trigger.time(), attempt.held));
      return;
    }
    RollbackRecord record =
        draft.rollback.refused(refusal, reason, target, draft.context.wallClock());
    attempts.put(attempt.triggerId, attempt.refused(refusal, trigger.time(), record));
    draft.output.rollback(record);
    RollbackAlert alert = refusal.alert();
    if (alert != null && !isFiring(alert)) {
      fire(
          alert,
          trigger.promptVersion(),
          reason + MORE + attempt.triggerId,
          trigger.reading(),
          List.of(),
          trigger.time(),
          draft.context,
          draft.output);
    }
  }

  // Switches

  /** A rollback happened: it is told, and watched. */
  private void begin(RollbackRecord record, RollbackContext context, Output output) {
    Long eventId = record.registryEventId();
    String to = record.toVersion();
    if (eventId == null || to == null) {
      throw new IllegalArgumentException("not a rollback that happened: " + record.rollbackId());
    }
    if (lastSwitch == null || eventId > lastSwitch.registryEventId) {
      lastSwitch = new LastSwitch(to, eventId);
    }
    // In a replay the watch may have ended before there was a checkpoint: all is said once more.
    boolean over =
        record.outcome() != null && (context.live() || !to.equals(activeVersion(context)));
    if (over || watches.stream().anyMatch(w -> w.isOf(record.rollbackId()))) {
      return;
    }
    attempts.remove(record.rollbackId());
    switched(context, output);
    RollbackWatch watch = RollbackWatch.of(record, context);
    RollbackCause cause = record.cause();
    fire(
        record.kind() == Kind.AUTOMATIC
            ? RollbackAlert.ROLLED_BACK
            : RollbackAlert.ROLLED_BACK_BY_OPERATOR,
        new PromptVersionId(promptId, record.fromVersion()),
        RollbackText.happened(record),
        cause == null ? null : cause.reading(),
        List.of(),
        watch.switchedAt(),
        context,
        output);
    RollbackRecord told =
        RollbackSteps.told(record, watch, Instant.ofEpochMilli(context.wallClock()));
    watches.add(watch.with(told));
    output.rollback(told);
  }

  /** Another version is active: what was going on about the one before is over. */
  private void switched(RollbackContext context, Output output) {
    List.copyOf(attempts.values())
        .forEach(attempt -> drop(attempt, "then another version became active", output));
    for (RollbackWatch watch : List.copyOf(watches)) {
      conclude(watch, true, context, output);
    }
    end(
        alert -> !RollbackAlert.MANUAL_INTERVENTION.isOf(alert),
        Cause.RULE_REMOVED,
        context,
        output);
  }

  /** What is held back and was not done for so long never will be. */
  private void drop(Attempt attempt, String why, Output output) {
    attempts.remove(attempt.triggerId);
    RollbackRecord held = attempt.held;
    if (held != null && held.status() == Status.HELD_BACK) {
      output.rollback(RollbackSteps.over(held, why));
    }
  }

  /**
   * Takes a change of the registry about the prompt, after it was applied to the view.
   *
   * @param isNew whether it happened while the job was running, or was stopped; not before its
   *     first run
   */
  public void changed(RegistryEvent event, boolean isNew, RollbackContext context, Output output) {
    attempts.replaceAll((id, attempt) -> attempt.unsettled());
    LastSwitch own = lastSwitch;
    if (event.toVersion() == null || (own != null && event.eventId() <= own.registryEventId)) {
      return;
    }
    lastSwitch = null;
    // When an operator rolled back, in the time of a replay, nobody knows.
    if (event.kind() == RegistryEvent.Kind.ROLLED_BACK
        && (context.live() || event.decisionId() != null)) {
      if (isNew(event, isNew, context)) {
        String decision = event.decisionId();
        heardOf.add(decision != null ? decision : RollbackRecord.manualId(event.eventId()));
        readWhatWasHeardOf(context, output);
      }
    } else {
      switched(context, output);
    }
  }

  private static boolean isNew(RegistryEvent event, boolean isNew, RollbackContext context) {
    long age = context.wallClock() - event.at().toEpochMilli();
    return context.live() ? age <= (isNew ? MAX_ADOPTION_AGE : RollbackWatch.LENGTH) : isNew;
  }

  private void readWhatWasHeardOf(RollbackContext context, Output output) {
    retryAt = Long.MAX_VALUE;
    for (Iterator<String> ids = heardOf.iterator(); ids.hasNext(); ) {
      try {
        RollbackRecord record = context.registry().recorded(ids.next());
        ids.remove();
        if (record != null && record.status() == Status.SWITCHED) {
          begin(record, context, output);
        }
      } catch (RegistryException e) {
        output.registryUnavailable(e);
        retryAt = context.wallClock() + RETRY;
        return;
      }
    }
  }

  /** An operator has looked: the prompt may be rolled back automatically again. */
  public void cleared(RollbackContext context, Output output) {
    attempts.replaceAll((id, attempt) -> attempt.unsettled());
    end(RollbackAlert.MANUAL_INTERVENTION::isOf, Cause.CONDITION, context, output);
  }

  // Time

  /** Does what is due. */
  public void wake(RollbackContext context, Output output) {
    if (!heardOf.isEmpty() && (retryAt <= context.wallClock() || !context.live())) {
      readWhatWasHeardOf(context, output);
    }
    for (RollbackWatch watch : List.copyOf(watches)) {
      if (isOver(watch, context)) {
        conclude(watch, false, context, output);
      }
    }
    if (context.eventTime() == Long.MIN_VALUE) {
      return; // No event time yet.
    }
    long forgotten = context.eventTime() - TRIGGER_MEMORY;
    for (Attempt attempt : List.copyOf(attempts.values())) {
      if (attempt.lastDemand <= forgotten) {
        drop(attempt, "then the rule demanded it no longer", output);
      }
    }
    attempts.replaceAll(
        (id, attempt) -> attempt.triedAt <= forgotten ? attempt.unsettled() : attempt);
    if (attempts.isEmpty()) {
      end(RollbackAlert.NOT_POSSIBLE::isOf, Cause.CONDITION, context, output);
    }
  }

  private static boolean isOver(RollbackWatch watch, RollbackContext context) {
    return watch.until() <= context.eventTime()
        || (context.live() && watch.deadline() <= context.wallClock());
  }

  /** The executions have ended, and not at a time: what is being watched is judged by what came. */
  public void finish(RollbackContext context, Output output) {
    if (!heardOf.isEmpty()) {
      readWhatWasHeardOf(context, output);
    }
    for (RollbackWatch watch : List.copyOf(watches)) {
      conclude(watch, false, context, output);
    }
  }

  private void conclude(
      RollbackWatch watch, boolean replaced, RollbackContext context, Output output) {
    watches.remove(watch);
    RollbackReview review = RollbackReview.of(watch, replaced, context);
    RollbackRecord done =
        RollbackSteps.concluded(watch.record(), review, Instant.ofEpochMilli(context.wallClock()));
    output.rollback(done);
    if (review.outcome() == RollbackOutcome.NOT_RECOVERED && !replaced) {
      String to = Objects.requireNonNull(done.toVersion());
      fire(
          RollbackAlert.NOT_RECOVERED,
          new PromptVersionId(promptId, to),
          review.reason() + MORE + done.rollbackId(),
          null,
          escalateTo,
          review.at(),
          context,
          output);
    } else {
      Cause cause =
          review.outcome() == RollbackOutcome.NO_DATA
              ? Cause.NO_DATA
              : review.outcome() == RollbackOutcome.RECOVERED
                  ? Cause.CONDITION
                  : Cause.RULE_REMOVED;
      end(alert -> isOf(alert, watch), cause, context, output);
    }
  }

  private static boolean isOf(AlertEvent alert, RollbackWatch watch) {
    return (RollbackAlert.ROLLED_BACK.isOf(alert)
            || RollbackAlert.ROLLED_BACK_BY_OPERATOR.isOf(alert))
        && alert.key().promptVersion().version().equals(watch.record().fromVersion());
  }

  /** When to {@link #wake} by event time; {@link Long#MAX_VALUE} for never. */
  public long wakeUpAt() {
    long next = Long.MAX_VALUE;
    for (RollbackWatch watch : watches) {
      next = Math.min(next, watch.until());
    }
    for (Attempt attempt : attempts.values()) {
      long since =
          attempt.settled ? Math.min(attempt.lastDemand, attempt.triedAt) : attempt.lastDemand;
      next = Math.min(next, since + TRIGGER_MEMORY);
    }
    return next;
  }

  /** When to {@link #wake} by the clock of the machine; {@link Long#MAX_VALUE} for never. */
  public long wakeUpAtWallClock() {
    long next = heardOf.isEmpty() ? Long.MAX_VALUE : retryAt;
    for (RollbackWatch watch : watches) {
      next = Math.min(next, watch.deadline());
    }
    return next;
  }

  // Alerts

  private boolean isFiring(RollbackAlert alert) {
    return alerts.stream().anyMatch(alert::isOf);
  }

  private void fire(
      RollbackAlert alert,
      PromptVersionId promptVersion,
      String text,
      @Nullable AlertReading reading,
      List<String> channels,
      long time,
      RollbackContext context,
      Output output) {
    RegisteredVersion version = context.versions().version(promptVersion);
    List<String> all = new ArrayList<>(version == null ? List.of() : version.alertingChannels());
    channels.stream().filter(channel -> !all.contains(channel)).forEach(all::add);
    AlertEvent event = alert.firing(promptVersion, text, reading, all, time);
    alerts.add(event);
    output.alert(event);
  }

  private void end(
      Predicate<AlertEvent> which, Cause cause, RollbackContext context, Output output) {
    for (AlertEvent alert : List.copyOf(alerts)) {
      if (which.test(alert)) {
        alerts.remove(alert);
        output.alert(RollbackAlert.ended(alert, cause, time(context)));
      }
    }
  }

  /** Event time, or before there is any the clock of the machine. */
  private static long time(RollbackContext context) {
    return context.live()
        ? Math.max(context.eventTime(), context.wallClock())
        : context.eventTime();
  }

  // State

  /** Whether there is nothing to be kept. */
  public boolean isEmpty() {
    return attempts.isEmpty()
        && watches.isEmpty()
        && alerts.isEmpty()
        && heardOf.isEmpty()
        && lastSwitch == null;
  }

  /** Forgets a switch that the registry's changes have told meanwhile. */
  public void forgetKnown(RollbackContext context) {
    if (lastSwitch != null && lastSwitch.registryEventId <= context.versions().lastEventId()) {
      lastSwitch = null;
    }
  }

  /** What has to be kept, as JSON. */
  public String toJson() {
    return RollbackJson.write(
        new State(
            List.copyOf(attempts.values()),
            List.copyOf(watches),
            List.copyOf(alerts),
            lastSwitch,
            List.copyOf(heardOf),
            retryAt));
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is anything else
   */
  public static PromptRollbacks fromJson(
      String promptId, AutoRollback config, List<String> escalateTo, String json)
      throws IOException {
    PromptRollbacks rollbacks = new PromptRollbacks(promptId, config, escalateTo);
    State state = RollbackJson.read(json, State.class);
    state.attempts.forEach(attempt -> rollbacks.attempts.put(attempt.triggerId, attempt));
    rollbacks.watches.addAll(state.watches);
    rollbacks.alerts.addAll(state.alerts);
    rollbacks.lastSwitch = state.lastSwitch;
    rollbacks.heardOf.addAll(state.heardOf);
    rollbacks.retryAt = state.retryAt;
    return rollbacks;
  }
}
