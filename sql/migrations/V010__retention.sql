-- Removes what is old, in batches small enough that nobody waits for them. What is never removed: the registry, the commands of operators,
-- rollbacks, and where each rule is.

-- As in V004__roles.sql: roles belong to the server.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'promptmon_maintenance') THEN
        CREATE ROLE promptmon_maintenance NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- Another database was faster.
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format(
            'the role promptmon_maintenance is missing and %s may not create it; have an administrator run: CREATE ROLE promptmon_maintenance',
            current_user);
END
$$;
GRANT USAGE ON SCHEMA promptmon TO promptmon_maintenance;

-- What is removed is found by these; of windows by window_metrics_window_start, of the others by indexes that are there.
CREATE INDEX notification_settled_at ON promptmon.notification (settled_at) WHERE status <> 'pending';
CREATE INDEX alert_ended_at ON promptmon.alert (ended_at) WHERE ended_at IS NOT NULL;

-- All rows of the short windows are replaced within a day or a week: the space is to be free again before a fifth of the table is dead.
ALTER TABLE promptmon.window_metrics_1m SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
ALTER TABLE promptmon.window_metrics_5m SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1);


-- The one place that says what goes, so that a dry run counts exactly what a run removes.
CREATE FUNCTION promptmon.retention_source(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind
    -- A partition holds windows of one length, so the index on their start serves their end.
    WHEN '1m'  THEN $q$window_metrics_1m  AS t WHERE t.window_start < $1 - interval '1 minute'$q$
    WHEN '5m'  THEN $q$window_metrics_5m  AS t WHERE t.window_start < $1 - interval '5 minutes'$q$
    WHEN '1h'  THEN $q$window_metrics_1h  AS t WHERE t.window_start < $1 - interval '1 hour'$q$
    WHEN '24h' THEN $q$window_metrics_24h AS t WHERE t.window_start < $1 - interval '24 hours'$q$
    WHEN '7d'  THEN $q$window_metrics_7d  AS t WHERE t.window_start < $1 - interval '168 hours'$q$
    WHEN 'alert_exemplar' THEN $q$alert_exemplar AS t WHERE t.expires_at <= $1$q$
    WHEN 'dead_letter'    THEN $q$dead_letter AS t WHERE t.received_at < $1$q$
    -- What is still to be sent stays, and what was said of an alert stays as long after its end as after it was said.
    WHEN 'notification'   THEN $q$notification AS t WHERE t.status <> 'pending' AND t.settled_at < $1
        AND NOT EXISTS (
            SELECT FROM notification_message m JOIN alert a ON a.alert_id = m.alert_id
            WHERE m.notification_id = t.notification_id AND (a.ended_at IS NULL OR a.ended_at >= $1))$q$
    -- What somebody is still to look at stays, and what a version was rolled back for.
    WHEN 'alert'          THEN $q$alert AS t WHERE t.ended_at < $1
        AND (NOT t.flagged_for_review OR EXISTS (
            SELECT FROM operator_command c WHERE c.kind = 'acknowledged' AND c.alert_id = t.alert_id))
        AND NOT EXISTS (SELECT FROM rollback_event r WHERE r.rollback_id = t.alert_id)$q$
END;
COMMENT ON FUNCTION promptmon.retention_source(text) IS 'FROM and WHERE of a query for the rows of a kind that are old; its parameter is the limit.';

CREATE FUNCTION promptmon.retention_check(kind text, before timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = promptmon, pg_temp AS $$
DECLARE
    clock_difference CONSTANT interval := '5 minutes';
BEGIN
    IF kind IS NULL OR retention_source(kind) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('nothing is called "%s" that could be removed', kind);
    ELSIF before IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'a limit is needed before which to remove';
    -- By the clock, whatever time is meant: this is about who may do what, not about what is old.
    ELSIF before > clock_timestamp() + clock_difference THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format(
            'what is not over yet cannot be removed: %s is in the future', time_text(before));
    END IF;
END
$$;
COMMENT ON FUNCTION promptmon.retention_check(text, timestamptz) IS 'An error that says what was expected if these are no kind and no limit.';

CREATE FUNCTION promptmon.retention_count(kind text, before timestamptz) RETURNS TABLE (table_name text, row_count bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = promptmon, pg_temp AS $$
BEGIN
    PERFORM retention_check(kind, before);
    IF kind = 'notification' THEN
        RETURN QUERY EXECUTE format($q$
            WITH old AS MATERIALIZED (SELECT t.notification_id FROM %s)
            SELECT 'notification', (SELECT count(*) FROM old)
            UNION ALL SELECT 'notification_message', (SELECT count(*) FROM notification_message JOIN old USING (notification_id))
            $q$, retention_source(kind)) USING before;
    ELSIF kind = 'alert' THEN
        RETURN QUERY EXECUTE format($q$
            WITH old AS MATERIALIZED (SELECT t.alert_id FROM %s)
            SELECT 'alert', (SELECT count(*) FROM old)
            UNION ALL SELECT 'alert_event', (SELECT count(*) FROM alert_event JOIN old USING (alert_id))
            UNION ALL SELECT 'alert_escalation', (SELECT count(*) FROM alert_escalation JOIN old USING (alert_id))
            $q$, retention_source(kind)) USING before;
    ELSE
        RETURN QUERY EXECUTE format('SELECT %L, count(*) FROM %s',
            CASE WHEN kind IN ('alert_exemplar', 'dead_letter') THEN kind ELSE 'window_metrics' END, retention_source(kind)) USING before;
    END IF;
END
$$;
COMMENT ON FUNCTION promptmon.retention_count(text, timestamptz) IS
    'How many rows of a kind are old, by table: of windows (1m, 5m, 1h, 24h, 7d), alert_exemplar, dead_letter, notification or alert.';

-- Rows that somebody is writing are left to the next time, so this waits for nobody; and what it removes is committed soon, so hardly
-- anybody waits for it. A table that an administrator locks it soon gives up: all others would wait behind it.
CREATE FUNCTION promptmon.retention_remove(kind text, before timestamptz, batch_size integer) RETURNS TABLE (table_name text, row_count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    max_batch_size CONSTANT integer := 100000;
    places tid[];
    ids text[];
    rows bigint;
    messages bigint;
    events bigint;
    escalations bigint;
BEGIN
    PERFORM retention_check(kind, before);
    IF batch_size IS NULL OR batch_size NOT BETWEEN 1 AND max_batch_size THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a batch has 1 to %s rows', max_batch_size);
    END IF;
    -- The oldest first: with an order the index is read, which forgets what is gone, and not the table again and again from its start.
    IF kind = 'notification' THEN
        EXECUTE format('SELECT array_agg(old.notification_id) FROM (
            SELECT t.notification_id FROM %s ORDER BY t.settled_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED) AS old', retention_source(kind))
            INTO ids USING before, batch_size;
        DELETE FROM notification_message m WHERE m.notification_id = ANY (ids);
        GET DIAGNOSTICS messages = ROW_COUNT;
        DELETE FROM notification n WHERE n.notification_id = ANY (ids);
        GET DIAGNOSTICS rows = ROW_COUNT;
        RETURN QUERY VALUES ('notification', rows), ('notification_message', messages);
    ELSIF kind = 'alert' THEN
        EXECUTE format('SELECT array_agg(old.alert_id) FROM (
            SELECT t.alert_id FROM %s ORDER BY t.ended_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED) AS old', retention_source(kind))
            INTO ids USING before, batch_size;
        DELETE FROM alert_event e WHERE e.alert_id = ANY (ids);
        GET DIAGNOSTICS events = ROW_COUNT;
        DELETE FROM alert_escalation e WHERE e.alert_id = ANY (ids);
        GET DIAGNOSTICS escalations = ROW_COUNT;
        DELETE FROM alert a WHERE a.alert_id = ANY (ids);
        GET DIAGNOSTICS rows = ROW_COUNT;
        RETURN QUERY VALUES ('alert', rows), ('alert_event', events), ('alert_escalation', escalations);
    ELSE
        EXECUTE format('SELECT array_agg(old.ctid) FROM (SELECT t.ctid FROM %s ORDER BY t.%I LIMIT $2 FOR UPDATE OF t SKIP LOCKED) AS old',
            retention_source(kind),
            CASE kind WHEN 'alert_exemplar' THEN 'expires_at' WHEN 'dead_letter' THEN 'received_at' ELSE 'window_start' END)
            INTO places USING before, batch_size;
        -- Locked, they stay where they are.
        EXECUTE format('DELETE FROM %I WHERE ctid = ANY ($1)', split_part(retention_source(kind), ' ', 1)) USING places;
        GET DIAGNOSTICS rows = ROW_COUNT;
        RETURN QUERY SELECT CASE WHEN kind IN ('alert_exemplar', 'dead_letter') THEN kind ELSE 'window_metrics' END, rows;
    END IF;
END
$$;
COMMENT ON FUNCTION promptmon.retention_remove(text, timestamptz, integer) IS
    'Removes at most batch_size old rows of a kind, with what belongs to them, and says how many of each table; none if nothing is left to do. To be called again and again, each time in a transaction of its own.';

REVOKE ALL ON FUNCTION promptmon.retention_source(text), promptmon.retention_check(text, timestamptz),
    promptmon.retention_count(text, timestamptz), promptmon.retention_remove(text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION promptmon.retention_count(text, timestamptz), promptmon.retention_remove(text, timestamptz, integer)
    TO promptmon_maintenance;

COMMENT ON TABLE promptmon.window_metrics IS 'One row per prompt version and tumbling window that had executions. Partitioned by window_size. What cannot be known is NULL, never 0. Kept for 24 hours (1m), 7 days (5m), 30 days (1h), 90 days (24h) and 365 days (7d) after the end of the window, unless the deployment says otherwise.';
COMMENT ON TABLE promptmon.alert_exemplar IS 'Up to five executions of the window in which an alert began to fire, by their hashes, as evidence. Shown until expires_at; promptmon retention removes them then.';
COMMENT ON COLUMN promptmon.alert_exemplar.expires_at IS 'From when on the row is not shown any more, and is removed when promptmon retention next runs.';
