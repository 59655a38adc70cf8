-- What do users say of each prompt, day by day?
--
-- avg_user_feedback is 1 to 5, negative_rate the share of ratings that are 1 or 2, rated the share of executions that were rated at all: with few
-- ratings, or from few who rate, the mean says little. Days without ratings are listed with NULL, because that is not a bad rating.
-- avg_automated_score is 0 to 10.
SELECT prompt_id, (window_start AT TIME ZONE 'UTC')::date AS day, sum(feedback_count)::bigint AS ratings,
    round(sum(feedback_count) / sum(execution_count), 3) AS rated,
    round((sum(avg_user_feedback * feedback_count) / nullif(sum(feedback_count), 0))::numeric, 2) AS avg_user_feedback,
    round((sum(user_feedback_negative_rate * feedback_count) / nullif(sum(feedback_count), 0))::numeric, 3) AS negative_rate,
    round((sum(avg_automated_score * automated_score_count) / nullif(sum(automated_score_count), 0))::numeric, 2) AS avg_automated_score
FROM promptmon.window_metrics
WHERE window_size = '24h'
  AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '336 hours'
GROUP BY prompt_id, window_start
ORDER BY prompt_id, day;
