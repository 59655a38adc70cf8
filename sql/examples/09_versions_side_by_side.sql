-- Which version of each prompt is best?
--
-- One row for each version, over all its days; the versions of a prompt in the order of their beginning. error_rate_change and latency_p95_change
-- are the differences to the version before: negative is better. They ran at different times on different requests, so a small difference may be
-- due to those; and with few executions to chance.
SELECT prompt_id, prompt_version, status, (first_day AT TIME ZONE 'UTC')::date AS first_day, (last_day AT TIME ZONE 'UTC')::date AS last_day,
    execution_count, round(error_rate::numeric, 4) AS error_rate, round(latency_p95) AS latency_p95, round(avg_total_tokens) AS avg_total_tokens,
    round(avg_user_feedback::numeric, 2) AS avg_user_feedback, feedback_count,
    round((error_rate - lag(error_rate) OVER versions)::numeric, 4) AS error_rate_change,
    round(latency_p95 - lag(latency_p95) OVER versions) AS latency_p95_change
FROM promptmon.version_comparison
WINDOW versions AS (PARTITION BY prompt_id ORDER BY first_day, prompt_version)
ORDER BY prompt_id, version_comparison.first_day, prompt_version;
