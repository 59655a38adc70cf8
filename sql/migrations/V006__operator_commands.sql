-- What operators tell the running job: they acknowledge alerts, silence them, and allow automatic rollbacks again. A log of its own,
-- beside that of the registry, with the same order and the same rules: it is written by functions only, and never rewritten.

-- The same in Java: io.promptmonitor.common.alerts.LabelMatcher.parse.
CREATE FUNCTION promptmon.silence_matchers(matchers text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = promptmon, pg_temp AS $$
DECLARE
    max_matchers CONSTANT integer := 20;
    max_pattern CONSTANT integer := 1200;
    labels CONSTANT text[] := ARRAY['rule', 'prompt', 'version', 'severity', 'metric'];
    -- What Java's strip() takes away.
    blanks CONSTANT text := E'\t\n\u000B\f\r\u001C\u001D\u001E\u001F \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200A\u2028\u2029\u205F\u3000';
    matcher text;
    equals integer;
    negated boolean;
    label text;
    pattern text;
    result text[] := '{}';
BEGIN
    IF coalesce(cardinality(matchers), 0) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a silence needs at least one matcher';
    ELSIF cardinality(matchers) > max_matchers THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a silence has at most %s matchers', max_matchers);
    END IF;
    FOREACH matcher IN ARRAY matchers LOOP
        equals := coalesce(strpos(matcher, '='), 0);
        IF equals < 2 THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
                MESSAGE = format('expected a matcher such as prompt=checkout-* or severity!=critical, found "%s"', matcher);
        END IF;
        negated := substr(matcher, equals - 1, 1) = '!';
        label := btrim(left(matcher, equals - CASE WHEN negated THEN 2 ELSE 1 END), blanks);
        pattern := btrim(substr(matcher, equals + 1), blanks);
        IF label <> ALL (labels) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
                MESSAGE = format('unknown label "%s"; expected one of %s', label, array_to_string(labels, ', '));
        ELSIF char_length(pattern) NOT BETWEEN 1 AND max_pattern THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a pattern has 1 to %s characters', max_pattern);
        END IF;
        result := result || (label || CASE WHEN negated THEN '!=' ELSE '=' END || pattern);
    END LOOP;
    RETURN result;
END
$$;
COMMENT ON FUNCTION promptmon.silence_matchers(text[]) IS 'The matchers of a silence without superfluous blanks; an error that says what was expected if they are none.';

CREATE TABLE promptmon.operator_command (
    command_id bigint      NOT NULL,
    at         timestamptz NOT NULL,
    kind       text        NOT NULL,
    actor      text        NOT NULL,
    prompt_id  text,
    alert_id   text,
    silence_id text,
    matchers   text[],
    starts_at  timestamptz,
    ends_at    timestamptz,
    comment    text,

    CONSTRAINT operator_command_pkey PRIMARY KEY (command_id),

    CONSTRAINT command_id_positive       CHECK (command_id >= 1),
    CONSTRAINT kind_known                CHECK (kind IN ('acknowledged', 'silenced', 'silence_ended', 'rollbacks_cleared')),
    -- No foreign key to the alert: alerts are removed when they are old, commands are not.
    CONSTRAINT acknowledges_an_alert     CHECK ((alert_id IS NOT NULL) = (kind = 'acknowledged')),
    CONSTRAINT prompt_if_about_one       CHECK ((prompt_id IS NOT NULL) = (kind IN ('acknowledged', 'rollbacks_cleared'))),
    CONSTRAINT silence_if_about_one      CHECK ((silence_id IS NOT NULL) = (kind IN ('silenced', 'silence_ended'))),
    CONSTRAINT silence_is_complete       CHECK (CASE WHEN kind = 'silenced' THEN matchers = promptmon.silence_matchers(matchers) AND matchers IS NOT NULL
                                                              AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND comment IS NOT NULL
                                                     ELSE matchers IS NULL AND starts_at IS NULL AND ends_at IS NULL END),
    CONSTRAINT silence_ends_after_it_begins CHECK (ends_at > starts_at),
    CONSTRAINT silence_times_finite      CHECK (isfinite(starts_at) AND isfinite(ends_at)),
    CONSTRAINT comment_length            CHECK (char_length(comment) BETWEEN 1 AND 1000),
    CONSTRAINT end_has_no_comment        CHECK (kind <> 'silence_ended' OR comment IS NULL),
    CONSTRAINT clear_has_a_comment       CHECK (kind <> 'rollbacks_cleared' OR comment IS NOT NULL)
);

CREATE UNIQUE INDEX operator_command_acknowledged ON promptmon.operator_command (alert_id) WHERE kind = 'acknowledged';
CREATE UNIQUE INDEX operator_command_silenced ON promptmon.operator_command (silence_id) WHERE kind = 'silenced';
CREATE UNIQUE INDEX operator_command_silence_ended ON promptmon.operator_command (silence_id) WHERE kind = 'silence_ended';
CREATE INDEX operator_command_rollbacks_cleared ON promptmon.operator_command (prompt_id, at) WHERE kind = 'rollbacks_cleared';

CREATE TRIGGER operator_command_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promptmon.operator_command
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('what operators did is never rewritten');

CREATE VIEW promptmon.silence AS
    SELECT s.silence_id, s.matchers, s.starts_at,
        coalesce(ended.at, s.ends_at) AS ends_at,
        s.actor AS created_by, s.at AS created_at, s.comment, ended.actor AS ended_by,
        CASE WHEN coalesce(ended.at, s.ends_at) <= now() THEN 'ended' WHEN s.starts_at > now() THEN 'pending' ELSE 'active' END AS state
    FROM promptmon.operator_command s
    LEFT JOIN promptmon.operator_command ended ON ended.silence_id = s.silence_id AND ended.kind = 'silence_ended'
    WHERE s.kind = 'silenced';

-- An alert that has ended can be acknowledged too: the job does not know it any more, the log of commands does.
CREATE VIEW promptmon.version_to_review AS
    SELECT a.prompt_id, a.prompt_version, min(a.fired_at) AS flagged_since, array_agg(DISTINCT a.rule ORDER BY a.rule) AS rules,
        count(*) AS alerts
    FROM promptmon.alert a
    WHERE a.flagged_for_review
        AND NOT EXISTS (SELECT FROM promptmon.operator_command c WHERE c.kind = 'acknowledged' AND c.alert_id = a.alert_id)
    GROUP BY a.prompt_id, a.prompt_version;
REVOKE ALL ON promptmon.version_to_review FROM PUBLIC;
GRANT SELECT ON promptmon.version_to_review TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
COMMENT ON VIEW promptmon.version_to_review IS 'Versions that a rule marked for a person to look at, until somebody acknowledges the alert.';
COMMENT ON COLUMN promptmon.version_to_review.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.version_to_review.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.version_to_review.flagged_since IS 'When the first of the alerts fired (event time).';
COMMENT ON COLUMN promptmon.version_to_review.rules IS 'Names of the rules.';
COMMENT ON COLUMN promptmon.version_to_review.alerts IS 'How many alerts marked it.';


-- The parts that the functions are made of; they run with the rights of their caller, who has none of his own.

CREATE FUNCTION promptmon.time_text(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
COMMENT ON FUNCTION promptmon.time_text(timestamptz) IS 'A time in UTC for messages, to the second.';

CREATE FUNCTION promptmon.operator_command_append(command promptmon.operator_command) RETURNS promptmon.operator_command
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    last operator_command;
BEGIN
    SELECT * INTO last FROM operator_command ORDER BY command_id DESC LIMIT 1;
    command.command_id := coalesce(last.command_id, 0) + 1;
    command.at := greatest(command.at, last.at);
    command.actor := session_user;
    IF command.kind = 'silenced' THEN
        command.silence_id := 's' || command.command_id;
    END IF;
    INSERT INTO operator_command SELECT command.*;
    -- Delivered when, and only if, the transaction commits.
    PERFORM pg_notify('promptmon_commands', command.command_id || ' ' || command.kind);
    RETURN command;
END
$$;
COMMENT ON FUNCTION promptmon.operator_command_append(promptmon.operator_command) IS 'Writes the next command, and tells whoever listens on the channel promptmon_commands: "<command_id> <kind>".';


-- The functions by which operators command. Each returns what it wrote. They wait for changes of the registry and for each other, so
-- that commands are committed in the order of their numbers.

CREATE FUNCTION promptmon.alert_acknowledge(alert_id text, comment text DEFAULT NULL) RETURNS promptmon.operator_command
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    an_alert_id CONSTANT text := alert_acknowledge.alert_id;
    alert alert;
    name text;
    earlier operator_command;
    command operator_command;
BEGIN
    SELECT * INTO alert FROM alert a WHERE a.alert_id = an_alert_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PM009', MESSAGE = format('there is no alert %s', an_alert_id);
    END IF;
    name := format('the alert "%s" of %s@%s', alert.rule, alert.prompt_id, alert.prompt_version);
    SELECT * INTO earlier FROM operator_command c WHERE c.kind = 'acknowledged' AND c.alert_id = an_alert_id;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PM010', MESSAGE = format(
            '%s was acknowledged by %s at %s already', name, earlier.actor, time_text(earlier.at));
    ELSIF alert.phase = 'pending' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM010', MESSAGE = format(
            '%s does not fire yet; it can be acknowledged when it does', name);
    ELSIF alert.ended_at IS NOT NULL AND NOT alert.flagged_for_review THEN
        RAISE EXCEPTION USING ERRCODE = 'PM010', MESSAGE = format('%s was %s at %s; there is nothing to acknowledge',
            name, alert.phase, time_text(alert.ended_at));
    END IF;
    command.at := change_time;
    command.kind := 'acknowledged';
    command.prompt_id := alert.prompt_id;
    command.alert_id := an_alert_id;
    command.comment := registry_reason(alert_acknowledge.comment);
    RETURN operator_command_append(command);
