-- What analysts ask most, under names that stay. Aggregates only: no execution, no text of a prompt, nothing that was sent.
-- No view hides rows of what its readers may not read anyway, so none needs to be a barrier.

CREATE VIEW promptmon.alert_history AS
    SELECT a.alert_id, a.prompt_id, a.prompt_version, a.rule, a.kind, a.severity, a.condition, a.actions, a.phase, a.cause,
        a.pending_since, a.fired_at, a.ended_at, a.ended_at - a.fired_at AS time_to_resolve,
        a.metric, a.value, a.operator, a.threshold, a.baseline, a.sample_count, a.window_length, a.evidence, a.flagged_for_review,
        e.told_at, e.messages,
        -- Subqueries, which cost nothing where their columns are not asked for.
        (SELECT count(DISTINCT n.notification_id)
         FROM promptmon.notification_message m JOIN promptmon.notification n USING (notification_id)
         WHERE m.alert_id = a.alert_id AND n.status = 'sent') AS notifications_sent,
        (SELECT count(DISTINCT n.notification_id)
         FROM promptmon.notification_message m JOIN promptmon.notification n USING (notification_id)
         WHERE m.alert_id = a.alert_id AND n.status IN ('pending', 'failed', 'unconfigured')) AS notifications_unsent,
        e.acknowledged_at, e.acknowledged_by, e.acknowledged_comment, e.acknowledged_at - e.firing_since AS time_to_acknowledge,
        e.escalated_at, e.muted_by, e.due_at AS escalation_due_at, r.status AS rollback
    FROM promptmon.alert a
    LEFT JOIN promptmon.alert_escalation e USING (alert_id)
    -- Of an automatic rollback the id is that of the alert which demanded it.
    LEFT JOIN promptmon.rollback_event r ON r.rollback_id = a.alert_id;

CREATE VIEW promptmon.calibration_status AS
    SELECT DISTINCT ON (c.scope, c.subject)
        c.scope, c.subject, c.prompt_id, c.prompt_version, v.status AS version_status, c.status, c.predicted, c.actual, c.bias, c.bias_lower, c.bias_upper,
        c.quality_count, c.versions, c.days, c.drift_began, c.proposal, c.correction, c.proposed_correction, p.corrected_quality,
        c.from_day, c.to_day, c.updated_at
    FROM promptmon.calibration_result c
    LEFT JOIN promptmon.registered_version v ON v.prompt_id = c.prompt_id AND v.version_id = c.prompt_version
    LEFT JOIN promptmon.calibrated_prediction p ON p.prompt_id = c.prompt_id AND p.prompt_version = c.prompt_version
    ORDER BY c.scope, c.subject, c.to_day DESC, c.updated_at DESC, c.from_day;

CREATE VIEW promptmon.prompt_health AS
    SELECT v.prompt_id, v.version_id AS active_version, v.deployed_at,
        CASE WHEN coalesce(a.critical, 0) > 0 THEN 'critical'
             WHEN coalesce(a.warning, 0) > 0 THEN 'warning'
             WHEN w.window_start IS NULL THEN 'no data'
             ELSE 'healthy' END AS status,
        coalesce(a.critical, 0) AS critical_alerts, coalesce(a.warning, 0) AS warning_alerts, coalesce(a.rules, '{}') AS firing_rules,
        w.window_start AS latest_window, w.execution_count, w.error_rate, w.latency_p95, w.avg_user_feedback,
        r.happened_at AS latest_rollback_at, r.from_version AS latest_rollback_from, r.outcome AS latest_rollback_outcome
    FROM promptmon.registered_version v
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.severity = 'critical') AS critical, count(*) FILTER (WHERE o.severity = 'warning') AS warning,
            array_agg(o.rule ORDER BY o.severity, o.rule) AS rules
        FROM promptmon.alert o
        WHERE o.prompt_id = v.prompt_id AND o.ended_at IS NULL AND o.phase = 'firing') a ON true
    LEFT JOIN LATERAL (
        SELECT m.window_start, m.execution_count, m.error_rate, m.latency_p95, m.avg_user_feedback
        FROM promptmon.window_metrics m
        WHERE m.window_size = '1h' AND m.prompt_id = v.prompt_id AND m.prompt_version = v.version_id
        ORDER BY m.window_start DESC LIMIT 1) w ON true
    LEFT JOIN LATERAL (
        SELECT o.happened_at, o.from_version, o.outcome
        FROM promptmon.rollback_history o
        WHERE o.prompt_id = v.prompt_id AND o.status = 'switched'
        ORDER BY o.happened_at DESC LIMIT 1) r ON true
    WHERE v.status = 'active';

