-- Percentiles and users of whole days, from the stored distributions of hours: one result, in batch mode.
SET 'execution.runtime-mode' = 'batch';

SELECT prompt_id, CAST(window_start AS DATE) AS `day`,
    SUM(execution_count) AS executions,
    ROUND(latency_percentile(0.95, latency_digest), 1) AS latency_p95,
    ROUND(latency_share_above(2000, latency_digest), 3) AS slower_than_2s,
    ROUND(tokens_percentile(0.95, tokens_digest), 1) AS tokens_p95,
    distinct_users(users_sketch) AS users
FROM window_metrics
WHERE window_size = '1h'
GROUP BY prompt_id, CAST(window_start AS DATE)
ORDER BY `day`, prompt_id;

RESET 'execution.runtime-mode';
