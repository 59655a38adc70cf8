-- How did the last 24 hours go, all prompts together, hour by hour?
--
-- One row an hour, the latest first; the first one may still be open (is_final is false). Hours without executions have no row. error_rate is that
-- of all executions, so prompts with much traffic weigh more; latency_p95 is that of all executions too, in milliseconds.
SELECT window_start AS hour, bool_and(is_final) AS is_final, count(DISTINCT prompt_id) AS prompts,
    sum(execution_count)::bigint AS executions,
    round(sum(failure_count) / sum(execution_count), 4) AS error_rate,
    round(promptmon.latency_p95(latency_digest)) AS latency_p95
FROM promptmon.window_metrics
WHERE window_size = '1h'
  AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '1h') - interval '24 hours'
GROUP BY window_start
ORDER BY window_start DESC;