END
$$;
COMMENT ON FUNCTION promptmon.alert_acknowledge(text, text) IS
    'Takes an alert on that fires, so that it is neither repeated nor escalated any more; or one that marked a version to be looked at, whether or not it still fires.';

CREATE FUNCTION promptmon.silence_create(matchers text[], duration interval, comment text, starts_at timestamptz DEFAULT NULL)
RETURNS promptmon.operator_command
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    min_duration CONSTANT interval := '1 second';
    max_duration CONSTANT interval := '30 days';
    max_ahead CONSTANT interval := '365 days';
    change_time timestamptz := registry_begin_change();
    wanted_start CONSTANT timestamptz := coalesce(silence_create.starts_at, change_time);
    command operator_command;
BEGIN
    command.matchers := silence_matchers(silence_create.matchers);
    command.comment := registry_reason(silence_create.comment);
    IF command.comment IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a silence needs a comment that says why';
    ELSIF NOT isfinite(wanted_start) OR wanted_start > change_time + max_ahead THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'a silence must begin within %s days', extract(day FROM max_ahead));
    ELSIF duration IS NULL OR duration < min_duration OR duration > max_duration THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'a silence lasts from %s second to %s days', extract(epoch FROM min_duration)::integer, extract(day FROM max_duration));
    END IF;
    command.at := change_time;
    command.kind := 'silenced';
    -- To the millisecond, which is what the job counts in. Nobody was silenced before now; a month has 30 days here.
    command.starts_at := date_trunc('milliseconds', greatest(wanted_start, change_time));
    command.ends_at := date_trunc('milliseconds', wanted_start + make_interval(secs => extract(epoch FROM duration)::double precision));
    IF command.ends_at <= command.starts_at THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'the silence would have ended already, at %s', time_text(command.ends_at));
    END IF;
    RETURN operator_command_append(command);
