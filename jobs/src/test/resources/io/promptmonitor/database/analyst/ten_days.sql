-- What happened beside the executions of TenDays. The log is never rewritten, so the triggers that see to that are off.
SELECT promptmon.registry_register('greeting', json_build_object(
    'PromptVersion', json_build_object('version_id', version, 'prompt_hash', promptmon.sha256_hex('SECRET ' || version),
        'exploration', json_build_object('techniques', json_build_array('CoT')), 'performance', json_build_object('predicted_quality', 8)),
    'deployment_specification', json_build_object('performance_baseline', json_build_object(
        'expected_accuracy', 0.9, 'expected_latency_p95', 1000, 'token_budget_average', 200))), 'SECRET ' || version)
FROM unnest(ARRAY['1.0.0', '1.1.0', '1.2.0']) AS version;
SELECT promptmon.registry_register('summary', json_build_object(
    'PromptVersion', json_build_object('version_id', '2.0.0', 'prompt_hash', promptmon.sha256_hex('SECRET'))), 'SECRET');
SELECT promptmon.registry_stage('greeting', version) FROM unnest(ARRAY['1.0.0', '1.1.0', '1.2.0']) AS version;
SELECT promptmon.registry_deploy('greeting', '1.0.0');
SELECT promptmon.registry_deploy('greeting', '1.2.0');
SELECT promptmon.registry_stage('summary', '2.0.0');
SELECT promptmon.registry_deploy('summary', '2.0.0');

SET session_replication_role = replica;
INSERT INTO promptmon.rollback_event (rollback_id, kind, prompt_id, from_version, to_version, status, refusal, refusal_reason, requested_by, reason,
    triggered_at, switched_at, registry_event_id, cause, evidence, steps, outcome, outcome_reason, outcome_at, stragglers)
VALUES
    ('pm-errors', 'automatic', 'greeting', '1.1.0', '1.0.0', 'switched', NULL, NULL, 'monitor', 'Critical Error Rate: error_rate 40% > 5%',
     '2026-03-09T08:59:58Z', '2026-03-09T08:59:59.5Z', 99, '{"alert_id": "pm-errors", "rule": "Critical Error Rate", "severity": "critical"}',
     '{"e_value": 23456.5, "needed": 10000, "counted": 12, "executions": 30}', '[]', 'recovered', 'error_rate is 5%', '2026-03-09T09:15:00Z',
     '{"executions": 2, "share": 0.05, "lag_seconds": 8}'),
    ('pm-slow', 'automatic', 'greeting', '1.2.0', '1.0.0', 'held_back', 'too_little_evidence', 'the e-value is 12, 10000 is needed', NULL, 'Slow',
     '2026-03-11T08:00:00Z', NULL, NULL, '{"alert_id": "pm-slow", "rule": "Elevated Latency", "severity": "warning"}',
     '{"e_value": 12, "needed": 10000, "counted": 3, "executions": 20}', '[]', NULL, NULL, NULL, NULL);
INSERT INTO promptmon.alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause, pending_since,
    fired_at, ended_at, flagged_for_review)
VALUES
    ('pm-errors', 'greeting', '1.1.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05', '0', '{alert,auto_rollback}', 'resolved',
     'condition', '2026-03-09T06:05:00Z', '2026-03-09T06:10:00Z', '2026-03-09T09:20:00Z', false),
    ('pm-again', 'greeting', '1.0.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05', '0', '{alert,auto_rollback}', 'resolved',
     'condition', '2026-03-09T11:00:00Z', '2026-03-09T11:00:00Z', '2026-03-09T11:10:00Z', false),
    ('pm-short', 'greeting', '1.2.0', 'Elevated Latency', 'alert_rule', 'warning', 'latency_p95 > 3000', '300', '{alert}', 'cancelled',
     'condition', '2026-03-10T06:05:00Z', NULL, '2026-03-10T06:06:00Z', false),
    ('pm-slow', 'greeting', '1.2.0', 'Elevated Latency', 'alert_rule', 'warning', 'latency_p95 > 3000', '300', '{alert}', 'firing',
     'condition', '2026-03-11T07:55:00Z', '2026-03-11T08:00:00Z', NULL, false),
    ('pm-long-ago', 'greeting', '1.0.0', 'Critical Error Rate', 'alert_rule', 'critical', 'error_rate > 0.05', '0', '{alert}', 'resolved',
     'condition', '2026-01-09T11:00:00Z', '2026-01-09T11:00:00Z', '2026-01-09T11:10:00Z', false);
