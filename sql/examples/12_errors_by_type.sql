-- Why do executions fail, in the last 7 days?
--
-- One row for each prompt and error type, the most frequent first. share_of_failures adds up to 1 for each prompt; share_of_executions is the part of
-- the error rate that is due to the type. A row with error_type NULL: nothing failed.
WITH days AS (
    SELECT prompt_id, execution_count, failure_count, errors_by_type
    FROM promptmon.window_metrics
    WHERE window_size = '24h'
      AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '168 hours'
), prompts AS (
    SELECT prompt_id, sum(execution_count) AS executions, sum(failure_count) AS failures FROM days GROUP BY prompt_id
), types AS (
    SELECT d.prompt_id, e.error_type, sum(e.count::bigint)::bigint AS count
    FROM days d CROSS JOIN jsonb_each_text(d.errors_by_type) AS e (error_type, count)
    GROUP BY d.prompt_id, e.error_type
)
SELECT p.prompt_id, t.error_type, coalesce(t.count, 0) AS failures,
    round(t.count / p.failures, 4) AS share_of_failures, round(coalesce(t.count, 0) / p.executions, 4) AS share_of_executions
FROM prompts p
LEFT JOIN types t USING (prompt_id)
ORDER BY failures DESC, p.prompt_id, t.error_type;
