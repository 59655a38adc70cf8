-- How is every prompt now, the worst first?
--
-- status is that of the worst alert that fires for any version of the prompt; 'no data' if none fires and the active version has had no hour with
-- executions yet. The figures are those of the latest hour, which may still be open: with few executions they say little. A latest_window
-- that is long ago means that nothing was executed, or nothing arrives.
SELECT prompt_id, active_version, status, firing_rules, latest_window, execution_count,
    round(error_rate::numeric, 4) AS error_rate, round(latency_p95) AS latency_p95, round(avg_user_feedback::numeric, 2) AS avg_user_feedback,
    latest_rollback_at, latest_rollback_outcome
FROM promptmon.prompt_health
ORDER BY array_position(ARRAY['critical', 'warning', 'no data', 'healthy'], status), prompt_id;
