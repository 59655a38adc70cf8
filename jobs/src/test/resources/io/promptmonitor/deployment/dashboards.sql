-- A prompt of which 1.1.0 fails, of 8 January 2026, and another one that does well: something for each panel of the dashboards.
-- The digest holds latencies of 100 and 200 milliseconds.

SELECT registry_register(prompt, json_build_object(
    'PromptVersion', json_build_object('version_id', version, 'prompt_hash', sha256_hex('Hi'),
        'exploration', json_build_object('techniques', json_build_array('CoT')),
        'performance', json_build_object('baseline_accuracy', 0.9, 'baseline_latency_p95', 150, 'predicted_quality', 9))), 'Hi')
FROM (VALUES ('billing/explain-invoice', '1.0.0'), ('billing/explain-invoice', '1.1.0'), ('greeting', '1.0.0')) AS v (prompt, version);
SELECT registry_stage('billing/explain-invoice', '1.0.0'), registry_stage('billing/explain-invoice', '1.1.0'), registry_stage('greeting', '1.0.0');
SELECT registry_deploy('billing/explain-invoice', '1.0.0');
SELECT registry_deploy('billing/explain-invoice', '1.1.0', 'shorter');
SELECT registry_deploy('greeting', '1.0.0');
SELECT silence_create(ARRAY['prompt=greeting'], interval '30 days', 'it is tried out');

INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count, unique_users,
    success_count, failure_count, success_rate, error_rate, latency_p50, latency_p95, latency_p99, avg_input_tokens, avg_output_tokens,
    avg_total_tokens, total_tokens, avg_user_feedback, feedback_count, user_feedback_negative_rate, automated_score_count, calibration_bias,
    avg_calibration_delta, consistency_rate, errors_by_type, top_errors, branch_distribution, model_distribution, latency_digest, tokens_digest, users_sketch)
SELECT prompt, version, size, start + later * length, start + (later + 1) * length, true, 1, 20, CASE version WHEN '1.0.0' THEN 3 ELSE 2 END,
    20 - failures, failures, 1 - failures / 20.0, failures / 20.0, 150, 195, 199, 30, 20,
    50, 1000, 4, 5, 0.2, 0, CASE version WHEN '1.1.0' THEN 1.5 ELSE 0.5 END,
    CASE version WHEN '1.1.0' THEN 1.5 ELSE 0.5 END, 0.9, CASE failures WHEN 0 THEN '{}' ELSE jsonb_build_object('timeout', failures) END,
    CASE failures WHEN 0 THEN '[]' ELSE jsonb_build_array(jsonb_build_object('error_type', 'timeout', 'count', failures)) END,
    '{"long": 20}', '{"gpt-4": 20}', digest, digest, users
FROM (VALUES ('billing/explain-invoice', '1.0.0', 0, 2, '\x${users_1}'::bytea), ('billing/explain-invoice', '1.1.0', 0, 4, '\x${users_2}'),
        ('billing/explain-invoice', '1.1.0', 1, 4, '\x${users_2}'), ('greeting', '1.0.0', 0, 0, '\x${users_1}'))
    AS row (prompt, version, later, failures, users),
  (VALUES ('1m', interval '1 minute'), ('5m', '5 minutes'), ('1h', '1 hour'), ('24h', '24 hours')) AS of (size, length),
  (SELECT timestamptz '2026-01-08 00:00Z' AS start, '\x001f02016401640a'::bytea AS digest) AS d;

INSERT INTO alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause, pending_since, fired_at, ended_at,
    metric, value, operator, threshold, sample_count, flagged_for_review)
VALUES ('a1', 'billing/explain-invoice', '1.1.0', 'Errors', 'alert_rule', 'critical', 'error_rate > 5%', '0', '{alert}', 'firing', 'condition',
        '2026-01-08 01:00Z', '2026-01-08 01:05Z', NULL, 'error_rate', 0.2, '>', 0.05, 60, false),
    ('a2', 'billing/explain-invoice', '1.1.0', 'Slow', 'alert_rule', 'warning', 'latency_p95 > 150', '0', '{alert}', 'resolved', 'condition',
        '2026-01-08 02:00Z', '2026-01-08 02:00Z', '2026-01-08 03:00Z', 'latency_p95', 200, '>', 150, 60, false),
    ('a5', 'billing/explain-invoice', '1.1.0', 'Errors', 'alert_rule', 'critical', 'error_rate > 5%', '0', '{alert}', 'resolved', 'condition',
        '2026-01-07 23:00Z', '2026-01-08 00:00Z', '2026-01-08 01:00Z', 'error_rate', 0.2, '>', 0.05, 60, false);
INSERT INTO alert_escalation (alert_id, prompt_id, firing_since, told_at, acknowledged_at, acknowledged_by, messages, ended_at)
VALUES ('a1', 'billing/explain-invoice', '2026-01-08 01:05Z', '2026-01-08 01:05Z', NULL, NULL, 1, NULL),
    ('a2', 'billing/explain-invoice', '2026-01-08 02:00Z', '2026-01-08 02:00Z', '2026-01-08 02:05Z', 'ada', 1, '2026-01-08 03:00Z'),
    ('a5', 'billing/explain-invoice', '2026-01-08 00:00Z', '2026-01-08 00:00Z', '2026-01-08 00:05Z', 'ada', 1, '2026-01-08 01:00Z');
