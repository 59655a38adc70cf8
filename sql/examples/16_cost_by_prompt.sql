-- What did each prompt cost in the last 30 days?
--
-- Write your prices for a million input and a million output tokens in the place of 2.50 and 10.00; Prompt Monitor knows none. It is exact where
-- one price holds for all executions of a prompt; where it uses several models see example 17. cost_of_1000 is that of a thousand executions. over_budget
-- compares the mean tokens of an execution with the deployment specification: 0.2 is 20 % more than planned, NULL if no version says.
SELECT prompt_id, sum(execution_count)::bigint AS executions, sum(total_tokens)::bigint AS tokens,
    round(sum(input_tokens / 1e6 * 2.50 + output_tokens / 1e6 * 10.00)::numeric, 2) AS cost,
    round((sum(input_tokens / 1e6 * 2.50 + output_tokens / 1e6 * 10.00) / sum(execution_count) * 1000)::numeric, 4) AS cost_of_1000,
    round((sum(total_tokens) FILTER (WHERE token_budget_average IS NOT NULL) / nullif(sum(token_budget_average * execution_count), 0) - 1)::numeric, 3)
        AS over_budget
FROM promptmon.token_cost
WHERE day > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '720 hours'
GROUP BY prompt_id
ORDER BY cost DESC, prompt_id;