INSERT INTO promptmon.alert_escalation (alert_id, prompt_id, firing_since, told_at, acknowledged_at, acknowledged_by, muted_by, messages, ended_at)
VALUES
    ('pm-errors', 'greeting', '2026-03-09T06:10:01Z', '2026-03-09T06:10:01Z', '2026-03-09T06:25:01Z', 'erin', NULL, 3, '2026-03-09T09:20:01Z'),
    ('pm-again', 'greeting', '2026-03-09T11:00:01Z', '2026-03-09T11:00:01Z', NULL, NULL, NULL, 1, '2026-03-09T11:10:01Z'),
    ('pm-slow', 'greeting', '2026-03-11T08:00:01Z', NULL, NULL, NULL, 'silence s-1', 0, NULL);
INSERT INTO promptmon.notification (notification_id, channel, prompt_id, content, created_at, due_at, status, settled_at)
SELECT id, channel, 'greeting', '{"text": "something that was sent"}', '2026-03-09T06:10:01Z', '2026-03-09T06:10:01Z', status,
    CASE WHEN status <> 'pending' THEN timestamptz '2026-03-09T06:10:02Z' END
FROM (VALUES ('n1', 'slack', 'sent'), ('n2', 'on_call', 'sent'), ('n3', 'slack', 'pending'), ('n4', 'mail', 'unconfigured'), ('n5', 'slack', 'sent'),
    ('n6', 'slack', 'superseded')) AS n (id, channel, status);
INSERT INTO promptmon.notification_message (channel, alert_id, reason, repetition, notification_id) VALUES
    ('slack', 'pm-errors', 'firing', 0, 'n1'), ('slack', 'pm-errors', 'acknowledged', 0, 'n1'), ('on_call', 'pm-errors', 'firing', 0, 'n2'),
    ('slack', 'pm-errors', 'resolved', 0, 'n3'), ('mail', 'pm-errors', 'firing', 0, 'n4'), ('slack', 'pm-again', 'firing', 0, 'n5'),
    ('slack', 'pm-errors', 'repeated', 2, 'n6');
INSERT INTO promptmon.alert_exemplar (alert_id, execution_id_hash, executed_at, latency_ms, success, expires_at)
VALUES ('pm-errors', 'SECRET', '2026-03-09T06:10:00Z', 80, false, '2026-04-09');
INSERT INTO promptmon.dead_letter (source, position, reason, detail, length) VALUES ('executions-0', 1, 'not_json', 'SECRET', 10);
INSERT INTO promptmon.calibration_result (from_day, to_day, scope, subject, prompt_id, prompt_version, techniques, versions, days, quality_count,
    predicted, actual, bias, bias_lower, bias_upper, interval_basis, status, proposal, correction, proposed_correction, heuristic_version, updated_at)
VALUES
    ('2026-02-01', '2026-03-08', 'version', 'greeting@1.0.0', 'greeting', '1.0.0', '{CoT}', 1, 7, 200, 8, 7.5, 0.5, 0.25, 0.75, 'days',
     'well_calibrated', NULL, NULL, NULL, 0, '2026-03-09'),
    -- Analysed later, but of a span that ends before.
    ('2026-02-01', '2026-03-04', 'version', 'greeting@1.0.0', 'greeting', '1.0.0', '{CoT}', 1, 3, 90, 8, 5, 3, 2.5, 3.5, 'days',
     'significant_drift', NULL, NULL, NULL, 0, '2026-03-10'),
    ('2026-02-01', '2026-03-08', 'technique', 'CoT', NULL, NULL, '{CoT}', 1, 7, 200, 8, 7.5, 0.5, 0.25, 0.75, 'versions', 'well_calibrated', 'too_few', 0, 0, 0,
     '2026-03-09'),
    ('2026-03-01', '2026-03-08', 'technique', 'CoT', NULL, NULL, '{CoT}', 1, 7, 200, 8, 6.5, 1.5, 1.25, 1.75, 'versions', 'minor_drift', 'correct', 0, 1, 0,
     '2026-03-10');
INSERT INTO promptmon.daily_report (prompt_id, report_date, revision, is_final, active_version, executions, success_rate_n, feedback_count,
    automated_score_count, warning_alerts, critical_alerts, rollbacks, checks_failed, checks, report, markdown)
VALUES ('greeting', '2026-03-09', 1, true, '1.0.0', 240, 240, 0, 0, 0, 2, 1, 1, 3, '{"recommendations": []}', '# greeting');
SET session_replication_role = DEFAULT;
