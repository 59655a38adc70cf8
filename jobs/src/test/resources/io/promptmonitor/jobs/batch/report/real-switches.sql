-- When the versions of the real traffic were switched: with their first record. The log is never rewritten, so the triggers that see to that are off.
SET session_replication_role = replica;
UPDATE promptmon.prompt_version SET registered_at = '2023-07-01T00:00:00Z';
UPDATE promptmon.registry_event e SET at = CASE
    WHEN e.kind = 'rolled_back' THEN (SELECT r.triggered_at FROM promptmon.rollback_event r WHERE r.registry_event_id = e.event_id)
    WHEN e.kind = 'deployed' AND e.version_id = '2023.6.13' THEN (
        SELECT min(w.window_start) FROM promptmon.window_metrics w
        WHERE w.window_size = '1m' AND w.prompt_id = e.prompt_id AND w.prompt_version = e.version_id)
    ELSE timestamptz '2023-07-01T00:00:00Z' + e.event_id * interval '1 minute' END;
SET session_replication_role = DEFAULT;
