-- How wrong would the mean of the hours' 95th percentiles be?
--
-- latency_p95 is the 95th percentile of the last 7 days, in milliseconds; mean_of_hours is avg(latency_p95) over the hours, weighted_mean the same
-- weighted by executions. Neither is a percentile of anything: hours with little traffic are noise, and what is slow in one hour only is averaged away.
-- error says by which share of the true value the mean is off. Take latency_p95(latency_digest).
SELECT prompt_id, executions, round(latency_p95) AS latency_p95, round(mean_of_hours) AS mean_of_hours, round(weighted_mean) AS weighted_mean,
    round((mean_of_hours / nullif(latency_p95, 0) - 1)::numeric, 3) AS error
FROM (
    SELECT prompt_id, sum(execution_count)::bigint AS executions,
        promptmon.latency_p95(latency_digest) AS latency_p95,
        avg(latency_p95) AS mean_of_hours,
        sum(latency_p95 * execution_count) / sum(execution_count)::double precision AS weighted_mean
    FROM promptmon.window_metrics
    WHERE window_size = '1h'
      AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '1h') - interval '168 hours'
    GROUP BY prompt_id) AS compared
ORDER BY abs(compared.mean_of_hours / nullif(compared.latency_p95, 0) - 1) DESC NULLS LAST, prompt_id;
