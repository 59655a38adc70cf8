-- Rollbacks: what became of each, automatic ones with their safeguards, and the operators' word that allows them again.

CREATE TABLE promptmon.rollback_event (
    rollback_id       text        NOT NULL,
    kind              text        NOT NULL,
    prompt_id         text        NOT NULL,
    from_version      text        NOT NULL,
    to_version        text,
    status            text        NOT NULL,
    refusal           text,
    refusal_reason    text,
    requested_by      text,
    reason            text        NOT NULL,
    triggered_at      timestamptz,
    switched_at       timestamptz,
    registry_event_id bigint,
    cause             jsonb,
    evidence          jsonb,
    steps             jsonb       NOT NULL,
    snapshot          jsonb,
    watch_until       timestamptz,
    outcome           text,
    outcome_reason    text,
    outcome_at        timestamptz,
    recovery          jsonb,
    stragglers        jsonb,
    analysis          jsonb,
    min_interval      interval,
    max_per_day       integer,
    updated_at        timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT rollback_event_pkey PRIMARY KEY (rollback_id),
    CONSTRAINT rollback_event_registry_event_id_key UNIQUE (registry_event_id),

    CONSTRAINT rollback_id_length       CHECK (char_length(rollback_id) BETWEEN 1 AND 256),
    CONSTRAINT prompt_id_length         CHECK (char_length(prompt_id) BETWEEN 1 AND 256),
    CONSTRAINT kind_known               CHECK (kind IN ('automatic', 'manual')),
    CONSTRAINT status_known             CHECK (status IN ('switched', 'held_back', 'refused')),
    CONSTRAINT refusal_known            CHECK (refusal IN ('too_little_evidence', 'no_evidence_possible', 'low_confidence', 'stale', 'disabled', 'no_target',
                                                           'tampered_target', 'invalid_target', 'too_soon', 'manual_intervention_required', 'not_authorized')),
    CONSTRAINT refusal_if_not_switched  CHECK ((refusal IS NULL) = (status = 'switched')),
    CONSTRAINT refusal_reason_of_refusal CHECK (refusal_reason IS NULL OR refusal IS NOT NULL),
    CONSTRAINT switched_is_complete     CHECK (CASE WHEN status = 'switched' THEN to_version IS NOT NULL AND requested_by IS NOT NULL AND switched_at IS NOT NULL
                                                              AND registry_event_id IS NOT NULL
                                                    ELSE requested_by IS NULL AND switched_at IS NULL AND registry_event_id IS NULL END),
    CONSTRAINT goes_to_another_version  CHECK (to_version <> from_version),
    CONSTRAINT automatic_is_triggered   CHECK (kind = 'manual' OR triggered_at IS NOT NULL),
    -- Nobody can take the id of an operator's rollback before that happens.
    CONSTRAINT manual_is_of_an_event    CHECK (CASE WHEN kind = 'manual' THEN (rollback_id = 'manual-' || registry_event_id) IS TRUE
                                                    ELSE rollback_id NOT LIKE 'manual-%' END),
    CONSTRAINT reason_length            CHECK (char_length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT cause_is_an_object       CHECK (jsonb_typeof(cause) = 'object'),
    CONSTRAINT evidence_is_an_object    CHECK (jsonb_typeof(evidence) = 'object'),
    CONSTRAINT steps_is_an_array        CHECK (jsonb_typeof(steps) = 'array'),
    CONSTRAINT snapshot_is_an_object    CHECK (jsonb_typeof(snapshot) = 'object'),
    CONSTRAINT stragglers_is_an_object  CHECK (jsonb_typeof(stragglers) = 'object'),
    CONSTRAINT outcome_known            CHECK (outcome IN ('recovered', 'not_recovered', 'no_data')),
    CONSTRAINT outcome_has_a_time       CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
    CONSTRAINT outcome_of_a_switch      CHECK (outcome IS NULL OR status = 'switched'),
    CONSTRAINT outcome_reason_of_outcome CHECK (outcome_reason IS NULL OR outcome IS NOT NULL),
    CONSTRAINT limits_of_automatic      CHECK ((min_interval IS NULL) = (max_per_day IS NULL) AND (min_interval IS NULL OR kind = 'automatic' AND status = 'switched'))
);

CREATE INDEX rollback_event_prompt ON promptmon.rollback_event (prompt_id, coalesce(switched_at, triggered_at));
CREATE INDEX rollback_event_happened_at ON promptmon.rollback_event (coalesce(switched_at, triggered_at));
CREATE INDEX rollback_event_watched ON promptmon.rollback_event (prompt_id) WHERE status = 'switched' AND outcome IS NULL;

-- The job writes rows of its own accord, and late ones when it goes on from a checkpoint: none of them undoes what the registry wrote.
CREATE FUNCTION promptmon.rollback_event_keep_switch() RETURNS trigger
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    IF NEW.status <> 'switched' THEN
        RETURN NULL;
    END IF;
    NEW.kind := OLD.kind;
    NEW.prompt_id := OLD.prompt_id;
    NEW.from_version := OLD.from_version;
    NEW.to_version := OLD.to_version;
    NEW.requested_by := OLD.requested_by;
    NEW.reason := OLD.reason;
    NEW.switched_at := OLD.switched_at;
    NEW.registry_event_id := OLD.registry_event_id;
    NEW.min_interval := OLD.min_interval;
    NEW.max_per_day := OLD.max_per_day;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION promptmon.rollback_event_keep_switch() IS
    'Trigger: of a rollback that happened, who switched what and when stays as it is; an update that does not know of the switch is passed over.';

CREATE TRIGGER rollback_event_keeps_switch BEFORE UPDATE ON promptmon.rollback_event
    FOR EACH ROW WHEN (OLD.status = 'switched')
    EXECUTE FUNCTION promptmon.rollback_event_keep_switch();


-- The parts that the functions are made of; they run with the rights of their caller, who has none of his own.

CREATE FUNCTION promptmon.minutes_text(minutes numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN minutes < 1 THEN 'less than a minute' WHEN minutes = 1 THEN '1 minute' ELSE minutes::bigint || ' minutes' END;
COMMENT ON FUNCTION promptmon.minutes_text(numeric) IS 'A number of minutes in words, for messages.';

CREATE FUNCTION promptmon.rollback_step(step text, at timestamptz, detail text) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object('step', step, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'status', 'done', 'detail', detail);
COMMENT ON FUNCTION promptmon.rollback_step(text, timestamptz, text) IS 'A step of a rollback that was taken, as in steps of rollback_event.';

CREATE FUNCTION promptmon.rollback_record(entry promptmon.rollback_event, event promptmon.registry_event) RETURNS promptmon.rollback_event
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    entry.prompt_id := event.prompt_id;
    entry.from_version := event.from_version;
    entry.to_version := event.to_version;
    entry.status := 'switched';
    entry.refusal := NULL;
    entry.refusal_reason := NULL;
    entry.requested_by := event.actor;
    entry.reason := event.reason;
    entry.switched_at := event.at;
    entry.registry_event_id := event.event_id;
    entry.updated_at := clock_timestamp();
    -- What was held back, or a row that somebody else put there: only the registry knows what happened.
    DELETE FROM rollback_event r WHERE r.rollback_id = entry.rollback_id OR r.registry_event_id = event.event_id;
    INSERT INTO rollback_event SELECT entry.*;
    RETURN entry;
END
$$;
COMMENT ON FUNCTION promptmon.rollback_record(promptmon.rollback_event, promptmon.registry_event) IS
    'Writes a rollback that an event of the registry is, with what the event says of it.';

CREATE FUNCTION promptmon.rollback_record_manual(event promptmon.registry_event, received_at timestamptz) RETURNS promptmon.rollback_event
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    entry rollback_event;
BEGIN
    entry.rollback_id := 'manual-' || event.event_id;
    entry.kind := 'manual';
    entry.steps := jsonb_build_array(
        rollback_step('receive', received_at, format('%s: %s', event.actor, event.reason)),
        rollback_step('authorize', received_at, CASE
            WHEN (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user) THEN format('%s is a superuser of the database', session_user)
            WHEN pg_has_role(session_user, 'promptmon_operator', 'MEMBER') THEN format('%s has the role promptmon_operator', session_user)
            ELSE format('%s may execute registry_rollback', session_user) END),
        rollback_step('confirm', event.at, format('%s was deployed before and is what was registered (SHA-256 %s)', event.to_version,
            (SELECT v.prompt_hash FROM prompt_version v WHERE v.prompt_id = event.prompt_id AND v.version_id = event.to_version))),
        rollback_step('execute', event.at, format('%s → %s', event.from_version, event.to_version)));
    RETURN rollback_record(entry, event);
END
$$;
COMMENT ON FUNCTION promptmon.rollback_record_manual(promptmon.registry_event, timestamptz) IS
    'Writes an operator''s rollback with its steps so far, in the transaction that carries it out.';

CREATE FUNCTION promptmon.rollback_intervention_since(prompt_id text, max_per_day integer) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = promptmon, pg_temp
RETURN (
    SELECT min(switch.at)
    FROM (
        SELECT e.at, e.at - lag(e.at, greatest(rollback_intervention_since.max_per_day, 1) - 1) OVER (ORDER BY e.event_id) AS span
        FROM promptmon.registry_event e
        WHERE e.prompt_id = rollback_intervention_since.prompt_id AND e.decision_id IS NOT NULL
            AND e.at > coalesce((
                SELECT max(c.at) FROM promptmon.operator_command c
                WHERE c.kind = 'rollbacks_cleared' AND c.prompt_id = rollback_intervention_since.prompt_id), '-infinity')
    ) AS switch
    WHERE switch.span < interval '24 hours');
COMMENT ON FUNCTION promptmon.rollback_intervention_since(text, integer) IS
    'Since when a prompt is not rolled back automatically any more, because it was max_per_day times within 24 hours, until an operator clears it; NULL if it may be. It follows from registry_event and operator_command alone.';

-- The same in Java: io.promptmonitor.common.rollback.RollbackSafeguards. A test compares both, messages included.
CREATE FUNCTION promptmon.rollback_check_limits(a_prompt_id text, a_time timestamptz, min_interval interval, max_per_day integer) RETURNS void
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    since_last CONSTANT interval := a_time - (SELECT max(e.at) FROM registry_event e
                                              WHERE e.prompt_id = a_prompt_id AND e.decision_id IS NOT NULL);
BEGIN
    IF max_per_day = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PM015', MESSAGE = format(
            '%s is not to be rolled back automatically (at most 0 times a day); an operator can', a_prompt_id);
    ELSIF rollback_intervention_since(a_prompt_id, max_per_day) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PM013', MESSAGE = format(
            '%1$s was rolled back automatically %2$s in 24 hours; an operator has to look, and then: promptmon rollbacks clear %1$s',
            a_prompt_id, CASE max_per_day WHEN 1 THEN 'once' ELSE max_per_day || ' times' END);
    ELSIF since_last < min_interval THEN
        RAISE EXCEPTION USING ERRCODE = 'PM008', MESSAGE = format(
            '%s was rolled back automatically %s ago; the next one may be in %s',
            a_prompt_id,
            minutes_text(floor(extract(epoch FROM since_last) / 60)),
            minutes_text(ceil(extract(epoch FROM min_interval - since_last) / 60)));
    END IF;
