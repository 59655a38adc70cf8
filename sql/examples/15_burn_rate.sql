-- How fast does each prompt burn its error budget now?
--
-- A burn rate is the error rate divided by the one that the target of the versions allows: at 1 the budget lasts exactly as long as the period it is for,
-- at 14.4 a budget for 30 days is gone in 50 hours. If the last hour is high and the last 24 hours are not, it has just begun; the other way
-- round, it is over. NULL without executions in that time, or without a target. Relative to the newest hour of any prompt,
-- which may have just begun: with few executions_1h look at the 6 hours.
WITH hours AS (
    SELECT m.prompt_id, m.execution_count, newest.hour - m.window_start AS age,
        CASE WHEN t.success_target IS NOT NULL THEN m.failure_count END AS failures, (1 - t.success_target) * m.execution_count AS allowed
    FROM (SELECT max(window_start) AS hour FROM promptmon.window_metrics WHERE window_size = '1h') AS newest
    JOIN promptmon.window_metrics m ON m.window_size = '1h' AND m.window_start > newest.hour - interval '24 hours'
    LEFT JOIN (
        SELECT prompt_id, version_id AS prompt_version, coalesce(
            (definition #>> '{deployment_specification,performance_baseline,expected_accuracy}')::double precision, baseline_accuracy) AS success_target
        FROM promptmon.registered_version) AS t USING (prompt_id, prompt_version)
)
SELECT prompt_id, coalesce(sum(execution_count) FILTER (WHERE age < interval '1 hour'), 0)::bigint AS executions_1h,
    round((sum(failures) FILTER (WHERE age < interval '1 hour')
        / nullif(sum(allowed) FILTER (WHERE age < interval '1 hour'), 0))::numeric, 2) AS burn_rate_1h,
    round((sum(failures) FILTER (WHERE age < interval '6 hours')
        / nullif(sum(allowed) FILTER (WHERE age < interval '6 hours'), 0))::numeric, 2) AS burn_rate_6h,
    round((sum(failures) / nullif(sum(allowed), 0))::numeric, 2) AS burn_rate_24h
FROM hours
GROUP BY prompt_id
ORDER BY burn_rate_1h DESC NULLS LAST, prompt_id;
