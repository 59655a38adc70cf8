-- The prompt registry: versions of prompts, which one is active, and the log of every change.
-- It is changed by the functions registry_… only; they keep the rules, and the constraints and triggers below keep them too.
-- The same rules in Java: io.promptmonitor.common.registry.LifeCycle. A test compares what both do when versions are registered,
-- staged, deployed, rolled back and deprecated, messages included. Only here is registry_check_definition, because in Java a definition
-- has a type. Automatic rollbacks are in V007__rollbacks.sql.

CREATE FUNCTION promptmon.sha256_hex(content text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN encode(sha256(convert_to(content, 'UTF8')), 'hex');
COMMENT ON FUNCTION promptmon.sha256_hex(text) IS 'SHA-256 of the UTF-8 bytes of a text, lower-case hexadecimal.';

CREATE FUNCTION promptmon.texts_of(list json) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT json_array_elements_text(list));
COMMENT ON FUNCTION promptmon.texts_of(json) IS 'The elements of a JSON array as texts.';

CREATE FUNCTION promptmon.is_semantic_version(content text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN char_length(content) BETWEEN 5 AND 64
    AND content ~ '^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$';
COMMENT ON FUNCTION promptmon.is_semantic_version(text) IS 'Whether a text is a semantic version of at most 64 characters.';

CREATE TABLE promptmon.prompt (
    prompt_id  text        NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,

    CONSTRAINT prompt_pkey PRIMARY KEY (prompt_id),

    CONSTRAINT prompt_id_length     CHECK (char_length(prompt_id) BETWEEN 1 AND 256),
    CONSTRAINT prompt_id_characters CHECK (prompt_id !~ '[\u0001-\u001F\u007F-\u009F]')
);

CREATE TABLE promptmon.prompt_version (
    prompt_id             text        NOT NULL,
    version_id            text        NOT NULL,

    -- What was registered; never changes. json, not jsonb: it keeps the text that content_hash is of.
    prompt_text           text        NOT NULL,
    prompt_hash           text        NOT NULL,
    definition            json        NOT NULL,
    content_hash          text        NOT NULL,
    created_at            timestamptz NOT NULL,
    created_by            text        NOT NULL,
    registered_at         timestamptz NOT NULL,
    registered_by         text        NOT NULL,

    -- Where it is in its life cycle.
    status                text        NOT NULL,
    deprecation           text,
    deployed_at           timestamptz,
    deployed_by           text,
    rollback_reference    text,

    -- Parts of the definition.
    exploration_path      text             GENERATED ALWAYS AS (coalesce(definition #>> '{PromptVersion,exploration,path}',
                                                                         definition #>> '{exploration_analysis,exploration_path}',
                                                                         definition #>> '{deployment_specification,version_control,exploration_path}')) STORED,
    techniques            text[]           GENERATED ALWAYS AS (promptmon.texts_of(definition #> '{PromptVersion,exploration,techniques}')) STORED,
    complexity            text             GENERATED ALWAYS AS (definition #>> '{PromptVersion,exploration,complexity}') STORED,
    predicted_quality     double precision GENERATED ALWAYS AS ((definition #>> '{PromptVersion,performance,predicted_quality}')::double precision) STORED,
    baseline_accuracy     double precision GENERATED ALWAYS AS ((definition #>> '{PromptVersion,performance,baseline_accuracy}')::double precision) STORED,
    baseline_latency_p50  double precision GENERATED ALWAYS AS ((definition #>> '{PromptVersion,performance,baseline_latency_p50}')::double precision) STORED,
    baseline_latency_p95  double precision GENERATED ALWAYS AS ((definition #>> '{PromptVersion,performance,baseline_latency_p95}')::double precision) STORED,
    auto_rollback_enabled boolean          GENERATED ALWAYS AS (coalesce((definition #>> '{PromptVersion,rollback,auto_rollback_enabled}')::boolean, true)) STORED,

    CONSTRAINT prompt_version_pkey PRIMARY KEY (prompt_id, version_id),
    CONSTRAINT prompt_version_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES promptmon.prompt (prompt_id),

    CONSTRAINT version_id_is_semantic   CHECK (promptmon.is_semantic_version(version_id)),
    CONSTRAINT version_id_as_defined    CHECK ((version_id = definition #>> '{PromptVersion,version_id}') IS TRUE),
    CONSTRAINT prompt_text_length       CHECK (char_length(prompt_text) BETWEEN 1 AND 1000000),
    CONSTRAINT prompt_text_not_blank    CHECK (prompt_text ~ '[^[:space:]]'),
    CONSTRAINT prompt_hash_of_text      CHECK (prompt_hash = promptmon.sha256_hex(prompt_text)),
    CONSTRAINT prompt_hash_as_defined   CHECK ((prompt_hash = definition #>> '{PromptVersion,prompt_hash}') IS TRUE),
    CONSTRAINT definition_length        CHECK (char_length(definition::text) <= 1000000),
    CONSTRAINT content_hash_of_definition CHECK (content_hash = promptmon.sha256_hex(definition::text)),
    CONSTRAINT status_known             CHECK (status IN ('draft', 'staged', 'active', 'deprecated')),
    CONSTRAINT deprecation_known        CHECK (deprecation IN ('superseded', 'rolled_back', 'withdrawn')),
    CONSTRAINT deprecation_if_deprecated CHECK ((status = 'deprecated') = (deprecation IS NOT NULL)),
    CONSTRAINT deployed_by_someone      CHECK ((deployed_at IS NULL) = (deployed_by IS NULL)),
    CONSTRAINT deployed_if_active_once  CHECK (CASE WHEN status IN ('draft', 'staged') THEN deployed_at IS NULL
                                                    WHEN status = 'active' OR deprecation <> 'withdrawn' THEN deployed_at IS NOT NULL
                                                    ELSE true END)
);

-- Never two active versions of a prompt. Never none, once there was one: see prompt_version_one_active and prompt_version_stays_active.
CREATE UNIQUE INDEX prompt_version_active ON promptmon.prompt_version (prompt_id) WHERE status = 'active';

CREATE TABLE promptmon.registry_event (
    event_id     bigint      NOT NULL,
    at           timestamptz NOT NULL,
    kind         text        NOT NULL,
    prompt_id    text        NOT NULL,
    version_id   text        NOT NULL,
    from_version text,
    to_version   text,
    actor        text        NOT NULL,
    reason       text,
    decision_id  text,
    prompt_hash  text,
    content_hash text,

    CONSTRAINT registry_event_pkey PRIMARY KEY (event_id),
    CONSTRAINT registry_event_decision_id_key UNIQUE (decision_id),
    CONSTRAINT registry_event_version_fkey FOREIGN KEY (prompt_id, version_id) REFERENCES promptmon.prompt_version (prompt_id, version_id),

    CONSTRAINT event_id_positive        CHECK (event_id >= 1),
    CONSTRAINT kind_known               CHECK (kind IN ('registered', 'staged', 'deployed', 'rolled_back', 'deprecated')),
    CONSTRAINT switch_has_versions      CHECK (CASE WHEN kind IN ('deployed', 'rolled_back') THEN to_version = version_id AND to_version IS NOT NULL AND from_version IS DISTINCT FROM to_version
                                                    ELSE to_version IS NULL AND from_version IS NULL END),
    CONSTRAINT rollback_is_from_a_version CHECK (kind <> 'rolled_back' OR from_version IS NOT NULL),
    CONSTRAINT registration_has_hashes  CHECK (CASE WHEN kind = 'registered' THEN prompt_hash IS NOT NULL AND content_hash IS NOT NULL
                                                    ELSE prompt_hash IS NULL AND content_hash IS NULL END),
    CONSTRAINT decision_is_a_rollback   CHECK (decision_id IS NULL OR kind = 'rolled_back'),
    CONSTRAINT decision_id_length       CHECK (char_length(decision_id) BETWEEN 1 AND 256),
    CONSTRAINT reason_length            CHECK (char_length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT rollback_has_a_reason    CHECK (kind <> 'rolled_back' OR reason IS NOT NULL)
);

CREATE INDEX registry_event_prompt_id ON promptmon.registry_event (prompt_id, event_id);
CREATE INDEX registry_event_automatic ON promptmon.registry_event (prompt_id, at) WHERE decision_id IS NOT NULL;
CREATE UNIQUE INDEX registry_event_registered ON promptmon.registry_event (prompt_id, version_id) WHERE kind = 'registered';

-- Not an advisory lock: anybody could take that one, and hold up every rollback.
CREATE TABLE promptmon.registry_lock (
    id boolean NOT NULL DEFAULT true,

    CONSTRAINT registry_lock_pkey PRIMARY KEY (id),
    CONSTRAINT registry_lock_is_one CHECK (id)
);
INSERT INTO promptmon.registry_lock DEFAULT VALUES;


-- What was registered never changes, and nothing is ever deleted.

CREATE FUNCTION promptmon.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = format('%s of %s is refused: %s', lower(TG_OP), TG_TABLE_NAME, TG_ARGV[0]);
END
$$;
COMMENT ON FUNCTION promptmon.refuse_change() IS 'Trigger: refuses the statement; its argument says why.';

CREATE TRIGGER prompt_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promptmon.prompt
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('prompts are kept as they were registered');
CREATE TRIGGER prompt_version_is_kept BEFORE DELETE OR TRUNCATE ON promptmon.prompt_version
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('versions are kept; deprecate them instead');
CREATE TRIGGER prompt_version_never_changes BEFORE UPDATE ON promptmon.prompt_version
    FOR EACH ROW
    WHEN ((OLD.prompt_id, OLD.version_id, OLD.prompt_text, OLD.prompt_hash, OLD.definition::text, OLD.content_hash,
              OLD.created_at, OLD.created_by, OLD.registered_at, OLD.registered_by)
          IS DISTINCT FROM
          (NEW.prompt_id, NEW.version_id, NEW.prompt_text, NEW.prompt_hash, NEW.definition::text, NEW.content_hash,
              NEW.created_at, NEW.created_by, NEW.registered_at, NEW.registered_by))
    EXECUTE FUNCTION promptmon.refuse_change('what was registered never changes; register a new version');
CREATE TRIGGER prompt_version_never_goes_back BEFORE UPDATE ON promptmon.prompt_version
    FOR EACH ROW
    WHEN ((OLD.status <> 'draft' AND NEW.status = 'draft')
          OR (OLD.status NOT IN ('draft', 'staged') AND NEW.status = 'staged')
          OR (OLD.deployed_at IS NOT NULL AND NEW.deployed_at IS NULL)
          OR (OLD.deprecation = 'withdrawn' AND NEW.deprecation IS DISTINCT FROM 'withdrawn'))
    EXECUTE FUNCTION promptmon.refuse_change('a version never goes back in its life cycle');
CREATE TRIGGER registry_event_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promptmon.registry_event
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('the history is never rewritten');
CREATE TRIGGER registry_lock_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promptmon.registry_lock
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('its row is what changes of the registry wait for');

CREATE FUNCTION promptmon.require_active_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM prompt_version WHERE prompt_id = NEW.prompt_id AND status = 'active') THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
            MESSAGE = format('%s would be left without an active version', NEW.prompt_id);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION promptmon.require_active_version() IS 'Trigger: refuses to commit if the prompt has no active version.';

CREATE CONSTRAINT TRIGGER prompt_version_one_active AFTER INSERT OR UPDATE ON promptmon.prompt_version
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.deployed_at IS NOT NULL AND NEW.status <> 'active')
    EXECUTE FUNCTION promptmon.require_active_version();
CREATE CONSTRAINT TRIGGER prompt_version_stays_active AFTER UPDATE ON promptmon.prompt_version
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active')
    EXECUTE FUNCTION promptmon.require_active_version();


-- The parts that the functions are made of; they run with the rights of their caller, who has none of his own.

CREATE FUNCTION promptmon.registry_begin_change() RETURNS timestamptz
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        -- Such a transaction would not see what the one before it committed.
        RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_state',
            MESSAGE = 'the registry can be changed in a READ COMMITTED transaction only';
    END IF;
    BEGIN
        PERFORM FROM registry_lock FOR UPDATE;
        ASSERT FOUND, 'the row of registry_lock is missing';
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
            MESSAGE = format('another transaction that changes the registry has not ended for %s; try again, or end it (see pg_stat_activity)',
                regexp_replace(current_setting('lock_timeout'), '([0-9])([a-z])', '\1 \2'));
    END;
    RETURN greatest(clock_timestamp(), (SELECT at FROM registry_event ORDER BY event_id DESC LIMIT 1));
END
$$;
COMMENT ON FUNCTION promptmon.registry_begin_change() IS
    'Waits until no other transaction is changing the registry. Every change begins with it, before any other lock, so that changes neither deadlock nor commit out of the order of their events. Returns the time of the change.';

CREATE FUNCTION promptmon.registry_version(a_prompt_id text, a_version_id text) RETURNS promptmon.prompt_version
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    version prompt_version;
BEGIN
    SELECT * INTO version FROM prompt_version v WHERE v.prompt_id = a_prompt_id AND v.version_id = a_version_id;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM prompt p WHERE p.prompt_id = a_prompt_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'PM002', MESSAGE = format('%s has no version %s', a_prompt_id, a_version_id);
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'PM001', MESSAGE = format('no version of prompt %s is registered', a_prompt_id);
    END IF;
    RETURN version;
END
$$;
COMMENT ON FUNCTION promptmon.registry_version(text, text) IS 'A version; an error if there is none.';

CREATE FUNCTION promptmon.registry_active_version(a_prompt_id text) RETURNS promptmon.prompt_version
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    version prompt_version;
BEGIN
    SELECT * INTO version FROM prompt_version v WHERE v.prompt_id = a_prompt_id AND v.status = 'active';
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM prompt p WHERE p.prompt_id = a_prompt_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'PM005', MESSAGE = format('no version of %s is active', a_prompt_id);
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'PM001', MESSAGE = format('no version of prompt %s is registered', a_prompt_id);
    END IF;
    RETURN version;
END
$$;
COMMENT ON FUNCTION promptmon.registry_active_version(text) IS 'The active version of a prompt; an error if there is none.';

CREATE FUNCTION promptmon.registry_failing_version(a_prompt_id text, a_version_id text) RETURNS promptmon.prompt_version
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    active prompt_version := registry_active_version(a_prompt_id);
BEGIN
    IF active.version_id IS DISTINCT FROM a_version_id THEN
        RAISE EXCEPTION USING ERRCODE = 'PM004', MESSAGE = format(
            '%s@%s is not active, %s is; there is nothing to roll back', a_prompt_id, a_version_id, active.version_id);
    END IF;
    RETURN active;
END
$$;
COMMENT ON FUNCTION promptmon.registry_failing_version(text, text) IS 'The active version of a prompt; an error if it is not the failing one.';

CREATE FUNCTION promptmon.registry_is_time(content text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET timezone = 'UTC' AS $$
BEGIN
    IF content !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][01][0-9]:[0-5][0-9])$' THEN
        RETURN false;
    END IF;
    PERFORM content::timestamptz;
    RETURN true;
EXCEPTION WHEN data_exception THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION promptmon.registry_is_time(text) IS 'Whether a text is a time with an offset, as in 2026-01-31T12:00:00Z.';

CREATE FUNCTION promptmon.registry_is_label(content text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN char_length(content) <= 256 AND content ~ '[^[:space:]]' AND content !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]';
COMMENT ON FUNCTION promptmon.registry_is_label(text) IS 'Whether a text is a short one on one line.';

CREATE FUNCTION promptmon.registry_problem(kind text, value json) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind
    WHEN 'object' THEN
        CASE WHEN json_typeof(value) = 'object' THEN NULL ELSE 'must be an object' END
    WHEN 'flag' THEN
        CASE WHEN json_typeof(value) = 'boolean' THEN NULL ELSE 'must be true or false' END
    WHEN 'quality' THEN
        CASE WHEN json_typeof(value) <> 'number' THEN 'must be a number from 0 to 10'
             WHEN (value #>> '{}')::numeric BETWEEN 0 AND 10 THEN NULL ELSE 'must be a number from 0 to 10' END
    WHEN 'rate' THEN
        CASE WHEN json_typeof(value) <> 'number' THEN 'must be a number from 0 to 1'
             WHEN (value #>> '{}')::numeric BETWEEN 0 AND 1 THEN NULL ELSE 'must be a number from 0 to 1' END
    WHEN 'latency' THEN
        CASE WHEN json_typeof(value) <> 'number' THEN 'must be a number of milliseconds above 0'
             WHEN (value #>> '{}')::numeric > 0 AND (value #>> '{}')::numeric <= 999999999999999 THEN NULL
             ELSE 'must be a number of milliseconds above 0' END
    WHEN 'version' THEN
        CASE WHEN json_typeof(value) = 'string' AND promptmon.is_semantic_version(value #>> '{}') THEN NULL
             ELSE 'must be a semantic version such as 1.0.0, at most 64 characters' END
    WHEN 'hash' THEN
        CASE WHEN json_typeof(value) = 'string' AND value #>> '{}' ~ '^[0-9a-f]{64}$' THEN NULL
             ELSE 'must be a SHA-256, 64 lower-case hexadecimal digits' END
    WHEN 'time' THEN
        CASE WHEN json_typeof(value) = 'string' AND promptmon.registry_is_time(value #>> '{}') THEN NULL
             ELSE 'must be a time such as 2026-01-31T12:00:00Z' END
    WHEN 'label' THEN
        CASE WHEN json_typeof(value) = 'string' AND promptmon.registry_is_label(value #>> '{}') THEN NULL
             ELSE 'must be a text of one line, at most 256 characters' END
    WHEN 'labels' THEN
        CASE WHEN json_typeof(value) <> 'array' THEN 'must be an array of texts'
             WHEN EXISTS (SELECT FROM json_array_elements(value) AS element (value)
                          WHERE json_typeof(element.value) <> 'string' OR NOT promptmon.registry_is_label(element.value #>> '{}'))
             THEN 'must be an array of texts of one line, at most 256 characters each'
             WHEN (SELECT count(*) <> count(DISTINCT element.value) FROM json_array_elements_text(value) AS element (value))
             THEN 'must not have a text twice' END
END;
COMMENT ON FUNCTION promptmon.registry_problem(text, json) IS 'What is wrong with a value of a definition, for a person; NULL if nothing is.';

CREATE FUNCTION promptmon.registry_check_definition(definition json) RETURNS void
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    problem text;
BEGIN
    IF definition IS NULL OR json_typeof(definition) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the definition must be a JSON object';
    END IF;
    BEGIN
        PERFORM definition::jsonb;
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'the definition has a text or a number that cannot be stored: ' || SQLERRM;
    END;
    WITH RECURSIVE known (place, kind) AS (VALUES
        ('{PromptVersion}'::text[],                             'object'),
        ('{PromptVersion,version_id}',                          'version'),
        ('{PromptVersion,prompt_hash}',                         'hash'),
        ('{PromptVersion,created_at}',                          'time'),
        ('{PromptVersion,created_by}',                          'label'),
        ('{PromptVersion,exploration}',                         'object'),
        ('{PromptVersion,exploration,path}',                    'label'),
        ('{PromptVersion,exploration,techniques}',              'labels'),
        ('{PromptVersion,exploration,complexity}',              'label'),
        ('{PromptVersion,performance}',                         'object'),
        ('{PromptVersion,performance,predicted_quality}',       'quality'),
        ('{PromptVersion,performance,baseline_accuracy}',       'rate'),
        ('{PromptVersion,performance,baseline_latency_p50}',    'latency'),
        ('{PromptVersion,performance,baseline_latency_p95}',    'latency'),
        ('{PromptVersion,rollback}',                            'object'),
        ('{PromptVersion,rollback,reference}',                  'version'),
        ('{PromptVersion,rollback,auto_rollback_enabled}',      'flag'),
        ('{deployment_specification}',                          'object'),
        ('{exploration_analysis}',                              'object')
    ), node (place, value) AS (
        SELECT '{}'::text[], definition
        UNION ALL
        -- Only PromptVersion is looked into: of the other blocks, the database uses no more than a text.
        SELECT node.place || child.key, child.value
        FROM node, json_each(CASE WHEN json_typeof(node.value) = 'object' THEN node.value ELSE '{}' END) AS child
        WHERE node.place = '{}' OR node.place[1] = 'PromptVersion'
            AND EXISTS (SELECT FROM known WHERE known.place = node.place AND known.kind = 'object')
    ), problem (n, place, text) AS (
        SELECT row_number() OVER (), node.place,
            CASE WHEN known.place IS NULL THEN 'is not a known key'
                 WHEN count(*) OVER (PARTITION BY node.place) > 1 THEN 'is given twice'
                 WHEN registry_problem(known.kind, node.value) IS NOT NULL
                 THEN registry_problem(known.kind, node.value) || ', found ' || left(regexp_replace(node.value::text, '\s+', ' ', 'g'), 80) END
        FROM node LEFT JOIN known ON known.place = node.place
        WHERE node.place <> '{}'
    )
    SELECT left(regexp_replace(array_to_string(p.place, '.'), '[[:space:][:cntrl:]]+', ' ', 'g'), 200) || ' ' || p.text
        INTO problem FROM problem p WHERE p.text IS NOT NULL ORDER BY p.n LIMIT 1;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the definition cannot be registered: ' || problem;
    END IF;
    FOREACH problem IN ARRAY ARRAY['version_id', 'prompt_hash'] LOOP
        IF definition #>> ARRAY['PromptVersion', problem] IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the definition lacks PromptVersion.%s', problem);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION promptmon.registry_check_definition(json) IS
    'An error if a definition has keys that are not known, or values that the registry''s readers could not make sense of.';

CREATE FUNCTION promptmon.registry_check_integrity(version promptmon.prompt_version) RETURNS void
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    IF version.prompt_hash IS DISTINCT FROM sha256_hex(version.prompt_text)
        OR version.prompt_hash IS DISTINCT FROM version.definition #>> '{PromptVersion,prompt_hash}'
        OR version.content_hash IS DISTINCT FROM sha256_hex(version.definition::text)
        OR NOT EXISTS (
            SELECT FROM registry_event e
            WHERE e.kind = 'registered' AND e.prompt_id = version.prompt_id AND e.version_id = version.version_id
                AND e.prompt_hash = version.prompt_hash AND e.content_hash = version.content_hash)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'PM007', MESSAGE = format(
            '%s@%s is not what was registered: it was tampered with (promptmon registry verify tells how)',
            version.prompt_id, version.version_id);
    END IF;
END
$$;
COMMENT ON FUNCTION promptmon.registry_check_integrity(promptmon.prompt_version) IS 'An error if a version is not what was registered.';

CREATE FUNCTION promptmon.registry_reason(reason text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(btrim(reason, E' \t\r\n'), '');
COMMENT ON FUNCTION promptmon.registry_reason(text) IS 'A reason without the blanks around it; NULL if nothing is left.';

CREATE FUNCTION promptmon.registry_append(event promptmon.registry_event) RETURNS promptmon.registry_event
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
BEGIN
    event.event_id := coalesce((SELECT max(event_id) FROM registry_event), 0) + 1;
    event.actor := session_user;
    event.reason := registry_reason(event.reason);
    INSERT INTO registry_event SELECT event.*;
    -- Delivered when, and only if, the transaction commits.
    PERFORM pg_notify('promptmon_registry', event.event_id || ' ' || event.prompt_id);
    RETURN event;
END
$$;
COMMENT ON FUNCTION promptmon.registry_append(promptmon.registry_event) IS 'Writes the next event, and tells whoever listens on the channel promptmon_registry: "<event_id> <prompt_id>".';

CREATE FUNCTION promptmon.registry_rollback_target(active promptmon.prompt_version, target_id text) RETURNS promptmon.prompt_version
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    target prompt_version;
BEGIN
    IF target_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s has no rollback reference; name the version to go back to', active.prompt_id, active.version_id);
    END IF;
    target := registry_version(active.prompt_id, target_id);
    IF target.status = 'active' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s is active already; name an earlier version to go back to', target.prompt_id, target.version_id);
    ELSIF target.deprecation = 'withdrawn' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s was withdrawn for good and cannot be rolled back to; name another version', target.prompt_id, target.version_id);
    ELSIF target.deployed_at IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s was never deployed and cannot be rolled back to; deploy it instead', target.prompt_id, target.version_id);
    ELSIF target.deprecation = 'rolled_back' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s was itself rolled back and cannot be rolled back to; name another version, or deploy it if it is good after all',
            target.prompt_id, target.version_id);
    END IF;
    PERFORM registry_check_integrity(target);
    RETURN target;
END
$$;
COMMENT ON FUNCTION promptmon.registry_rollback_target(promptmon.prompt_version, text) IS
    'The version to go back to from an active one; an error if it cannot be gone back to, or is not what was registered.';

CREATE FUNCTION promptmon.registry_go_back(a_time timestamptz, active promptmon.prompt_version, target_id text, a_reason text, a_decision_id text)
RETURNS promptmon.registry_event
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    target prompt_version := registry_rollback_target(active, target_id);
    event registry_event;
BEGIN
    UPDATE prompt_version v SET status = 'deprecated', deprecation = 'rolled_back'
        WHERE v.prompt_id = active.prompt_id AND v.version_id = active.version_id;
    UPDATE prompt_version v SET status = 'active', deprecation = NULL, deployed_at = a_time, deployed_by = session_user
        WHERE v.prompt_id = target.prompt_id AND v.version_id = target.version_id;
    event.at := a_time;
    event.kind := 'rolled_back';
    event.prompt_id := target.prompt_id;
    event.version_id := target.version_id;
    event.from_version := active.version_id;
    event.to_version := target.version_id;
    event.reason := a_reason;
    event.decision_id := a_decision_id;
    RETURN registry_append(event);
END
$$;
COMMENT ON FUNCTION promptmon.registry_go_back(timestamptz, promptmon.prompt_version, text, text, text) IS 'Makes an earlier version active in place of the active one.';


-- The functions by which the registry is changed. Each returns the event it led to, or no row if it was already so.
-- They run with the rights of the owner of the schema; who may call them is granted in V004__roles.sql. The actor is the session's user.

CREATE FUNCTION promptmon.registry_register(prompt_id text, definition json, prompt_text text) RETURNS SETOF promptmon.registry_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    a_prompt_id CONSTANT text := registry_register.prompt_id;
    a_definition CONSTANT json := registry_register.definition;
    a_prompt_text CONSTANT text := registry_register.prompt_text;
    a_version_id text;
    reference text;
    present prompt_version;
    event registry_event;
BEGIN
    PERFORM registry_check_definition(a_definition);
    a_version_id := a_definition #>> '{PromptVersion,version_id}';
    reference := a_definition #>> '{PromptVersion,rollback,reference}';
    SELECT * INTO present FROM prompt_version v WHERE v.prompt_id = a_prompt_id AND v.version_id = a_version_id;
    IF FOUND THEN
        PERFORM registry_check_integrity(present);
        IF present.prompt_text = a_prompt_text AND present.definition::text = a_definition::text THEN
            RETURN;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'PM003', MESSAGE = format(
            '%s@%s is registered with another %s, and a version never changes; register it with a new number',
            a_prompt_id, a_version_id, CASE WHEN present.prompt_text = a_prompt_text THEN 'definition' ELSE 'text' END);
    END IF;
    IF reference = a_version_id THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s names itself as its rollback reference; name another version or none', a_prompt_id, a_version_id);
    END IF;
    INSERT INTO prompt (prompt_id, created_at, created_by) VALUES (a_prompt_id, change_time, session_user)
        ON CONFLICT DO NOTHING;
    INSERT INTO prompt_version (prompt_id, version_id, prompt_text, prompt_hash, definition, content_hash,
            created_at, created_by, registered_at, registered_by, status, rollback_reference)
        VALUES (a_prompt_id, a_version_id, a_prompt_text, sha256_hex(a_prompt_text), a_definition, sha256_hex(a_definition::text),
            coalesce((a_definition #>> '{PromptVersion,created_at}')::timestamptz, change_time),
            coalesce(a_definition #>> '{PromptVersion,created_by}', session_user),
            change_time, session_user, 'draft', reference);
    event.at := change_time;
    event.kind := 'registered';
    event.prompt_id := a_prompt_id;
    event.version_id := a_version_id;
    event.prompt_hash := sha256_hex(a_prompt_text);
    event.content_hash := sha256_hex(a_definition::text);
    RETURN NEXT registry_append(event);
END
$$;
COMMENT ON FUNCTION promptmon.registry_register(text, json, text) IS
    'Adds a version, as a draft; does nothing if it is registered with the same content. The definition is the JSON that promptmon registry register makes of a version file.';

CREATE FUNCTION promptmon.registry_stage(prompt_id text, version_id text, reason text DEFAULT NULL) RETURNS SETOF promptmon.registry_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    version prompt_version := registry_version(registry_stage.prompt_id, registry_stage.version_id);
    event registry_event;
BEGIN
    IF version.status = 'staged' THEN
        RETURN;
    ELSIF version.status <> 'draft' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM004', MESSAGE = format(
            '%s@%s is %s; only a draft can be staged', version.prompt_id, version.version_id, version.status);
    END IF;
    UPDATE prompt_version v SET status = 'staged' WHERE v.prompt_id = version.prompt_id AND v.version_id = version.version_id;
    event.at := change_time;
    event.kind := 'staged';
    event.prompt_id := version.prompt_id;
    event.version_id := version.version_id;
    event.reason := registry_stage.reason;
    RETURN NEXT registry_append(event);
END
$$;
COMMENT ON FUNCTION promptmon.registry_stage(text, text, text) IS 'Makes a draft ready to be deployed; does nothing if it is.';

CREATE FUNCTION promptmon.registry_deploy(prompt_id text, version_id text, reason text DEFAULT NULL) RETURNS SETOF promptmon.registry_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    version prompt_version := registry_version(registry_deploy.prompt_id, registry_deploy.version_id);
    reference CONSTANT text := version.definition #>> '{PromptVersion,rollback,reference}';
    replaced_id text;
    event registry_event;
BEGIN
    IF version.status = 'active' THEN
        RETURN;
    ELSIF version.status = 'draft' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM004', MESSAGE = format(
            '%s@%s is a draft; stage it first', version.prompt_id, version.version_id);
    ELSIF version.deprecation = 'withdrawn' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM004', MESSAGE = format(
            '%s@%s was withdrawn for good; deploy another version', version.prompt_id, version.version_id);
    ELSIF reference IS NOT NULL
        AND NOT EXISTS (SELECT FROM prompt_version v WHERE v.prompt_id = version.prompt_id AND v.version_id = reference)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = format(
            '%s@%s names the rollback reference %s, which is not registered; register that version first',
            version.prompt_id, version.version_id, reference);
    END IF;
    PERFORM registry_check_integrity(version);
    UPDATE prompt_version v SET status = 'deprecated', deprecation = 'superseded'
        WHERE v.prompt_id = version.prompt_id AND v.status = 'active'
        RETURNING v.version_id INTO replaced_id;
    UPDATE prompt_version v
        SET status = 'active', deprecation = NULL, deployed_at = change_time, deployed_by = session_user,
            rollback_reference = coalesce(reference, replaced_id, v.rollback_reference)
        WHERE v.prompt_id = version.prompt_id AND v.version_id = version.version_id;
    event.at := change_time;
    event.kind := 'deployed';
    event.prompt_id := version.prompt_id;
    event.version_id := version.version_id;
    event.from_version := replaced_id;
    event.to_version := version.version_id;
    event.reason := registry_deploy.reason;
    RETURN NEXT registry_append(event);
END
$$;
COMMENT ON FUNCTION promptmon.registry_deploy(text, text, text) IS
    'Makes a staged, superseded or rolled-back version active in place of the present one, which is superseded; does nothing if it is active.';

CREATE FUNCTION promptmon.registry_rollback(prompt_id text, to_version text, reason text, from_version text DEFAULT NULL)
RETURNS SETOF promptmon.registry_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
    received_at CONSTANT timestamptz := clock_timestamp();
    change_time timestamptz := registry_begin_change();
    active prompt_version := CASE WHEN registry_rollback.from_version IS NULL THEN registry_active_version(registry_rollback.prompt_id)
        ELSE registry_failing_version(registry_rollback.prompt_id, registry_rollback.from_version) END;
    event registry_event;
BEGIN
    IF registry_reason(registry_rollback.reason) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a rollback needs a reason';
    END IF;
    event := registry_go_back(
        change_time, active, coalesce(registry_rollback.to_version, active.rollback_reference), registry_rollback.reason, NULL);
    PERFORM rollback_record_manual(event, received_at); -- Of V007__rollbacks.sql.
    RETURN NEXT event;
END
$$;
COMMENT ON FUNCTION promptmon.registry_rollback(text, text, text, text) IS
    'Makes an earlier version active again in place of the active one: to_version, or if that is NULL the active version''s rollback reference; with from_version only if that one is active. rollback_event has it as manual- and the number of the event.';

CREATE FUNCTION promptmon.registry_deprecate(prompt_id text, version_id text, reason text DEFAULT NULL) RETURNS SETOF promptmon.registry_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    change_time timestamptz := registry_begin_change();
    version prompt_version := registry_version(registry_deprecate.prompt_id, registry_deprecate.version_id);
    event registry_event;
BEGIN
    IF version.deprecation = 'withdrawn' THEN
        RETURN;
    ELSIF version.status = 'active' THEN
        RAISE EXCEPTION USING ERRCODE = 'PM004', MESSAGE = format(
            '%s@%s is active; deploy another version or roll back first', version.prompt_id, version.version_id);
    END IF;
    UPDATE prompt_version v SET status = 'deprecated', deprecation = 'withdrawn'
        WHERE v.prompt_id = version.prompt_id AND v.version_id = version.version_id;
    event.at := change_time;
    event.kind := 'deprecated';
    event.prompt_id := version.prompt_id;
    event.version_id := version.version_id;
    event.reason := registry_deprecate.reason;
    RETURN NEXT registry_append(event);
END
$$;
COMMENT ON FUNCTION promptmon.registry_deprecate(text, text, text) IS
    'Withdraws a version that is not active, for good; does nothing if it is withdrawn.';


-- What analysts and runtimes read.

-- A barrier: else a function of the reader's own, called in WHERE, could be shown the rows that the view leaves out.
CREATE VIEW promptmon.active_prompt WITH (security_barrier) AS
    SELECT v.prompt_id, v.version_id, v.prompt_text, registration.prompt_hash, v.deployed_at
    FROM promptmon.prompt_version v
    -- The hash as the log has it: whoever changes text and hash of the version alike is found out, too.
    LEFT JOIN promptmon.registry_event registration
        ON registration.prompt_id = v.prompt_id AND registration.version_id = v.version_id AND registration.kind = 'registered'
    WHERE v.status = 'active';

CREATE VIEW promptmon.registered_version AS
    SELECT prompt_id, version_id, status, deprecation, deployed_at, deployed_by, rollback_reference, auto_rollback_enabled,
        created_at, created_by, registered_at, registered_by, exploration_path, techniques, complexity,
        predicted_quality, baseline_accuracy, baseline_latency_p50, baseline_latency_p95, prompt_hash, definition, content_hash
    FROM promptmon.prompt_version;

CREATE VIEW promptmon.active_period AS
    SELECT prompt_id, to_version AS version_id, at AS active_from,
        lead(at) OVER (PARTITION BY prompt_id ORDER BY event_id) AS active_until
    FROM promptmon.registry_event
    WHERE to_version IS NOT NULL;

CREATE FUNCTION promptmon.active_version_at(prompt_id text, at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = promptmon, pg_temp
RETURN (
    SELECT e.to_version FROM promptmon.registry_event e
    WHERE e.prompt_id = active_version_at.prompt_id AND e.to_version IS NOT NULL AND e.at <= active_version_at.at
    ORDER BY e.event_id DESC LIMIT 1);
COMMENT ON FUNCTION promptmon.active_version_at(text, timestamptz) IS 'The version of a prompt that was active at a time; NULL if none was.';


COMMENT ON TABLE promptmon.prompt IS 'One row per prompt that was ever registered.';
COMMENT ON COLUMN promptmon.prompt.prompt_id IS 'Identifier of the prompt, as in execution records.';
COMMENT ON COLUMN promptmon.prompt.created_at IS 'When its first version was registered.';
COMMENT ON COLUMN promptmon.prompt.created_by IS 'Who registered it: the database''s user.';

COMMENT ON TABLE promptmon.prompt_version IS 'One row per version of a prompt: what was registered, which never changes, and where it is in its life cycle. Without the text: registered_version.';
COMMENT ON COLUMN promptmon.prompt_version.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.prompt_version.version_id IS 'Semantic version.';
COMMENT ON COLUMN promptmon.prompt_version.prompt_text IS 'The prompt.';
COMMENT ON COLUMN promptmon.prompt_version.prompt_hash IS 'SHA-256 of prompt_text in UTF-8, lower-case hexadecimal.';
COMMENT ON COLUMN promptmon.prompt_version.definition IS 'What was registered beside the text: the blocks PromptVersion, deployment_specification and exploration_analysis of the version file. Its text is kept as it is, see content_hash.';
COMMENT ON COLUMN promptmon.prompt_version.content_hash IS 'SHA-256 of the text of definition, which holds prompt_hash; lower-case hexadecimal.';
COMMENT ON COLUMN promptmon.prompt_version.created_at IS 'When the version was made: as its file says, else when it was registered.';
COMMENT ON COLUMN promptmon.prompt_version.created_by IS 'Who made it: as its file says, else who registered it.';
COMMENT ON COLUMN promptmon.prompt_version.registered_at IS 'When it was registered.';
COMMENT ON COLUMN promptmon.prompt_version.registered_by IS 'Who registered it: the database''s user.';
COMMENT ON COLUMN promptmon.prompt_version.status IS 'draft, staged, active or deprecated. Once a version of a prompt was deployed, exactly one is active.';
COMMENT ON COLUMN promptmon.prompt_version.deprecation IS 'Why it is deprecated: superseded (a rollback may make it active again), rolled_back (only a deployment may) or withdrawn (for good). NULL unless it is.';
COMMENT ON COLUMN promptmon.prompt_version.deployed_at IS 'When it last became active. NULL if it never was.';
COMMENT ON COLUMN promptmon.prompt_version.deployed_by IS 'Who made it active then: the database''s user. NULL if it never was.';
COMMENT ON COLUMN promptmon.prompt_version.rollback_reference IS 'The version that a rollback from this one goes to: as its file says, else the version it last replaced. NULL if there is none.';
COMMENT ON COLUMN promptmon.prompt_version.exploration_path IS 'How the prompt was arrived at, for example root → A → A.1. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.techniques IS 'The techniques that the prompt combines. NULL if they are not known.';
COMMENT ON COLUMN promptmon.prompt_version.complexity IS 'How complex the task is, as the author names it. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.predicted_quality IS 'Quality that was predicted when the prompt was built, 0 to 10. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.baseline_accuracy IS 'Share of executions that should succeed, 0 to 1. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.baseline_latency_p50 IS 'Median latency that is expected, in milliseconds. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.baseline_latency_p95 IS '95th percentile of the latency that is expected, in milliseconds. NULL if it is not known.';
COMMENT ON COLUMN promptmon.prompt_version.auto_rollback_enabled IS 'Whether the version may be rolled back without a person.';

COMMENT ON TABLE promptmon.registry_event IS 'The log of every change of the registry; rows are only ever added. All of them in the order of event_id explain the whole state.';
COMMENT ON COLUMN promptmon.registry_event.event_id IS '1 for the first event, one more for each next one, without gaps, in the order in which the changes were committed.';
COMMENT ON COLUMN promptmon.registry_event.at IS 'When (clock of the database); never before the previous event.';
COMMENT ON COLUMN promptmon.registry_event.kind IS 'registered, staged, deployed, rolled_back or deprecated (withdrawn by an operator).';
COMMENT ON COLUMN promptmon.registry_event.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.registry_event.version_id IS 'The version it happened to; of a rollback the one that became active.';
COMMENT ON COLUMN promptmon.registry_event.from_version IS 'The version that was active before. NULL if there was none, or the active version did not change.';
COMMENT ON COLUMN promptmon.registry_event.to_version IS 'The version that is active since. NULL if the active version did not change.';
COMMENT ON COLUMN promptmon.registry_event.actor IS 'Who: the user that the database authenticated.';
COMMENT ON COLUMN promptmon.registry_event.reason IS 'Why, as the actor said. NULL if nothing was said.';
COMMENT ON COLUMN promptmon.registry_event.decision_id IS 'Of an automatic rollback the decision it carries out; a decision is carried out once. NULL for everything else.';
COMMENT ON COLUMN promptmon.registry_event.prompt_hash IS 'Of a registered version its prompt_hash, so that a later change of it is noticed. NULL for everything else.';
COMMENT ON COLUMN promptmon.registry_event.content_hash IS 'Of a registered version its content_hash, so that a later change of it is noticed. NULL for everything else.';

COMMENT ON TABLE promptmon.registry_lock IS 'One row. A transaction that changes the registry holds its lock until it ends.';
COMMENT ON COLUMN promptmon.registry_lock.id IS 'True.';

COMMENT ON VIEW promptmon.active_prompt IS 'What runtimes serve: the active version of each prompt that has one. Check the text against its hash before use.';
COMMENT ON COLUMN promptmon.active_prompt.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.active_prompt.version_id IS 'The active version, to be reported in execution records.';
COMMENT ON COLUMN promptmon.active_prompt.prompt_text IS 'The prompt.';
COMMENT ON COLUMN promptmon.active_prompt.prompt_hash IS 'SHA-256 of the UTF-8 bytes of the text that was registered, lower-case hexadecimal. If that of prompt_text differs, the text was tampered with.';
COMMENT ON COLUMN promptmon.active_prompt.deployed_at IS 'When the version became active.';

COMMENT ON VIEW promptmon.active_period IS 'Which version of a prompt was active when: one row per time a version became active.';
COMMENT ON COLUMN promptmon.active_period.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.active_period.version_id IS 'The version that was active.';
COMMENT ON COLUMN promptmon.active_period.active_from IS 'Since when, inclusive.';
COMMENT ON COLUMN promptmon.active_period.active_until IS 'Until when, exclusive. NULL if it still is.';

COMMENT ON VIEW promptmon.registered_version IS 'One row per version of a prompt, without the text of the prompt.';
COMMENT ON COLUMN promptmon.registered_version.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.registered_version.version_id IS 'Semantic version.';
COMMENT ON COLUMN promptmon.registered_version.status IS 'draft, staged, active or deprecated. Once a version of a prompt was deployed, exactly one is active.';
COMMENT ON COLUMN promptmon.registered_version.deprecation IS 'Why it is deprecated: superseded (a rollback may make it active again), rolled_back (only a deployment may) or withdrawn (for good). NULL unless it is.';
COMMENT ON COLUMN promptmon.registered_version.deployed_at IS 'When it last became active. NULL if it never was.';
COMMENT ON COLUMN promptmon.registered_version.deployed_by IS 'Who made it active then: the database''s user. NULL if it never was.';
COMMENT ON COLUMN promptmon.registered_version.rollback_reference IS 'The version that a rollback from this one goes to: as its file says, else the version it last replaced. NULL if there is none.';
COMMENT ON COLUMN promptmon.registered_version.auto_rollback_enabled IS 'Whether the version may be rolled back without a person.';
COMMENT ON COLUMN promptmon.registered_version.created_at IS 'When the version was made: as its file says, else when it was registered.';
COMMENT ON COLUMN promptmon.registered_version.created_by IS 'Who made it: as its file says, else who registered it.';
COMMENT ON COLUMN promptmon.registered_version.registered_at IS 'When it was registered.';
COMMENT ON COLUMN promptmon.registered_version.registered_by IS 'Who registered it: the database''s user.';
COMMENT ON COLUMN promptmon.registered_version.exploration_path IS 'How the prompt was arrived at, for example root → A → A.1. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.techniques IS 'The techniques that the prompt combines. NULL if they are not known.';
COMMENT ON COLUMN promptmon.registered_version.complexity IS 'How complex the task is, as the author names it. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.predicted_quality IS 'Quality that was predicted when the prompt was built, 0 to 10. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.baseline_accuracy IS 'Share of executions that should succeed, 0 to 1. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.baseline_latency_p50 IS 'Median latency that is expected, in milliseconds. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.baseline_latency_p95 IS '95th percentile of the latency that is expected, in milliseconds. NULL if it is not known.';
COMMENT ON COLUMN promptmon.registered_version.prompt_hash IS 'SHA-256 of the text of the prompt in UTF-8, lower-case hexadecimal.';
COMMENT ON COLUMN promptmon.registered_version.definition IS 'What was registered beside the text: the blocks PromptVersion, deployment_specification and exploration_analysis of the version file. Its text is kept as it is, see content_hash.';
COMMENT ON COLUMN promptmon.registered_version.content_hash IS 'SHA-256 of the text of definition, which holds prompt_hash; lower-case hexadecimal.';
