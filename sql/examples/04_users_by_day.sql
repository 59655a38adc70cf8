-- How many people used each prompt on each of the last 7 days, and do they come back?
--
-- users are those of the day, users_7_days those of the 7 days that end with it. stickiness is the first divided by the second: 1 if everybody comes
-- every day, 1/7 if everybody comes on one day of the week. The first six days of a prompt have fewer days behind them and so look too sticky; the
-- last day may still be open. 0 users: no execution named its user.
WITH days AS (
    SELECT prompt_id, window_start AS day, promptmon.distinct_users(users_sketch) AS users
    FROM promptmon.window_metrics
    WHERE window_size = '24h'
      AND window_start > (SELECT max(window_start) FROM promptmon.window_metrics WHERE window_size = '24h') - interval '168 hours'
    GROUP BY prompt_id, window_start
)
SELECT d.prompt_id, (d.day AT TIME ZONE 'UTC')::date AS day, d.users, week.users AS users_7_days,
    round(d.users::numeric / nullif(week.users, 0), 2) AS stickiness
FROM days d
CROSS JOIN LATERAL (
    SELECT promptmon.distinct_users(m.users_sketch) AS users
    FROM promptmon.window_metrics m
    WHERE m.window_size = '24h' AND m.prompt_id = d.prompt_id
      AND m.window_start > d.day - interval '168 hours' AND m.window_start <= d.day) AS week
ORDER BY d.prompt_id, d.day;
