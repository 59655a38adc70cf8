-- What did each model cost, roughly, in the last 30 days?
--
-- AN ESTIMATE. Executions are counted by model, tokens are not; so the tokens of a version and day are spread over its models by their share of the
-- executions. That is exact where a version uses one model, and wrong by as much as executions on one model are longer than on another. Executions
-- that state no model are '(not stated)'. Write your prices for a million tokens into the list; a model that is not in it has the price of '*'.
WITH price (model, input_price, output_price) AS (
    VALUES ('gpt-4', 2.50, 10.00), ('claude-sonnet', 3.00, 15.00), ('*', 2.50, 10.00)
), days AS (
    SELECT t.*, n.executions, n.model
    FROM promptmon.token_cost t
    CROSS JOIN LATERAL (
        SELECT model, count::double precision AS executions FROM jsonb_each_text(t.model_distribution) AS m (model, count)
        UNION ALL
        SELECT '(not stated)', t.execution_count - coalesce((SELECT sum(count::bigint) FROM jsonb_each_text(t.model_distribution) AS m (model, count)), 0)
    ) AS n
    WHERE t.day > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '720 hours' AND n.executions > 0
)
SELECT d.model, sum(d.executions)::bigint AS executions,
    round(sum(d.total_tokens * d.executions / d.execution_count)) AS estimated_tokens,
    round(sum((d.input_tokens / 1e6 * p.input_price + d.output_tokens / 1e6 * p.output_price) * d.executions / d.execution_count)::numeric, 2) AS estimated_cost
FROM days d
CROSS JOIN LATERAL (
    SELECT input_price, output_price FROM price WHERE price.model IN (d.model, '*') ORDER BY price.model = '*' LIMIT 1) AS p
GROUP BY d.model
ORDER BY estimated_cost DESC, d.model;
