-- At which hours of the day is it slow, over the last 14 days?
--
-- One row for each hour of the day (UTC) that had executions. latency_p95 is that of all executions in that hour of all the days, in milliseconds. If
-- it rises with executions_a_day (of the days that had executions in that hour), load makes it slow.
SELECT extract(hour FROM window_start AT TIME ZONE 'UTC')::int AS hour_utc,
    round(sum(execution_count) / count(DISTINCT window_start), 1) AS executions_a_day,
    round(promptmon.latency_p50(latency_digest)) AS latency_p50,
    round(promptmon.latency_p95(latency_digest)) AS latency_p95
FROM promptmon.window_metrics
WHERE window_size = '1h'
  AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '1h') - interval '336 hours'
GROUP BY hour_utc
ORDER BY hour_utc;