END
$$;
COMMENT ON FUNCTION promptmon.rollback_check_limits(text, timestamptz, interval, integer) IS
    'An error if a prompt must not be rolled back automatically at a time, because it was too lately or too often.';


-- What the streaming job calls.

CREATE FUNCTION promptmon.rollback_verified_target(prompt_id text, failing_version text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = promptmon, pg_temp AS $$
DECLARE
    active CONSTANT prompt_version := registry_failing_version(rollback_verified_target.prompt_id, rollback_verified_target.failing_version);
    target CONSTANT prompt_version := registry_rollback_target(active, active.rollback_reference);
BEGIN
    RETURN target.version_id;
END
$$;
COMMENT ON FUNCTION promptmon.rollback_verified_target(text, text) IS
    'The version that a rollback from an active version would go to, checked as rollback_automatic does; an error if there is none. Changes nothing, and waits for nobody.';

CREATE FUNCTION promptmon.rollback_automatic(details jsonb, min_interval interval, max_per_day integer) RETURNS promptmon.rollback_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    entry rollback_event;
    recorded rollback_event;
    active prompt_version;
    event registry_event;
BEGIN
    IF (jsonb_typeof(details) = 'object') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the details of a rollback must be a JSON object';
    ELSIF (rollback_automatic.min_interval >= interval '0') IS NOT TRUE OR (rollback_automatic.max_per_day >= 0) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'the least time between automatic rollbacks, and how many there may be a day, must not be negative';
    END IF;
    entry := jsonb_populate_record(NULL::rollback_event, details);
    IF entry.kind IS DISTINCT FROM 'automatic' OR entry.rollback_id IS NULL OR entry.prompt_id IS NULL OR entry.from_version IS NULL
        OR registry_reason(entry.reason) IS NULL
    THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'an automatic rollback needs a rollback_id, a prompt_id, a from_version, a reason, and the kind "automatic"';
    ELSIF (jsonb_typeof(entry.steps) = 'array') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the steps of a rollback must be an array';
    END IF;
    SELECT * INTO event FROM registry_event e WHERE e.decision_id = entry.rollback_id;
    IF FOUND THEN
        IF (event.prompt_id, event.from_version) IS DISTINCT FROM (entry.prompt_id, entry.from_version) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
                'decision %s was to roll back %s@%s, not %s@%s',
                entry.rollback_id, event.prompt_id, event.from_version, entry.prompt_id, entry.from_version);
        END IF;
        SELECT * INTO recorded FROM rollback_event r WHERE r.rollback_id = entry.rollback_id AND r.registry_event_id = event.event_id;
        IF FOUND THEN
            RETURN recorded;
        END IF;
    ELSE
        active := registry_failing_version(entry.prompt_id, entry.from_version);
        IF NOT active.auto_rollback_enabled THEN
            RAISE EXCEPTION USING ERRCODE = 'PM015', MESSAGE = format(
                '%s@%s is not to be rolled back automatically (auto_rollback_enabled: false); an operator can',
                active.prompt_id, active.version_id);
        END IF;
        PERFORM rollback_check_limits(entry.prompt_id, change_time, rollback_automatic.min_interval, rollback_automatic.max_per_day);
        -- A version that fails is not kept because there is much to say about it.
        event := registry_go_back(
            change_time, active, active.rollback_reference, left(registry_reason(entry.reason), 1000), entry.rollback_id);
    END IF;
    entry.min_interval := rollback_automatic.min_interval;
    entry.max_per_day := rollback_automatic.max_per_day;
    entry.steps := entry.steps || rollback_step('switch', event.at, format('%s → %s', event.from_version, event.to_version));
    RETURN rollback_record(entry, event);