END
$$;
COMMENT ON FUNCTION promptmon.silence_create(text[], interval, text, timestamptz) IS
    'Silences the alerts that all matchers match, from starts_at (now, if it is NULL) for a duration of at most 30 days; silence_id of what it returns identifies the silence.';

CREATE FUNCTION promptmon.silence_end(silence_id text) RETURNS promptmon.operator_command
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    a_silence_id CONSTANT text := silence_end.silence_id;
    silence silence;
    command operator_command;
BEGIN
    SELECT * INTO silence FROM silence s WHERE s.silence_id = a_silence_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PM011', MESSAGE = format('there is no silence %s', a_silence_id);
    ELSIF silence.ended_by IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PM012', MESSAGE = format(
            'silence %s was ended by %s at %s already', a_silence_id, silence.ended_by, time_text(silence.ends_at));
    ELSIF silence.ends_at <= change_time THEN
        RAISE EXCEPTION USING ERRCODE = 'PM012', MESSAGE = format(
            'silence %s ended at %s already', a_silence_id, time_text(silence.ends_at));
    END IF;
    command.at := change_time;
    command.kind := 'silence_ended';
    command.silence_id := a_silence_id;
    RETURN operator_command_append(command);
END
$$;
COMMENT ON FUNCTION promptmon.silence_end(text) IS 'Ends a silence before its time, whether or not it has begun.';


