-- Which share of executions takes longer than a second, by prompt and day?
--
-- slower_than_a_second is 0 to 1. Write another number of milliseconds in its place to ask for another limit: the digests hold the whole
-- distribution. Often a better target than a percentile, because it can be added up and means something to whoever waits.
SELECT prompt_id, (window_start AT TIME ZONE 'UTC')::date AS day, sum(execution_count)::bigint AS executions,
    round(promptmon.latency_share_above(1000, latency_digest)::numeric, 4) AS slower_than_a_second
FROM promptmon.window_metrics
WHERE window_size = '24h'
  AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '336 hours'
GROUP BY prompt_id, window_start
ORDER BY prompt_id, day;
