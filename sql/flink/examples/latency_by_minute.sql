-- How fast are the prompts now? Each minute, ten seconds after its end.
SELECT window_start, prompt_id,
    COUNT(*) AS executions,
    ROUND(latency_percentile(0.5, latency_ms), 1) AS p50,
    ROUND(latency_percentile(0.95, latency_ms), 1) AS p95,
    ROUND(latency_share_above(2000, latency_ms), 3) AS slower_than_2s
FROM TABLE(TUMBLE(TABLE executions, DESCRIPTOR(event_time), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, prompt_id;
