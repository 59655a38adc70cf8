-- How long does each prompt take: median, 95th and 99th percentile over the last 7 days?
--
-- In milliseconds, over all executions of the span, failed ones included, whatever their version. Taken from the digests of the hours, not from the
-- percentiles of the hours (see example 07). digest_percentiles takes several percentiles at the price of one.
SELECT prompt_id, executions, round(p[1]) AS latency_p50, round(p[2]) AS latency_p95, round(p[3]) AS latency_p99
FROM (
    SELECT prompt_id, sum(execution_count)::bigint AS executions,
        promptmon.digest_percentiles(ARRAY[0.5, 0.95, 0.99], array_agg(latency_digest)) AS p
    FROM promptmon.window_metrics
    WHERE window_size = '1h'
      AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '1h') - interval '168 hours'
    GROUP BY prompt_id) AS percentiles
ORDER BY latency_p95 DESC, prompt_id;
