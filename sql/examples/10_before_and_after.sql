-- What changed when a prompt got a new version: its first 24 hours against the last 24 hours of the one before?
--
-- One row for each version that came after another one. before is the version that had most executions in the 24 hours until the new one's first
-- hour that is kept (30 days). error_rate_z is the difference of the error rates in standard errors: beyond 3 or below -3 it is hardly chance. NULL if
-- nothing failed, or everything did.
WITH begins AS (
    SELECT prompt_id, prompt_version, min(window_start) AS began
    FROM promptmon.window_metrics
    WHERE window_size = '1h'
    GROUP BY prompt_id, prompt_version
), compared AS (
    SELECT b.prompt_id, b.prompt_version, b.began, old.prompt_version AS before, old.n AS executions_before, new.n AS executions,
        old.failures / old.n AS error_rate_before, new.failures / new.n AS error_rate, old.p95 AS latency_p95_before, new.p95 AS latency_p95,
        (old.failures + new.failures) / (old.n + new.n) AS pooled
    FROM begins b
    CROSS JOIN LATERAL (
        SELECT h.prompt_version, sum(h.execution_count) AS n, sum(h.failure_count) AS failures,
            promptmon.latency_p95(h.latency_digest) AS p95
        FROM promptmon.window_metrics h
        WHERE h.window_size = '1h' AND h.prompt_id = b.prompt_id AND h.prompt_version <> b.prompt_version
          AND h.window_start >= b.began - interval '24 hours' AND h.window_start < b.began
        GROUP BY h.prompt_version
        ORDER BY n DESC, h.prompt_version LIMIT 1) AS old
    CROSS JOIN LATERAL (
        SELECT sum(h.execution_count) AS n, sum(h.failure_count) AS failures, promptmon.latency_p95(h.latency_digest) AS p95
        FROM promptmon.window_metrics h
        WHERE h.window_size = '1h' AND h.prompt_id = b.prompt_id AND h.prompt_version = b.prompt_version
          AND h.window_start >= b.began AND h.window_start < b.began + interval '24 hours') AS new
)
SELECT prompt_id, before, prompt_version AS after, began, executions_before, executions AS executions_after,
    round(error_rate_before, 4) AS error_rate_before, round(error_rate, 4) AS error_rate_after,
    round((error_rate - error_rate_before) / nullif(sqrt(pooled * (1 - pooled) * (1 / executions_before + 1 / executions)), 0), 1) AS error_rate_z,
    round(latency_p95_before) AS latency_p95_before, round(latency_p95) AS latency_p95_after
FROM compared
ORDER BY began DESC, prompt_id;
