-- Which models fail most? The three worst of each five minutes, every minute.
SELECT window_end, place, model_used, executions, failures, error_rate
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY error_rate DESC, model_used) AS place
    FROM (
        SELECT window_start, window_end, model_used,
            COUNT(*) AS executions,
            COUNT(*) FILTER (WHERE NOT success) AS failures,
            ROUND(CAST(COUNT(*) FILTER (WHERE NOT success) AS DOUBLE) / COUNT(*), 4) AS error_rate
        FROM TABLE(HOP(TABLE executions, DESCRIPTOR(event_time), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))
        GROUP BY window_start, window_end, model_used
        HAVING COUNT(*) >= 20
    )
)
WHERE place <= 3;
