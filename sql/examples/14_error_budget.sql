-- How much of its error budget did each registered prompt spend in the last 30 days?
--
-- The target of a version is in its deployment specification; the budget is the number of failures that it allows for so many executions.
-- executions and failures are of all registered versions, failures_allowed and budget_spent of those that state a target.
-- budget_spent is the share of it that is gone: above 1 the target was missed. NULL if no version states a target, or it allows no failure at all.
-- days_with_slow_p95 counts the days on which a version's 95th percentile of the latency was above its target.
SELECT prompt_id, sum(execution_count)::bigint AS executions,
    round(sum((1 - success_rate) * execution_count))::bigint AS failures,
    round(sum((1 - success_target) * execution_count)::numeric, 1) AS failures_allowed,
    round((sum((1 - success_rate) * execution_count) FILTER (WHERE success_target IS NOT NULL)
        / nullif(sum((1 - success_target) * execution_count), 0))::numeric, 3) AS budget_spent,
    count(DISTINCT day) AS days, count(DISTINCT day) FILTER (WHERE NOT latency_met) AS days_with_slow_p95
FROM promptmon.slo_status
WHERE day > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '720 hours'
GROUP BY prompt_id
ORDER BY budget_spent DESC NULLS LAST, prompt_id;
