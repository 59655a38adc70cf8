-- Which versions are slower than the baseline that the registry has of them? Each minute, with the version as it is registered at that moment.
SELECT w.window_start, w.prompt_id, w.prompt_version, v.status, w.executions, w.p95, v.baseline_latency_p95
FROM (
    SELECT window_start, prompt_id, prompt_version, COUNT(*) AS executions, ROUND(latency_percentile(0.95, latency_ms), 1) AS p95,
        PROCTIME() AS looked_up_at
    FROM TABLE(TUMBLE(TABLE executions, DESCRIPTOR(event_time), INTERVAL '1' MINUTE))
    GROUP BY window_start, window_end, prompt_id, prompt_version
) AS w
JOIN registered_version FOR SYSTEM_TIME AS OF w.looked_up_at AS v
    ON v.prompt_id = w.prompt_id AND v.version_id = w.prompt_version
WHERE w.p95 > v.baseline_latency_p95;
