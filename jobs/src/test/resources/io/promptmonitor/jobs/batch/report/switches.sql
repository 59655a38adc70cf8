-- What the streaming job and operators did on the last day. The log is never rewritten, so the triggers that see to that are off.
SET session_replication_role = replica;
UPDATE promptmon.prompt_version SET registered_at = '2026-02-15T10:00:00Z';
UPDATE promptmon.registry_event SET at = CASE
    WHEN kind = 'deployed' AND version_id = '1.1.0' THEN timestamptz '2026-03-01T08:59:58Z'
    ELSE timestamptz '2026-02-15T10:00:00Z' + event_id * interval '1 minute' END;
INSERT INTO promptmon.registry_event (event_id, at, kind, prompt_id, version_id, from_version, to_version, actor, reason, decision_id)
VALUES (7, '2026-03-01T09:05:00Z', 'rolled_back', 'billing/explain-invoice', '1.0.0', '1.1.0', '1.0.0', 'monitor', 'Critical Error Rate', 'pm-rollback');
INSERT INTO promptmon.rollback_event (rollback_id, kind, prompt_id, from_version, to_version, status, requested_by, reason, triggered_at,
    switched_at, registry_event_id, steps, outcome, outcome_at, min_interval, max_per_day)
VALUES ('pm-rollback', 'automatic', 'billing/explain-invoice', '1.1.0', '1.0.0', 'switched', 'monitor',
    'Critical Error Rate: error_rate 27.74% > 5% (310 in 5 min)', '2026-03-01T09:05:00Z', '2026-03-01T09:05:00Z', 7, '[]', 'recovered',
    '2026-03-01T09:20:00Z', '15 minutes', 3);
INSERT INTO promptmon.alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause, pending_since,
    fired_at, ended_at, metric, value, operator, threshold, sample_count, window_length, flagged_for_review)
VALUES
    ('pm-errors', 'billing/explain-invoice', '1.1.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05', '0', '{alert,auto_rollback}',
     'resolved', 'condition', '2026-03-01T09:00:50Z', '2026-03-01T09:00:50Z', '2026-03-01T09:21:20Z', 'error_rate', 0.33, '>', 0.05, 115, '5 minutes', false),
    ('pm-slow', 'billing/explain-invoice', '1.1.0', 'Elevated Latency', 'alert_rule', 'warning', 'latency_p95 > baseline * 1.5', '0', '{alert}',
     'resolved', 'condition', '2026-03-01T09:00:50Z', '2026-03-01T09:00:50Z', '2026-03-01T09:30:50Z', 'latency_p95', 3100, '>', 2550, 115, '15 minutes', false),
    ('pm-rolled-back', 'billing/explain-invoice', '1.1.0', 'Automatic rollback', 'rollback', 'critical', 'rolled back', '0', '{alert}',
     'resolved', 'condition', '2026-03-01T09:05:00Z', '2026-03-01T09:05:00Z', '2026-03-01T09:20:00Z', NULL, NULL, NULL, NULL, NULL, NULL, false),
    ('pm-day-before', 'billing/explain-invoice', '1.0.0', 'Elevated Error Rate', 'alert_rule', 'warning', 'error_rate > 0.03', '0', '{alert}',
     'resolved', 'condition', '2026-02-28T16:25:20Z', '2026-02-28T16:25:20Z', '2026-02-28T16:32:30Z', 'error_rate', 0.04, '>', 0.03, 25, '15 minutes', false);
INSERT INTO promptmon.operator_command (command_id, at, kind, actor, prompt_id, alert_id)
VALUES (1, '2026-03-01T09:04:00Z', 'acknowledged', 'erin', 'billing/explain-invoice', 'pm-errors');
INSERT INTO promptmon.dead_letter (source, position, reason, detail, length, event_time) VALUES
    ('executions-0', 1, 'late', 'late', 500, '2026-03-01T10:00:00Z'),
    ('executions-0', 2, 'missing_field', 'missing', 400, '2026-03-01T11:00:00Z'),
    ('executions-0', 3, 'missing_field', 'missing', 400, '2026-03-01T12:00:00Z'),
    ('executions-0', 4, 'missing_field', 'missing', 400, '2026-02-28T12:00:00Z');
SET session_replication_role = DEFAULT;
