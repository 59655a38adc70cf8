-- What rules found out, who was told, and what is known of it. Written by the streaming job; a replay writes the same rows again.

CREATE TABLE promptmon.alert (
    alert_id           text             NOT NULL,
    prompt_id          text             NOT NULL,
    prompt_version     text             NOT NULL,
    rule               text             NOT NULL,
    kind               text             NOT NULL,
    severity           text             NOT NULL,
    condition          text             NOT NULL,
    hold               interval         NOT NULL,
    actions            text[]           NOT NULL,
    phase              text             NOT NULL,
    cause              text             NOT NULL,
    pending_since      timestamptz      NOT NULL,
    fired_at           timestamptz,
    ended_at           timestamptz,
    metric             text,
    value              double precision,
    operator           text,
    threshold          double precision,
    baseline           double precision,
    sample_count       bigint,
    window_length      interval,
    evidence           double precision,
    flagged_for_review boolean          NOT NULL,
    updated_at         timestamptz      NOT NULL DEFAULT now(),

    CONSTRAINT alert_pkey PRIMARY KEY (alert_id),

    CONSTRAINT kind_known     CHECK (kind IN ('alert_rule', 'rollback_trigger', 'manual_review', 'no_data_alert', 'rollback')),
    CONSTRAINT severity_known CHECK (severity IN ('warning', 'critical')),
    CONSTRAINT phase_known    CHECK (phase IN ('pending', 'firing', 'resolved', 'cancelled')),
    CONSTRAINT fired_if_it_did CHECK (CASE phase WHEN 'pending' THEN fired_at IS NULL AND ended_at IS NULL
                                                 WHEN 'firing' THEN fired_at IS NOT NULL AND ended_at IS NULL
                                                 WHEN 'resolved' THEN fired_at IS NOT NULL AND ended_at IS NOT NULL
                                                 ELSE fired_at IS NULL AND ended_at IS NOT NULL END)
);

CREATE INDEX alert_prompt ON promptmon.alert (prompt_id, pending_since);
CREATE INDEX alert_pending_since ON promptmon.alert (pending_since);
CREATE INDEX alert_going_on ON promptmon.alert (prompt_id) WHERE ended_at IS NULL;

CREATE TABLE promptmon.alert_event (
    alert_id     text             NOT NULL,
    at           timestamptz      NOT NULL,
    change       text             NOT NULL,
    cause        text             NOT NULL,
    data_status  text             NOT NULL,
    reason       text,
    metric       text,
    value        double precision,
    threshold    double precision,
    baseline     double precision,
    sample_count bigint,
    window_length interval,
    evidence     double precision,
    written_at   timestamptz      NOT NULL DEFAULT now(),

    -- No foreign key: the rows of an alert and of its events are written by different sinks.
    CONSTRAINT alert_event_pkey PRIMARY KEY (alert_id, at, change),

    CONSTRAINT change_known      CHECK (change IN ('pending', 'firing', 'resolved', 'cancelled')),
    CONSTRAINT data_status_known CHECK (data_status IN ('sufficient', 'insufficient_data', 'no_data'))
);

CREATE INDEX alert_event_at ON promptmon.alert_event (at);

CREATE TABLE promptmon.alert_exemplar (
    alert_id          text        NOT NULL,
    execution_id_hash text        NOT NULL,
    executed_at       timestamptz NOT NULL,
    latency_ms        integer     NOT NULL,
    success           boolean     NOT NULL,
    error_type        text,
    model             text,
    branch            text,
    input_hash        text,
    output_hash       text,
    expires_at        timestamptz NOT NULL,

    CONSTRAINT alert_exemplar_pkey PRIMARY KEY (alert_id, execution_id_hash)
);

CREATE INDEX alert_exemplar_expires_at ON promptmon.alert_exemplar (expires_at);

CREATE TABLE promptmon.rule_status (
    prompt_id      text        NOT NULL,
    prompt_version text        NOT NULL,
    rule           text        NOT NULL,
    kind           text        NOT NULL,
    severity       text        NOT NULL,
    phase          text        NOT NULL,
    data_status    text        NOT NULL,
    reason         text,
    since          timestamptz NOT NULL,
    alert_id       text,
    updated_at     timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT rule_status_pkey PRIMARY KEY (prompt_id, prompt_version, rule),

    CONSTRAINT phase_known       CHECK (phase IN ('inactive', 'pending', 'firing')),
    CONSTRAINT data_status_known CHECK (data_status IN ('sufficient', 'insufficient_data', 'no_data'))
);