END
$$;
COMMENT ON FUNCTION promptmon.rollback_automatic(jsonb, interval, integer) IS
    'Carries out a decision to roll back a version, and records it in rollback_event: if the version is active at this moment and may be rolled back automatically, and only to its rollback reference; not again within min_interval, and not any more after max_per_day rollbacks within 24 hours, until an operator clears it. The limits are those of the deployment''s configuration: whoever may call this could give others. details is the row to be, as JSON; rollback_id is the decision. A decision that was carried out is not carried out again: the row it led to is returned as it is.';


-- What operators call.

CREATE FUNCTION promptmon.rollbacks_clear(prompt_id text, comment text) RETURNS promptmon.operator_command
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    a_prompt_id CONSTANT text := rollbacks_clear.prompt_id;
    command operator_command;
BEGIN
    command.comment := registry_reason(rollbacks_clear.comment);
    IF command.comment IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a comment must say why';
    ELSIF NOT EXISTS (SELECT FROM prompt p WHERE p.prompt_id = a_prompt_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PM001', MESSAGE = format('no version of prompt %s is registered', a_prompt_id);
    -- The limit is the job's, and may have become lower since: whatever was counted can be cleared.
    ELSIF rollback_intervention_since(a_prompt_id, 1) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PM014', MESSAGE = format('nothing keeps %s from being rolled back automatically', a_prompt_id);
    END IF;
    command.at := change_time;
    command.kind := 'rollbacks_cleared';
    command.prompt_id := a_prompt_id;
    RETURN operator_command_append(command);
END
$$;
COMMENT ON FUNCTION promptmon.rollbacks_clear(text, text) IS
    'Allows automatic rollbacks of a prompt again after there were as many as there may be in 24 hours, or begins to count anew before that. The least time between two of them still holds.';


-- What people look at.

CREATE VIEW promptmon.rollback_history AS
    SELECT r.rollback_id, r.kind, r.prompt_id, r.from_version, r.to_version, r.status, r.refusal, r.refusal_reason, r.requested_by, r.reason,
        coalesce(r.switched_at, r.triggered_at) AS happened_at,
        r.cause ->> 'alert_id' AS alert_id,
        r.cause ->> 'rule' AS rule,
        r.cause ->> 'condition' AS condition,
        r.cause ->> 'severity' AS severity,
        r.cause ->> 'confidence' AS confidence,
        r.cause ->> 'metric' AS metric,
        (r.cause ->> 'value')::double precision AS value,
        r.cause ->> 'operator' AS operator,
        (r.cause ->> 'threshold')::double precision AS threshold,
        (r.cause ->> 'sample_count')::bigint AS sample_count,
        make_interval(secs => (r.cause ->> 'window_seconds')::double precision) AS window_length,
        (r.cause ->> 'pending_since')::timestamptz AS pending_since,
        (r.cause ->> 'firing_since')::timestamptz AS firing_since,
        r.triggered_at, r.switched_at,
        extract(epoch FROM r.switched_at - r.triggered_at)::double precision AS seconds_to_switch,
        (r.evidence ->> 'e_value')::double precision AS e_value,
        (r.evidence ->> 'needed')::double precision AS e_value_needed,
        (r.evidence ->> 'counted')::bigint AS counted,
        (r.evidence ->> 'executions')::bigint AS executions,
        (r.evidence ->> 'slower_than_ms')::double precision AS slower_than_ms,
        (r.evidence ->> 'reference')::double precision AS reference,
        (r.evidence ->> 'reference_executions')::bigint AS reference_executions,
        r.watch_until, r.outcome, r.outcome_reason, r.outcome_at,
        (r.stragglers ->> 'executions')::bigint AS straggler_executions,
        (r.stragglers ->> 'share')::double precision AS straggler_share,
        (r.stragglers ->> 'lag_seconds')::double precision AS straggler_lag_seconds,
        r.registry_event_id
    FROM promptmon.rollback_event r;

CREATE VIEW promptmon.rollback_allowance AS
    SELECT switches.prompt_id, switches.automatic_24h, switches.counted_24h, switches.last_at,
        CASE WHEN intervention.since IS NULL THEN switches.last_at + limits.min_interval END AS next_at,
        intervention.since AS intervention_since,
        cleared.at AS cleared_at, cleared.actor AS cleared_by, cleared.comment AS cleared_comment,
        limits.min_interval, limits.max_per_day
    FROM (
        SELECT e.prompt_id, max(e.at) AS last_at, max(e.event_id) AS last_event_id,
            count(*) FILTER (WHERE e.at > now() - interval '24 hours') AS automatic_24h,
            count(*) FILTER (WHERE e.at > now() - interval '24 hours' AND NOT EXISTS (
                SELECT FROM promptmon.operator_command c
                WHERE c.kind = 'rollbacks_cleared' AND c.prompt_id = e.prompt_id AND c.at >= e.at)) AS counted_24h
        FROM promptmon.registry_event e
        WHERE e.decision_id IS NOT NULL
        GROUP BY e.prompt_id
    ) AS switches
    LEFT JOIN promptmon.rollback_event limits ON limits.registry_event_id = switches.last_event_id
    LEFT JOIN LATERAL (
        SELECT c.at, c.actor, c.comment FROM promptmon.operator_command c
        WHERE c.kind = 'rollbacks_cleared' AND c.prompt_id = switches.prompt_id
        ORDER BY c.command_id DESC LIMIT 1
    ) AS cleared ON true
    CROSS JOIN LATERAL (SELECT promptmon.rollback_intervention_since(switches.prompt_id, limits.max_per_day) AS since) AS intervention;


REVOKE ALL ON promptmon.rollback_event, promptmon.rollback_history, promptmon.rollback_allowance FROM PUBLIC;
REVOKE ALL ON FUNCTION promptmon.rollback_event_keep_switch(), promptmon.minutes_text(numeric),
    promptmon.rollback_step(text, timestamptz, text),
    promptmon.rollback_record(promptmon.rollback_event, promptmon.registry_event),
    promptmon.rollback_record_manual(promptmon.registry_event, timestamptz),
    promptmon.rollback_intervention_since(text, integer),
    promptmon.rollback_check_limits(text, timestamptz, interval, integer),
    promptmon.rollback_verified_target(text, text),
    promptmon.rollback_automatic(jsonb, interval, integer),
    promptmon.rollbacks_clear(text, text) FROM PUBLIC;

-- The job can switch a version only by rolling back.
GRANT SELECT, INSERT, UPDATE ON promptmon.rollback_event TO promptmon_job;
GRANT SELECT ON promptmon.rollback_event TO promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT SELECT ON promptmon.rollback_history, promptmon.rollback_allowance
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT EXECUTE ON FUNCTION promptmon.rollback_automatic(jsonb, interval, integer), promptmon.rollback_verified_target(text, text) TO promptmon_job;
GRANT EXECUTE ON FUNCTION promptmon.rollbacks_clear(text, text) TO promptmon_operator;
GRANT EXECUTE ON FUNCTION promptmon.rollback_intervention_since(text, integer)
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;


COMMENT ON TABLE promptmon.rollback_event IS 'One row per rollback, and per rollback that a rule demanded and that did not happen: each step with its time, what was measured, and what came of it.';
COMMENT ON COLUMN promptmon.rollback_event.rollback_id IS 'Identifies the rollback: of an automatic one the decision, which is the episode of the alert; of a manual one manual- and the number of the registry''s event.';
COMMENT ON COLUMN promptmon.rollback_event.kind IS 'automatic (a rule decided) or manual (an operator did).';
COMMENT ON COLUMN promptmon.rollback_event.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.rollback_event.from_version IS 'The version that fails, or was replaced.';
COMMENT ON COLUMN promptmon.rollback_event.to_version IS 'The version to go back to. NULL if there is none.';
COMMENT ON COLUMN promptmon.rollback_event.status IS 'switched (it happened), held_back (it did not, and may yet) or refused (it did not, and will not for this trigger unless the registry changes).';
COMMENT ON COLUMN promptmon.rollback_event.refusal IS 'Why it did not happen: too_little_evidence, no_evidence_possible, low_confidence, stale, disabled, no_target, tampered_target, invalid_target, too_soon, manual_intervention_required or not_authorized. NULL if it did.';
COMMENT ON COLUMN promptmon.rollback_event.refusal_reason IS 'The same in a sentence.';
COMMENT ON COLUMN promptmon.rollback_event.requested_by IS 'Who switched: the user that the database authenticated. NULL if it did not happen.';
COMMENT ON COLUMN promptmon.rollback_event.reason IS 'Why, for people.';
COMMENT ON COLUMN promptmon.rollback_event.triggered_at IS 'The evaluation that completed the trigger (event time). NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_event.switched_at IS 'When the registry switched (clock of the database). NULL if it did not.';
COMMENT ON COLUMN promptmon.rollback_event.registry_event_id IS 'The event of the registry, see registry_event. NULL if it did not happen.';
COMMENT ON COLUMN promptmon.rollback_event.cause IS 'Of an automatic one the trigger: alert_id, rule, kind, condition, severity, confidence, pending_since, firing_since, evaluated_at, and what was measured.';
COMMENT ON COLUMN promptmon.rollback_event.evidence IS 'Of an automatic one how improbable it is that the failing version is no worse than the other: e_value, needed, counted, executions, reference, and where that is from.';
COMMENT ON COLUMN promptmon.rollback_event.steps IS 'What became of each step so far, in their order: [{"step": …, "at": …, "status": "done", "waiting" or "failed", "detail": …}].';
COMMENT ON COLUMN promptmon.rollback_event.snapshot IS 'What was measured before, for the post-mortem: windows of the failing version, and the last traffic of the other. NULL if nothing was kept.';
COMMENT ON COLUMN promptmon.rollback_event.watch_until IS 'Until when recovery is watched (event time). NULL before that begins.';
COMMENT ON COLUMN promptmon.rollback_event.outcome IS 'What came of it: recovered, not_recovered or no_data. NULL while it is watched.';
COMMENT ON COLUMN promptmon.rollback_event.outcome_reason IS 'The same in a sentence.';
COMMENT ON COLUMN promptmon.rollback_event.outcome_at IS 'When that was decided (event time).';
COMMENT ON COLUMN promptmon.rollback_event.recovery IS 'The readings that the outcome follows from. NULL before there are any.';
COMMENT ON COLUMN promptmon.rollback_event.stragglers IS 'Executions that still reported the old version after the switch: executions, share of all, last_at, lag_seconds. NULL before they are counted.';
COMMENT ON COLUMN promptmon.rollback_event.analysis IS 'What the failing version did wrong: what changed, what failures have in common, and which decisions of its exploration that points to. NULL before the watch has ended.';
COMMENT ON COLUMN promptmon.rollback_event.min_interval IS 'Least time between two automatic rollbacks of the prompt, as it was enforced. NULL of all but automatic ones that happened.';
COMMENT ON COLUMN promptmon.rollback_event.max_per_day IS 'Most automatic rollbacks of the prompt in 24 hours, as it was enforced. NULL of all but automatic ones that happened.';
COMMENT ON COLUMN promptmon.rollback_event.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON VIEW promptmon.rollback_history IS 'One row per rollback, and per rollback that a rule demanded and that did not happen.';
COMMENT ON COLUMN promptmon.rollback_history.rollback_id IS 'Identifies the rollback: of an automatic one the decision, which is the episode of the alert; of a manual one manual- and the number of the registry''s event.';
COMMENT ON COLUMN promptmon.rollback_history.kind IS 'automatic (a rule decided) or manual (an operator did).';
COMMENT ON COLUMN promptmon.rollback_history.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.rollback_history.from_version IS 'The version that fails, or was replaced.';
COMMENT ON COLUMN promptmon.rollback_history.to_version IS 'The version to go back to. NULL if there is none.';
COMMENT ON COLUMN promptmon.rollback_history.status IS 'switched (it happened), held_back (it did not, and may yet) or refused (it did not, and will not for this trigger unless the registry changes).';
COMMENT ON COLUMN promptmon.rollback_history.refusal IS 'Why it did not happen, see rollback_event. NULL if it did.';
COMMENT ON COLUMN promptmon.rollback_history.refusal_reason IS 'The same in a sentence.';
COMMENT ON COLUMN promptmon.rollback_history.requested_by IS 'Who switched: the user that the database authenticated. NULL if it did not happen.';
COMMENT ON COLUMN promptmon.rollback_history.reason IS 'Why, for people.';
COMMENT ON COLUMN promptmon.rollback_history.happened_at IS 'When it happened; if it did not, when it was demanded.';
COMMENT ON COLUMN promptmon.rollback_history.alert_id IS 'The episode of the alert that demanded it. NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.rule IS 'Name of the rule. NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.condition IS 'The condition of the rule. NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.severity IS 'Severity of the rule: warning or critical. NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.confidence IS 'How sure the rule is: low, medium or high. NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.metric IS 'The metric that tells most about why. NULL if nothing was seen.';
COMMENT ON COLUMN promptmon.rollback_history.value IS 'Its value, in its unit. NULL if nothing was seen.';
COMMENT ON COLUMN promptmon.rollback_history.operator IS 'How it was compared: >, >=, < or <=.';
COMMENT ON COLUMN promptmon.rollback_history.threshold IS 'What it was compared with, in the same unit.';
COMMENT ON COLUMN promptmon.rollback_history.sample_count IS 'How many executions, ratings or scores the value is taken from.';
COMMENT ON COLUMN promptmon.rollback_history.window_length IS 'Length of the window that was looked at.';
COMMENT ON COLUMN promptmon.rollback_history.pending_since IS 'When the condition began to hold (event time). NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.firing_since IS 'When the alert began to fire (event time). NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.triggered_at IS 'The evaluation that completed the trigger (event time). NULL of a manual one.';
COMMENT ON COLUMN promptmon.rollback_history.switched_at IS 'When the registry switched (clock of the database). NULL if it did not.';
COMMENT ON COLUMN promptmon.rollback_history.seconds_to_switch IS 'From triggered_at to switched_at, in seconds; says something only where event time is the time of day, not of a replay. NULL of a manual one, and of one that did not happen.';
COMMENT ON COLUMN promptmon.rollback_history.e_value IS 'How many times more probable what was seen is under a version worse than the one to go back to. NULL if that cannot be said.';
COMMENT ON COLUMN promptmon.rollback_history.e_value_needed IS 'The e-value from which on a version is rolled back. NULL if none was asked for.';
COMMENT ON COLUMN promptmon.rollback_history.counted IS 'How many executions failed, or were slower than slower_than_ms.';
COMMENT ON COLUMN promptmon.rollback_history.executions IS 'Of how many.';
COMMENT ON COLUMN promptmon.rollback_history.slower_than_ms IS 'From which latency on executions were counted, in milliseconds. NULL if failures were.';
COMMENT ON COLUMN promptmon.rollback_history.reference IS 'The share that the other version has of such executions, 0 to 1. NULL if it is not known.';
COMMENT ON COLUMN promptmon.rollback_history.reference_executions IS 'Of how many executions that is the share. NULL if it was not measured.';
COMMENT ON COLUMN promptmon.rollback_history.watch_until IS 'Until when recovery is watched (event time). NULL before that begins.';
COMMENT ON COLUMN promptmon.rollback_history.outcome IS 'What came of it: recovered, not_recovered or no_data. NULL while it is watched.';
COMMENT ON COLUMN promptmon.rollback_history.outcome_reason IS 'The same in a sentence.';
COMMENT ON COLUMN promptmon.rollback_history.outcome_at IS 'When that was decided (event time).';
COMMENT ON COLUMN promptmon.rollback_history.straggler_executions IS 'How many executions still reported the old version after the switch. NULL before they are counted.';
COMMENT ON COLUMN promptmon.rollback_history.straggler_share IS 'Which share of all executions since the switch that is, 0 to 1.';
COMMENT ON COLUMN promptmon.rollback_history.straggler_lag_seconds IS 'How long after the switch the last of them was, in seconds. NULL if there was none.';
COMMENT ON COLUMN promptmon.rollback_history.registry_event_id IS 'The event of the registry, see registry_event. NULL if it did not happen.';

COMMENT ON VIEW promptmon.rollback_allowance IS 'One row per prompt that was ever rolled back automatically: whether it may be again, by the limits that held the last time.';
COMMENT ON COLUMN promptmon.rollback_allowance.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.rollback_allowance.automatic_24h IS 'How often it was rolled back automatically in the last 24 hours.';
COMMENT ON COLUMN promptmon.rollback_allowance.counted_24h IS 'How often since an operator last cleared it, of those.';
COMMENT ON COLUMN promptmon.rollback_allowance.last_at IS 'When it was last rolled back automatically.';
COMMENT ON COLUMN promptmon.rollback_allowance.next_at IS 'From when on it may be again. NULL while manual intervention is required.';
COMMENT ON COLUMN promptmon.rollback_allowance.intervention_since IS 'Since when it is not rolled back automatically any more until an operator clears it. NULL if it may be.';
COMMENT ON COLUMN promptmon.rollback_allowance.cleared_at IS 'When an operator last cleared it. NULL if nobody did.';
COMMENT ON COLUMN promptmon.rollback_allowance.cleared_by IS 'Who that was: the database''s user.';
COMMENT ON COLUMN promptmon.rollback_allowance.cleared_comment IS 'What they said.';
COMMENT ON COLUMN promptmon.rollback_allowance.min_interval IS 'Least time between two automatic rollbacks, as it was last enforced.';
COMMENT ON COLUMN promptmon.rollback_allowance.max_per_day IS 'Most automatic rollbacks in 24 hours, as it was last enforced.';
