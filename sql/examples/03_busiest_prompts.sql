-- Which prompts are used most, and by how many people, in the last 7 days?
--
-- share_of_executions adds up to 1. users are distinct over the whole span: a person who came on three days counts once, which the sum of
-- unique_users of the days would not do. Exact up to 64, beyond that an estimate (standard error 1.6 %); 0 if no execution named its user.
SELECT prompt_id,
    sum(execution_count)::bigint AS executions,
    round(sum(execution_count) / sum(sum(execution_count)) OVER (), 4) AS share_of_executions,
    promptmon.distinct_users(users_sketch) AS users,
    count(DISTINCT window_start) AS days_with_executions
FROM promptmon.window_metrics
WHERE window_size = '24h'
  AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '168 hours'
GROUP BY prompt_id
ORDER BY executions DESC, prompt_id;