INSERT INTO rule_status (prompt_id, prompt_version, rule, kind, severity, phase, data_status, reason, since)
VALUES ('greeting', '1.0.0', 'Low rating', 'alert_rule', 'warning', 'inactive', 'insufficient_data', 'too few ratings', '2026-01-08 00:00Z');
INSERT INTO notification (notification_id, channel, prompt_id, content, created_at, due_at, received_at, status, settled_at, last_error)
SELECT status, 'team', 'billing/explain-invoice', '{}', time, time, time, status, CASE WHEN status <> 'pending' THEN time + interval '2 seconds' END,
    CASE status WHEN 'failed' THEN 'HTTP 500' END
FROM unnest(ARRAY['sent', 'failed', 'pending', 'unconfigured', 'recorded', 'superseded']) AS status, (SELECT timestamptz '2026-01-08 01:05Z' AS time) AS t;
INSERT INTO notification_channel (channel, last_sent_at, failing_since, last_error) VALUES ('team', '2026-01-08 01:05Z', '2026-01-08 01:06Z', 'HTTP 500');

-- What the registry and its rollbacks leave, at times of ours: neither their functions nor their triggers would let us.
SET session_replication_role = replica;
UPDATE registry_event SET at = timestamptz '2026-01-08 00:00Z' + event_id * interval '1 minute';
INSERT INTO registry_event (event_id, at, kind, prompt_id, version_id, from_version, to_version, actor, reason, decision_id)
VALUES (101, '2026-01-08 01:10Z', 'rolled_back', 'billing/explain-invoice', '1.0.0', '1.1.0', '1.0.0', 'job', 'errors', 'a0'),
    (102, '2026-01-08 04:10Z', 'rolled_back', 'billing/explain-invoice', '1.0.0', '1.1.0', '1.0.0', 'job', 'errors', 'a1');
INSERT INTO rollback_event (rollback_id, kind, prompt_id, from_version, to_version, status, refusal, refusal_reason, requested_by, reason, triggered_at,
    switched_at, registry_event_id, cause, evidence, steps, outcome, outcome_reason, outcome_at, min_interval, max_per_day)
VALUES ('a1', 'automatic', 'billing/explain-invoice', '1.1.0', '1.0.0', 'switched', NULL, NULL, 'job', 'errors', '2026-01-08 04:09Z',
        '2026-01-08 04:10Z', 102, '{"alert_id": "a1", "rule": "Errors", "metric": "error_rate", "value": 0.2, "operator": ">", "threshold": 0.05}',
        '{"e_value": 1e300, "needed": 10000}', '[]', 'recovered', 'error_rate is 1 %', '2026-01-08 04:25Z', '15 minutes', 2),
    ('a3', 'automatic', 'billing/explain-invoice', '1.1.0', '1.0.0', 'held_back', 'too_little_evidence', 'e-value 12, 10000 needed', NULL, 'errors',
        '2026-01-08 01:08Z', NULL, NULL, '{"rule": "Errors"}', '{"e_value": 12, "needed": 10000}', '[]', NULL, NULL, NULL, NULL, NULL),
    ('a4', 'automatic', 'greeting', '1.0.0', NULL, 'refused', 'no_target', 'there is no earlier version', NULL, 'errors',
        '2026-01-07 01:08Z', NULL, NULL, '{"rule": "Errors"}', NULL, '[]', NULL, NULL, NULL, NULL, NULL);
SET session_replication_role = DEFAULT;

INSERT INTO calibration_result (from_day, to_day, scope, subject, prompt_id, prompt_version, techniques, versions, days, quality_count, predicted, actual,
    bias, bias_lower, bias_upper, interval_basis, status, drift_began, correction, proposed_correction, proposal, expected_calibration_error,
    rank_correlation, heuristic_version)
VALUES ('2025-12-09', '2026-01-08', 'overall', 'all', NULL, NULL, NULL, 2, 30, 500, 9, 7.5, 1.5, 1.2, 1.8, 'versions', 'minor_drift', NULL, NULL, NULL, NULL, 1.1, 0.4, 0),
    ('2025-12-09', '2026-01-08', 'version', 'billing/explain-invoice@1.1.0', 'billing/explain-invoice', '1.1.0', '{CoT}', 1, 15, 250, 9, 6.5, 2.5, 2.2, 2.8, 'days',
        'significant_drift', '2026-01-02', NULL, NULL, NULL, NULL, NULL, 0),
    ('2025-12-09', '2026-01-08', 'technique', 'CoT', NULL, NULL, '{CoT}', 2, 30, 500, 9, 7.5, 1.5, 1.2, 1.8, 'versions', 'minor_drift', NULL, 0, 0.8, 'correct', NULL, NULL, 0),
    ('2025-12-09', '2026-01-08', 'prediction_bin', '9-10', NULL, NULL, NULL, 2, 30, 500, 9, 7.5, 1.5, NULL, NULL, 'none', 'minor_drift', NULL, NULL, NULL, NULL, NULL, NULL, 0);
SELECT calibration_apply(0, '[{"techniques": ["CoT"], "value": 0.8}]', '2025-12-09', '2026-01-08', 'first analysis')