CREATE TABLE promptmon.alert_escalation (
    alert_id             text        NOT NULL,
    prompt_id            text        NOT NULL,
    firing_since         timestamptz NOT NULL,
    told_at              timestamptz,
    escalated_at         timestamptz,
    acknowledged_at      timestamptz,
    acknowledged_by      text,
    acknowledged_comment text,
    muted_by             text,
    due_at               timestamptz,
    messages             integer     NOT NULL,
    ended_at             timestamptz,
    updated_at           timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT alert_escalation_pkey PRIMARY KEY (alert_id),

    CONSTRAINT acknowledged_by_someone CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

CREATE INDEX alert_escalation_due_at ON promptmon.alert_escalation (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE promptmon.notification (
    notification_id text        NOT NULL,
    -- What one writer writes about a prompt is sent in the order in which it was written.
    position        bigint      GENERATED ALWAYS AS IDENTITY,
    channel         text        NOT NULL,
    prompt_id       text        NOT NULL,
    content         jsonb       NOT NULL,
    created_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    status          text        NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    attempt_log     jsonb       NOT NULL DEFAULT '[]',
    first_attempt_at timestamptz,
    last_error      text,
    next_attempt_at timestamptz,
    claimed_by      text,
    claimed_until   timestamptz,
    settled_at      timestamptz,

    CONSTRAINT notification_pkey PRIMARY KEY (notification_id),

    CONSTRAINT status_known      CHECK (status IN ('pending', 'sent', 'failed', 'unconfigured', 'recorded', 'superseded')),
    CONSTRAINT settled_if_it_is  CHECK ((status = 'pending') = (settled_at IS NULL)),
    CONSTRAINT attempts_positive CHECK (attempts >= 0)
);

CREATE INDEX notification_pending ON promptmon.notification (channel, prompt_id, position) WHERE status = 'pending';
CREATE INDEX notification_received_at ON promptmon.notification (received_at);
CREATE INDEX notification_prompt ON promptmon.notification (prompt_id, created_at);

-- What each row of the outbox says, by what makes two messages the same: what was said once is not said again in other company.
CREATE TABLE promptmon.notification_message (
    channel         text    NOT NULL,
    alert_id        text    NOT NULL,
    reason          text    NOT NULL,
    repetition      integer NOT NULL,
    notification_id text    NOT NULL,

    CONSTRAINT notification_message_pkey PRIMARY KEY (channel, alert_id, reason, repetition),
    CONSTRAINT notification_message_notification FOREIGN KEY (notification_id)
        REFERENCES promptmon.notification (notification_id) ON DELETE CASCADE,

    CONSTRAINT reason_known       CHECK (reason IN ('firing', 'repeated', 'escalated', 'acknowledged', 'resolved')),
    CONSTRAINT numbered_if_repeated CHECK ((reason = 'repeated') = (repetition > 0))
);

CREATE INDEX notification_message_notification ON promptmon.notification_message (notification_id);
CREATE INDEX notification_message_alert ON promptmon.notification_message (alert_id);

CREATE TABLE promptmon.notification_channel (
    channel          text        NOT NULL,
    last_sent_at     timestamptz,
    failing_since    timestamptz,
    last_error       text,
    outage_told_at   timestamptz,
    recovery_told_at timestamptz,
    updated_at       timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT notification_channel_pkey PRIMARY KEY (channel),

    CONSTRAINT error_while_failing CHECK ((failing_since IS NULL) = (last_error IS NULL))
);

REVOKE ALL ON promptmon.alert, promptmon.alert_event, promptmon.alert_exemplar, promptmon.rule_status, promptmon.alert_escalation,
    promptmon.notification, promptmon.notification_message, promptmon.notification_channel FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE ON promptmon.alert, promptmon.alert_event, promptmon.alert_exemplar, promptmon.alert_escalation,
    promptmon.notification, promptmon.notification_message, promptmon.notification_channel TO promptmon_job;
-- A rule that no longer holds for a version has no status.
GRANT SELECT, INSERT, UPDATE, DELETE ON promptmon.rule_status TO promptmon_job;
GRANT SELECT ON promptmon.alert, promptmon.alert_event, promptmon.rule_status, promptmon.alert_escalation, promptmon.notification,
    promptmon.notification_message, promptmon.notification_channel TO promptmon_operator, promptmon_analyst, promptmon_investigator;
-- Single executions, if only by their hashes.
GRANT SELECT ON promptmon.alert_exemplar TO promptmon_operator, promptmon_investigator;


COMMENT ON TABLE promptmon.alert IS 'One row per episode of an alert: a rule whose condition began to hold for a prompt version, and what became of it.';
COMMENT ON COLUMN promptmon.alert.alert_id IS 'Identifies the episode: the same for rule, prompt, version and beginning, also after a restart or in a replay. The dedup key of notifications.';
COMMENT ON COLUMN promptmon.alert.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.alert.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.alert.rule IS 'Name of the rule.';
COMMENT ON COLUMN promptmon.alert.kind IS 'Where the rule comes from: alert_rule, rollback_trigger, manual_review, no_data_alert, or rollback for what the rollback protocol tells.';
COMMENT ON COLUMN promptmon.alert.severity IS 'warning or critical.';
COMMENT ON COLUMN promptmon.alert.condition IS 'The condition of the rule, with the version''s own threshold if it has one.';
COMMENT ON COLUMN promptmon.alert.hold IS 'How long the condition must hold before the alert fires.';
COMMENT ON COLUMN promptmon.alert.actions IS 'What the rule does when it fires: alert, auto_rollback, flag_for_review.';
COMMENT ON COLUMN promptmon.alert.phase IS 'pending, firing, resolved (it fired) or cancelled (it never fired).';
COMMENT ON COLUMN promptmon.alert.cause IS 'Why it is in that phase: condition, no_data, insufficient_data, rule_changed, rule_removed or superseded (a later episode began before this one was ended).';
COMMENT ON COLUMN promptmon.alert.pending_since IS 'When the condition began to hold (event time).';
COMMENT ON COLUMN promptmon.alert.fired_at IS 'When the alert began to fire (event time). NULL if it did not.';
COMMENT ON COLUMN promptmon.alert.ended_at IS 'When the alert was resolved or cancelled (event time). NULL while it goes on.';
COMMENT ON COLUMN promptmon.alert.metric IS 'The metric that tells most about why. NULL if nothing was seen, as when there are no executions.';
COMMENT ON COLUMN promptmon.alert.value IS 'Value of the metric, in its unit, when the alert began to fire; while pending, when that began.';
COMMENT ON COLUMN promptmon.alert.operator IS 'How it was compared: >, >=, < or <=.';
COMMENT ON COLUMN promptmon.alert.threshold IS 'What it was compared with, in the same unit.';
COMMENT ON COLUMN promptmon.alert.baseline IS 'The version''s baseline that the threshold was made from. NULL if it was not made from one.';
COMMENT ON COLUMN promptmon.alert.sample_count IS 'How many executions, ratings or scores the value is taken from.';
COMMENT ON COLUMN promptmon.alert.window_length IS 'Length of the window that was looked at; it ended at that time.';
COMMENT ON COLUMN promptmon.alert.evidence IS 'How many times more probable the window is under a worse version (e-value). NULL if the rule does not ask for evidence.';
COMMENT ON COLUMN promptmon.alert.flagged_for_review IS 'Whether the alert fired and marked the version for a person to look at.';
COMMENT ON COLUMN promptmon.alert.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON TABLE promptmon.alert_event IS 'One row per transition in the life of an alert.';
COMMENT ON COLUMN promptmon.alert_event.alert_id IS 'The episode.';
COMMENT ON COLUMN promptmon.alert_event.at IS 'When (event time).';
COMMENT ON COLUMN promptmon.alert_event.change IS 'What happened: pending, firing, resolved or cancelled.';
COMMENT ON COLUMN promptmon.alert_event.cause IS 'Why: condition, no_data, insufficient_data, rule_changed or rule_removed.';
COMMENT ON COLUMN promptmon.alert_event.data_status IS 'Whether the rule could be decided: sufficient, insufficient_data or no_data.';
COMMENT ON COLUMN promptmon.alert_event.reason IS 'Why it could not be decided, in words. NULL if it could.';
COMMENT ON COLUMN promptmon.alert_event.metric IS 'The metric that tells most. NULL if nothing was seen.';
COMMENT ON COLUMN promptmon.alert_event.value IS 'Value of the metric at that time, in its unit. NULL if it is not known.';
COMMENT ON COLUMN promptmon.alert_event.threshold IS 'What it was compared with, in the same unit.';
COMMENT ON COLUMN promptmon.alert_event.baseline IS 'The version''s baseline that the threshold was made from. NULL if it was not made from one.';
COMMENT ON COLUMN promptmon.alert_event.sample_count IS 'How many executions, ratings or scores the value is taken from.';
COMMENT ON COLUMN promptmon.alert_event.window_length IS 'Length of the window that was looked at.';
COMMENT ON COLUMN promptmon.alert_event.evidence IS 'How many times more probable the window is under a worse version (e-value). NULL if the rule does not ask for evidence.';
COMMENT ON COLUMN promptmon.alert_event.written_at IS 'When the row was first written (clock of the database).';

COMMENT ON TABLE promptmon.alert_exemplar IS 'Up to five executions of the window in which an alert began to fire, by their hashes, as evidence.';
COMMENT ON COLUMN promptmon.alert_exemplar.alert_id IS 'The episode.';
COMMENT ON COLUMN promptmon.alert_exemplar.execution_id_hash IS '64-bit hash of the execution''s id, hexadecimal.';
COMMENT ON COLUMN promptmon.alert_exemplar.executed_at IS 'When it was executed (event time).';
COMMENT ON COLUMN promptmon.alert_exemplar.latency_ms IS 'Its latency in milliseconds.';
COMMENT ON COLUMN promptmon.alert_exemplar.success IS 'Whether it succeeded.';
COMMENT ON COLUMN promptmon.alert_exemplar.error_type IS 'Kind of the failure. NULL if it succeeded or stated none.';
COMMENT ON COLUMN promptmon.alert_exemplar.model IS 'Name of the model. NULL if it was not stated.';
COMMENT ON COLUMN promptmon.alert_exemplar.branch IS 'The conditional path taken. NULL if it was not stated.';
COMMENT ON COLUMN promptmon.alert_exemplar.input_hash IS '64-bit hash of context.input_hash, hexadecimal. NULL if it was not stated.';
COMMENT ON COLUMN promptmon.alert_exemplar.output_hash IS '64-bit hash of context.output_hash, hexadecimal. NULL if it was not stated.';
COMMENT ON COLUMN promptmon.alert_exemplar.expires_at IS 'From when on the row is not shown any more, and is removed when promptmon retention next runs.';

COMMENT ON TABLE promptmon.rule_status IS 'One row per rule and prompt version that ever was anything but inactive with enough data: where it is now, and why it cannot be decided.';
COMMENT ON COLUMN promptmon.rule_status.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.rule_status.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.rule_status.rule IS 'Name of the rule.';
COMMENT ON COLUMN promptmon.rule_status.kind IS 'Where the rule comes from: alert_rule, rollback_trigger, manual_review, no_data_alert, or rollback for what the rollback protocol tells.';
COMMENT ON COLUMN promptmon.rule_status.severity IS 'warning or critical.';
COMMENT ON COLUMN promptmon.rule_status.phase IS 'inactive, pending or firing.';
COMMENT ON COLUMN promptmon.rule_status.data_status IS 'Whether the rule can be decided: sufficient, insufficient_data or no_data.';
COMMENT ON COLUMN promptmon.rule_status.reason IS 'Why it cannot be decided, in words. NULL if it can.';
COMMENT ON COLUMN promptmon.rule_status.since IS 'When the last change of phase or data_status was (event time).';
COMMENT ON COLUMN promptmon.rule_status.alert_id IS 'The episode that goes on. NULL if none does.';
COMMENT ON COLUMN promptmon.rule_status.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON TABLE promptmon.alert_escalation IS 'One row per episode that fired and that people are told of: who was told when, and what is due next. Times by the clock of escalation: that of the machine live, event time in replays.';
COMMENT ON COLUMN promptmon.alert_escalation.alert_id IS 'The episode.';
COMMENT ON COLUMN promptmon.alert_escalation.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.alert_escalation.firing_since IS 'When escalation learnt that the alert fires.';
COMMENT ON COLUMN promptmon.alert_escalation.told_at IS 'When people were last told that it fires. NULL if they were not.';
COMMENT ON COLUMN promptmon.alert_escalation.escalated_at IS 'When it was escalated. NULL if it was not.';
COMMENT ON COLUMN promptmon.alert_escalation.acknowledged_at IS 'When somebody took it on. NULL if nobody did.';
COMMENT ON COLUMN promptmon.alert_escalation.acknowledged_by IS 'Who took it on: the database''s user.';
COMMENT ON COLUMN promptmon.alert_escalation.acknowledged_comment IS 'What they said. NULL if nothing.';
COMMENT ON COLUMN promptmon.alert_escalation.muted_by IS 'Why nobody is told now: a silence, or a worse alert. NULL if it is not muted.';
COMMENT ON COLUMN promptmon.alert_escalation.due_at IS 'When the next message is due. NULL if none is. If this is long past, and was not yet when the row was written, escalation does not work.';
COMMENT ON COLUMN promptmon.alert_escalation.messages IS 'How many messages there were.';
COMMENT ON COLUMN promptmon.alert_escalation.ended_at IS 'When the alert was resolved. NULL while it fires.';
COMMENT ON COLUMN promptmon.alert_escalation.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON TABLE promptmon.notification IS 'The outbox: one row per message to a channel, written before it is sent, with what became of it.';
COMMENT ON COLUMN promptmon.notification.notification_id IS 'Identifies the notification by what it was to say, so that the same one is the same row.';
COMMENT ON COLUMN promptmon.notification.position IS 'In which order the rows were written; those about a prompt are sent to a channel in this order.';
COMMENT ON COLUMN promptmon.notification.channel IS 'Name of the channel.';
COMMENT ON COLUMN promptmon.notification.prompt_id IS 'Identifier of the prompt it is about. Empty if it is about the monitor itself.';
COMMENT ON COLUMN promptmon.notification.content IS 'What it says: see docs/notifications.md.';
COMMENT ON COLUMN promptmon.notification.created_at IS 'When it was made, by the clock of escalation: that of the machine live, event time in replays.';
COMMENT ON COLUMN promptmon.notification.due_at IS 'When the earliest of what it says was due.';
COMMENT ON COLUMN promptmon.notification.received_at IS 'When the row was written (clock of the database).';
COMMENT ON COLUMN promptmon.notification.status IS 'pending (to be sent), sent, failed (given up), unconfigured (the deployment has no such channel), recorded (a replay, which sends nothing) or superseded (a repetition that was not sent before there was something newer).';
COMMENT ON COLUMN promptmon.notification.attempts IS 'How often it was tried to send it.';
COMMENT ON COLUMN promptmon.notification.attempt_log IS 'The first attempt and the last nine: at, took_ms (milliseconds), result (sent, retry or refused) and answer.';
COMMENT ON COLUMN promptmon.notification.first_attempt_at IS 'When it was first tried. NULL if it was not.';
COMMENT ON COLUMN promptmon.notification.last_error IS 'Why the last attempt failed. NULL if it did not.';
COMMENT ON COLUMN promptmon.notification.next_attempt_at IS 'When it is tried again. NULL for as soon as possible, or never.';
COMMENT ON COLUMN promptmon.notification.claimed_by IS 'Who is sending it now. NULL if nobody is.';
COMMENT ON COLUMN promptmon.notification.claimed_until IS 'Until when nobody else will try.';
COMMENT ON COLUMN promptmon.notification.settled_at IS 'When it was sent or given up. NULL while it is pending.';

COMMENT ON TABLE promptmon.notification_message IS 'One row per message about an alert that a channel was told, or is to be told, and the notification that says it. Deleted with the notification.';
COMMENT ON COLUMN promptmon.notification_message.channel IS 'Name of the channel.';
COMMENT ON COLUMN promptmon.notification_message.alert_id IS 'The episode.';
COMMENT ON COLUMN promptmon.notification_message.reason IS 'Why it is said: firing, repeated, escalated, acknowledged or resolved.';
COMMENT ON COLUMN promptmon.notification_message.repetition IS 'Of what is repeated, the number of the message about the episode. 0 for all others, which are said once.';
COMMENT ON COLUMN promptmon.notification_message.notification_id IS 'The notification that says it.';

COMMENT ON TABLE promptmon.notification_channel IS 'One row per channel that anything was sent to: whether it works.';
COMMENT ON COLUMN promptmon.notification_channel.channel IS 'Name of the channel.';
COMMENT ON COLUMN promptmon.notification_channel.last_sent_at IS 'When something last got through. NULL if nothing did.';
COMMENT ON COLUMN promptmon.notification_channel.failing_since IS 'When the first attempt failed since then. NULL if none did: the channel works.';
COMMENT ON COLUMN promptmon.notification_channel.last_error IS 'Why the last attempt failed. NULL if the channel works.';
COMMENT ON COLUMN promptmon.notification_channel.outage_told_at IS 'When those on other channels were last told that this one fails. NULL if never.';
COMMENT ON COLUMN promptmon.notification_channel.recovery_told_at IS 'When they were last told that it works again. NULL if never.';
COMMENT ON COLUMN promptmon.notification_channel.updated_at IS 'When the row was last written (clock of the database).';