CREATE VIEW promptmon.version_comparison AS
    SELECT m.prompt_id, m.prompt_version, v.status, min(m.window_start) AS first_day, max(m.window_start) AS last_day,
        sum(m.execution_count)::bigint AS execution_count,
        sum(m.failure_count)::double precision / sum(m.execution_count)::double precision AS error_rate,
        promptmon.latency_p95(m.latency_digest) AS latency_p95,
        v.baseline_latency_p95,
        sum(m.total_tokens)::double precision / sum(m.execution_count)::double precision AS avg_total_tokens,
        sum(m.avg_user_feedback * m.feedback_count) / nullif(sum(m.feedback_count), 0)::double precision AS avg_user_feedback,
        sum(m.feedback_count)::bigint AS feedback_count,
        v.predicted_quality
    FROM promptmon.window_metrics m
    LEFT JOIN promptmon.registered_version v ON v.prompt_id = m.prompt_id AND v.version_id = m.prompt_version
    WHERE m.window_size = '24h'
    GROUP BY m.prompt_id, m.prompt_version, v.status, v.baseline_latency_p95, v.predicted_quality;

CREATE VIEW promptmon.top_errors_by_prompt AS
    SELECT m.prompt_id, m.prompt_version, m.window_start AS day, e.rank::int AS rank, e.error ->> 'error_type' AS error_type,
        (e.error ->> 'count')::bigint AS failures, m.execution_count,
        (e.error ->> 'count')::double precision / m.execution_count AS share_of_executions
    FROM promptmon.window_metrics m, jsonb_array_elements(m.top_errors) WITH ORDINALITY AS e (error, rank)
    WHERE m.window_size = '24h';