REVOKE ALL ON promptmon.operator_command, promptmon.silence FROM PUBLIC;
REVOKE ALL ON FUNCTION promptmon.silence_matchers(text[]), promptmon.time_text(timestamptz),
    promptmon.operator_command_append(promptmon.operator_command), promptmon.alert_acknowledge(text, text),
    promptmon.silence_create(text[], interval, text, timestamptz), promptmon.silence_end(text) FROM PUBLIC;

GRANT SELECT ON promptmon.operator_command, promptmon.silence
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT EXECUTE ON FUNCTION promptmon.alert_acknowledge(text, text),
    promptmon.silence_create(text[], interval, text, timestamptz), promptmon.silence_end(text) TO promptmon_operator;


COMMENT ON TABLE promptmon.operator_command IS 'The log of what operators told the running job; rows are only ever added.';
COMMENT ON COLUMN promptmon.operator_command.command_id IS '1 for the first command, one more for each next one, without gaps, in the order in which the commands were committed.';
COMMENT ON COLUMN promptmon.operator_command.at IS 'When (clock of the database); never before the previous command.';
COMMENT ON COLUMN promptmon.operator_command.kind IS 'acknowledged (somebody took an alert on), silenced (nobody is to be told of some alerts for some time), silence_ended (before its time) or rollbacks_cleared (a prompt may be rolled back automatically again).';
COMMENT ON COLUMN promptmon.operator_command.actor IS 'Who: the user that the database authenticated.';
COMMENT ON COLUMN promptmon.operator_command.prompt_id IS 'The prompt of the alert that was acknowledged, or that may be rolled back automatically again. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.alert_id IS 'The episode that was acknowledged. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.silence_id IS 'The silence that was created or ended. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.matchers IS 'Of a new silence what an alert must be like, all of it: prompt=checkout-*, severity!=critical. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.starts_at IS 'When a new silence begins. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.ends_at IS 'When a new silence ends, exclusive. NULL for everything else.';
COMMENT ON COLUMN promptmon.operator_command.comment IS 'What the operator said. NULL if nothing.';

COMMENT ON VIEW promptmon.silence IS 'One row per silence, with what became of it.';
COMMENT ON COLUMN promptmon.silence.silence_id IS 'Identifies the silence.';
COMMENT ON COLUMN promptmon.silence.matchers IS 'What an alert must be like, all of it: prompt=checkout-*, severity!=critical.';
COMMENT ON COLUMN promptmon.silence.starts_at IS 'When it begins.';
COMMENT ON COLUMN promptmon.silence.ends_at IS 'When it ends, or was ended; exclusive.';
COMMENT ON COLUMN promptmon.silence.created_by IS 'Who wished it: the database''s user.';
COMMENT ON COLUMN promptmon.silence.created_at IS 'When that was.';
COMMENT ON COLUMN promptmon.silence.comment IS 'Why.';
COMMENT ON COLUMN promptmon.silence.ended_by IS 'Who ended it before its time. NULL if nobody did.';
COMMENT ON COLUMN promptmon.silence.state IS 'pending (it has not begun), active or ended.';
