-- Which kinds of errors became most frequent on the last day, compared with the 7 days before it?
--
-- rate_last_day and rate_before are shares of all executions of the prompt, 0 to 1. is_new: the type did not occur in the 7 days before. times is how
-- many times as frequent it became; NULL if it is new. rate_before and is_new are NULL of a prompt that had no executions before. The last day
-- may still be open, which does not matter for rates.
WITH days AS (
    SELECT prompt_id, execution_count, errors_by_type,
        window_start = (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') AS is_last
    FROM promptmon.window_metrics
    WHERE window_size = '24h'
      AND window_start >= (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '168 hours'
), prompts AS (
    SELECT prompt_id, sum(execution_count) FILTER (WHERE is_last) AS last_day,
        sum(execution_count) FILTER (WHERE NOT is_last) AS before
    FROM days GROUP BY prompt_id
), types AS (
    SELECT d.prompt_id, e.error_type, coalesce(sum(e.count::bigint) FILTER (WHERE d.is_last), 0)::bigint AS last_day,
        coalesce(sum(e.count::bigint) FILTER (WHERE NOT d.is_last), 0)::bigint AS before
    FROM days d CROSS JOIN jsonb_each_text(d.errors_by_type) AS e (error_type, count)
    GROUP BY d.prompt_id, e.error_type
)
SELECT t.prompt_id, t.error_type, t.last_day AS failures_last_day, t.before AS failures_before,
    round(t.last_day / p.last_day, 5) AS rate_last_day, round(t.before / p.before, 5) AS rate_before,
    CASE WHEN p.before > 0 THEN t.before = 0 END AS is_new, round(t.last_day / p.last_day / nullif(t.before / p.before, 0), 1) AS times
FROM types t
JOIN prompts p USING (prompt_id)
ORDER BY is_new DESC NULLS LAST, times DESC NULLS LAST, t.prompt_id, t.error_type;