CREATE VIEW promptmon.slo_status AS
    SELECT m.prompt_id, m.prompt_version, m.window_start AS day, m.execution_count, m.success_rate, t.success_target,
        m.failure_count / nullif((1 - t.success_target) * m.execution_count, 0) AS error_budget_spent,
        m.latency_p95, t.latency_target, m.latency_p95 <= t.latency_target AS latency_met
    FROM promptmon.window_metrics m
    JOIN promptmon.registered_version v ON v.prompt_id = m.prompt_id AND v.version_id = m.prompt_version
    CROSS JOIN LATERAL (
        SELECT coalesce((v.definition #>> '{deployment_specification,performance_baseline,expected_accuracy}')::double precision,
                v.baseline_accuracy) AS success_target,
            coalesce((v.definition #>> '{deployment_specification,performance_baseline,expected_latency_p95}')::double precision,
                v.baseline_latency_p95) AS latency_target) t
    WHERE m.window_size = '24h';

CREATE VIEW promptmon.token_cost AS
    SELECT m.prompt_id, m.prompt_version, m.window_start AS day, m.execution_count, m.total_tokens,
        m.avg_input_tokens * m.execution_count AS input_tokens, m.avg_output_tokens * m.execution_count AS output_tokens,
        m.avg_total_tokens,
        (v.definition #>> '{deployment_specification,performance_baseline,token_budget_average}')::double precision AS token_budget_average,
        m.model_distribution
    FROM promptmon.window_metrics m
    LEFT JOIN promptmon.registered_version v ON v.prompt_id = m.prompt_id AND v.version_id = m.prompt_version
    WHERE m.window_size = '24h';

COMMENT ON VIEW promptmon.alert_history IS 'One row per episode of an alert: what it was about, who was told, who took it on, how long it lasted, and what it led to.';
COMMENT ON COLUMN promptmon.alert_history.alert_id IS 'Identifies the episode: the same for rule, prompt, version and beginning, also after a restart or in a replay. The dedup key of notifications.';
COMMENT ON COLUMN promptmon.alert_history.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.alert_history.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.alert_history.rule IS 'Name of the rule.';
COMMENT ON COLUMN promptmon.alert_history.kind IS 'Where the rule comes from: alert_rule, rollback_trigger, manual_review, no_data_alert, or rollback for what the rollback protocol tells.';
COMMENT ON COLUMN promptmon.alert_history.severity IS 'warning or critical.';
COMMENT ON COLUMN promptmon.alert_history.condition IS 'The condition of the rule, with the version''s own threshold if it has one.';
COMMENT ON COLUMN promptmon.alert_history.actions IS 'What the rule does when it fires: alert, auto_rollback, flag_for_review.';
COMMENT ON COLUMN promptmon.alert_history.phase IS 'pending, firing, resolved (it fired) or cancelled (it never fired).';
COMMENT ON COLUMN promptmon.alert_history.cause IS 'Why it is in that phase: condition, no_data, insufficient_data, rule_changed, rule_removed or superseded.';
COMMENT ON COLUMN promptmon.alert_history.pending_since IS 'When the condition began to hold (event time).';
COMMENT ON COLUMN promptmon.alert_history.fired_at IS 'When the alert began to fire (event time). NULL if it did not.';
COMMENT ON COLUMN promptmon.alert_history.ended_at IS 'When the alert was resolved or cancelled (event time). NULL while it goes on.';
COMMENT ON COLUMN promptmon.alert_history.time_to_resolve IS 'How long the alert fired. NULL while it does, and if it never did.';
COMMENT ON COLUMN promptmon.alert_history.metric IS 'The metric that tells most about why. NULL if nothing was seen, as when there are no executions.';
COMMENT ON COLUMN promptmon.alert_history.value IS 'Value of the metric, in its unit, when the alert began to fire; while pending, when that began.';
COMMENT ON COLUMN promptmon.alert_history.operator IS 'How it was compared: >, >=, < or <=.';
COMMENT ON COLUMN promptmon.alert_history.threshold IS 'What it was compared with, in the same unit.';
COMMENT ON COLUMN promptmon.alert_history.baseline IS 'The version''s baseline that the threshold was made from. NULL if it was not made from one.';
COMMENT ON COLUMN promptmon.alert_history.sample_count IS 'How many executions, ratings or scores the value is taken from.';
COMMENT ON COLUMN promptmon.alert_history.window_length IS 'Length of the window that was looked at; it ended at that time.';
COMMENT ON COLUMN promptmon.alert_history.evidence IS 'How many times more probable the window is under a worse version (e-value). NULL if the rule does not ask for evidence.';
COMMENT ON COLUMN promptmon.alert_history.flagged_for_review IS 'Whether the alert fired and marked the version for a person to look at.';
COMMENT ON COLUMN promptmon.alert_history.told_at IS 'When people were last told that it fires. NULL if they were not.';
COMMENT ON COLUMN promptmon.alert_history.messages IS 'How many messages there were.';
COMMENT ON COLUMN promptmon.alert_history.notifications_sent IS 'How many notifications that say something of it were sent, of all channels. 0 in replays, which send nothing.';
COMMENT ON COLUMN promptmon.alert_history.notifications_unsent IS 'How many are still to be sent, were given up, or are for a channel that the deployment does not have.';
COMMENT ON COLUMN promptmon.alert_history.acknowledged_at IS 'When somebody took it on. NULL if nobody did.';
COMMENT ON COLUMN promptmon.alert_history.acknowledged_by IS 'Who took it on: the database''s user.';
COMMENT ON COLUMN promptmon.alert_history.acknowledged_comment IS 'What they said. NULL if nothing.';
COMMENT ON COLUMN promptmon.alert_history.time_to_acknowledge IS 'From when escalation learnt that it fires until somebody took it on. NULL if nobody did.';
COMMENT ON COLUMN promptmon.alert_history.escalated_at IS 'When it was escalated. NULL if it was not.';
COMMENT ON COLUMN promptmon.alert_history.muted_by IS 'Why nobody is told now: a silence, or a worse alert. NULL if it is not muted.';
COMMENT ON COLUMN promptmon.alert_history.escalation_due_at IS 'When the next message is due. NULL if none is. If this is long past, and was not yet when the row was written, escalation does not work.';
COMMENT ON COLUMN promptmon.alert_history.rollback IS 'What became of the automatic rollback that it demanded: switched, held_back or refused, see rollback_history. NULL if it demanded none.';

COMMENT ON VIEW promptmon.calibration_status IS 'The latest verdict on predicted quality of each version, technique, combination of techniques, complexity and range of predictions, and of all versions: from the span of days that ends last; of several such the one that was analysed last.';
COMMENT ON COLUMN promptmon.calibration_status.scope IS 'What the row is about: overall, version, technique, combination, complexity or prediction_bin (the versions whose predictions are between two points).';
COMMENT ON COLUMN promptmon.calibration_status.subject IS 'Which one, in words: all, prompt@1.0.0, CoT, CoT + Few-Shot, high, 7-8.';
COMMENT ON COLUMN promptmon.calibration_status.prompt_id IS 'Of a version its prompt. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_status.prompt_version IS 'Of a version its number. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_status.version_status IS 'Of a version where it is in its life cycle now: draft, staged, active or deprecated. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_status.status IS 'well_calibrated (predicted and actual quality less than 1 apart), minor_drift, significant_drift (more than 2) or insufficient_data (fewer than 20 ratings and scores).';
COMMENT ON COLUMN promptmon.calibration_status.predicted IS 'Mean declared prediction, 0 to 10. NULL if there is none.';
COMMENT ON COLUMN promptmon.calibration_status.actual IS 'Mean actual quality, 0 to 10. NULL if there is nothing to compare.';
COMMENT ON COLUMN promptmon.calibration_status.bias IS 'predicted minus actual: positive if the predictions were too good. NULL if there is nothing to compare.';
COMMENT ON COLUMN promptmon.calibration_status.bias_lower IS 'Lower limit of the bias''s 95 % confidence interval. NULL if it is not known.';
COMMENT ON COLUMN promptmon.calibration_status.bias_upper IS 'Upper limit.';
COMMENT ON COLUMN promptmon.calibration_status.quality_count IS 'Number of ratings and automated scores.';
COMMENT ON COLUMN promptmon.calibration_status.versions IS 'Number of versions that can be compared.';
COMMENT ON COLUMN promptmon.calibration_status.days IS 'Number of days with ratings or scores, summed over the versions.';
COMMENT ON COLUMN promptmon.calibration_status.drift_began IS 'Of a version the first day of another bias. NULL if no shift was found.';
COMMENT ON COLUMN promptmon.calibration_status.proposal IS 'Of a technique or combination what is proposed (correct, withdraw, keep), or why nothing is: too_few, not_clear, no_better (on versions that were left out) or too_small.';
COMMENT ON COLUMN promptmon.calibration_status.correction IS 'Its correction that was in force then. NULL for everything that is neither a technique nor a combination.';
COMMENT ON COLUMN promptmon.calibration_status.proposed_correction IS 'The correction that is to be in force.';
COMMENT ON COLUMN promptmon.calibration_status.corrected_quality IS 'Of a version what it was predicted with the corrections in force when it was registered, 0 to 10. NULL for everything else, and if there were none.';
COMMENT ON COLUMN promptmon.calibration_status.from_day IS 'The first day that was looked at (UTC).';
COMMENT ON COLUMN promptmon.calibration_status.to_day IS 'The last day, inclusive.';
COMMENT ON COLUMN promptmon.calibration_status.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON VIEW promptmon.prompt_health IS 'How every prompt that has an active version is now.';
COMMENT ON COLUMN promptmon.prompt_health.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.prompt_health.active_version IS 'The version that is active.';
COMMENT ON COLUMN promptmon.prompt_health.deployed_at IS 'When it became active.';
COMMENT ON COLUMN promptmon.prompt_health.status IS 'critical or warning (an alert of that severity fires for any version of the prompt), no data (none fires, and the active version has no window of an hour) or healthy.';
COMMENT ON COLUMN promptmon.prompt_health.critical_alerts IS 'How many critical alerts fire, of all versions.';
COMMENT ON COLUMN promptmon.prompt_health.warning_alerts IS 'How many warnings fire, of all versions.';
COMMENT ON COLUMN promptmon.prompt_health.firing_rules IS 'Names of the rules that fire, critical ones first.';
COMMENT ON COLUMN promptmon.prompt_health.latest_window IS 'Start of the latest hour in which the active version had executions; it may still be open. NULL if there is none.';
COMMENT ON COLUMN promptmon.prompt_health.execution_count IS 'Number of executions in that hour.';
COMMENT ON COLUMN promptmon.prompt_health.error_rate IS 'Share of them that failed, 0 to 1.';
COMMENT ON COLUMN promptmon.prompt_health.latency_p95 IS '95th percentile of their latency in milliseconds.';
COMMENT ON COLUMN promptmon.prompt_health.avg_user_feedback IS 'Mean rating of that hour, 1 to 5. NULL without ratings.';
COMMENT ON COLUMN promptmon.prompt_health.latest_rollback_at IS 'When the prompt was last rolled back. NULL if it never was.';
COMMENT ON COLUMN promptmon.prompt_health.latest_rollback_from IS 'The version it was rolled back from.';
COMMENT ON COLUMN promptmon.prompt_health.latest_rollback_outcome IS 'What came of it: recovered, not_recovered or no_data. NULL while it is watched.';

COMMENT ON VIEW promptmon.version_comparison IS 'The versions of each prompt side by side, each over all days that are kept.';
COMMENT ON COLUMN promptmon.version_comparison.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.version_comparison.prompt_version IS 'Version of the prompt, as the producer reported it.';
COMMENT ON COLUMN promptmon.version_comparison.status IS 'draft, staged, active or deprecated. NULL if the version is not registered.';
COMMENT ON COLUMN promptmon.version_comparison.first_day IS 'Its first day with executions (UTC).';
COMMENT ON COLUMN promptmon.version_comparison.last_day IS 'Its last day with executions (UTC).';
COMMENT ON COLUMN promptmon.version_comparison.execution_count IS 'Number of executions.';
COMMENT ON COLUMN promptmon.version_comparison.error_rate IS 'Share of them that failed, 0 to 1.';
COMMENT ON COLUMN promptmon.version_comparison.latency_p95 IS '95th percentile of the latency over all days, in milliseconds.';
COMMENT ON COLUMN promptmon.version_comparison.baseline_latency_p95 IS '95th percentile that is expected, in milliseconds. NULL if it is not known.';
COMMENT ON COLUMN promptmon.version_comparison.avg_total_tokens IS 'Mean number of input and output tokens of an execution.';
COMMENT ON COLUMN promptmon.version_comparison.avg_user_feedback IS 'Mean rating, 1 to 5. NULL without ratings.';
COMMENT ON COLUMN promptmon.version_comparison.feedback_count IS 'Number of ratings.';
COMMENT ON COLUMN promptmon.version_comparison.predicted_quality IS 'Quality that was predicted when the prompt was built, 0 to 10. NULL if it is not known.';

COMMENT ON VIEW promptmon.top_errors_by_prompt IS 'The five most frequent error types of each version and day.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.prompt_version IS 'Version of the prompt, as the producer reported it.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.day IS 'Start of the day (UTC).';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.rank IS '1 for the most frequent type of the day.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.error_type IS 'Kind of the failure.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.failures IS 'How many executions failed so.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.execution_count IS 'Number of executions of the day.';
COMMENT ON COLUMN promptmon.top_errors_by_prompt.share_of_executions IS 'Which share of them that is, 0 to 1.';

COMMENT ON VIEW promptmon.slo_status IS 'Each day of each registered version against what its definition expects. Sum the counts for other spans.';
COMMENT ON COLUMN promptmon.slo_status.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.slo_status.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.slo_status.day IS 'Start of the day (UTC).';
COMMENT ON COLUMN promptmon.slo_status.execution_count IS 'Number of executions.';
COMMENT ON COLUMN promptmon.slo_status.success_rate IS 'Share of them that succeeded, 0 to 1.';
COMMENT ON COLUMN promptmon.slo_status.success_target IS 'Share that should succeed: the expected_accuracy of the deployment specification, else the version''s baseline accuracy. NULL if it is not known.';
COMMENT ON COLUMN promptmon.slo_status.error_budget_spent IS 'Failures as a share of those that the target allows for so many executions: above 1 the target was missed. NULL if there is no target, or it allows none.';
COMMENT ON COLUMN promptmon.slo_status.latency_p95 IS '95th percentile of the latency in milliseconds.';
COMMENT ON COLUMN promptmon.slo_status.latency_target IS '95th percentile that is expected, in milliseconds: expected_latency_p95 of the deployment specification, else the version''s baseline. NULL if it is not known.';
COMMENT ON COLUMN promptmon.slo_status.latency_met IS 'Whether the latency was within its target. NULL if there is none.';

COMMENT ON VIEW promptmon.token_cost IS 'Tokens by version and day. There are no prices here: multiply by your own, as in sum(input_tokens) / 1e6 * 2.50 + sum(output_tokens) / 1e6 * 10.';
COMMENT ON COLUMN promptmon.token_cost.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.token_cost.prompt_version IS 'Version of the prompt, as the producer reported it.';
COMMENT ON COLUMN promptmon.token_cost.day IS 'Start of the day (UTC).';
COMMENT ON COLUMN promptmon.token_cost.execution_count IS 'Number of executions.';
COMMENT ON COLUMN promptmon.token_cost.total_tokens IS 'Input and output tokens of all executions.';
COMMENT ON COLUMN promptmon.token_cost.input_tokens IS 'Input tokens of all executions.';
COMMENT ON COLUMN promptmon.token_cost.output_tokens IS 'Output tokens of all executions.';
COMMENT ON COLUMN promptmon.token_cost.avg_total_tokens IS 'Mean number of input and output tokens of an execution.';
COMMENT ON COLUMN promptmon.token_cost.token_budget_average IS 'Tokens that an execution should take on average, by the version''s deployment specification. NULL if it does not say.';
COMMENT ON COLUMN promptmon.token_cost.model_distribution IS 'Executions by model: an object {"model": count, …}.';

GRANT SELECT ON promptmon.alert_history, promptmon.calibration_status, promptmon.prompt_health, promptmon.version_comparison,
    promptmon.top_errors_by_prompt, promptmon.slo_status, promptmon.token_cost TO promptmon_operator, promptmon_analyst, promptmon_investigator;
-- Queries of Flink SQL run as the job does, on the same processes.
GRANT SELECT ON promptmon.alert_history, promptmon.top_errors_by_prompt TO promptmon_job;
